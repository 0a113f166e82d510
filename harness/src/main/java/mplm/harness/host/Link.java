// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import mplm.engine.migration.Route;
import mplm.engine.unit.Bandwidth;

/** What the migration stream takes from the source to the destination. Closing it takes away all that it set up. */
public sealed interface Link extends AutoCloseable, Route
    permits TcLink, HostTcLink, MaxBandwidthLink, RelayLink, PlainLink {

  /** The link that the hosts file describes, at no rate yet; what a killed run left of it is removed. */
  static Link open(Hosts hosts, Host source) {
    return switch (hosts.link().shaping()) {
      case TC -> hosts.link().namespaces() == null ? new HostTcLink(hosts, source) : new TcLink(hosts);
      case MAX_BANDWIDTH -> new MaxBandwidthLink(hosts);
      case RELAY -> new RelayLink(hosts);
      case NONE -> new PlainLink(hosts);
    };
  }

  /** Takes away what a killed run left of the link's rate on its source; says whether there was something. */
  static boolean removeLeftover(Hosts hosts, Host source) {
    return hosts.link().shaping() == LinkConfig.Shaping.TC && hosts.link().namespaces() == null
        && HostTcLink.removeLeftover(source, hosts.tcDevice());
  }

  /**
   * Limits the rate from source to destination, in both stages of a migration (QEMU's own limit: in the first); a new rate replaces
   * the old.
   */
  void shape(Bandwidth rate);

  /** How the rate is limited, for a row: {@code tc tbf}, {@code max-bandwidth}, {@code relay} or {@code none}. */
  String kind();

  /** Where the source must migrate to when the destination listens on this port of its migration address. */
  InetSocketAddress target(int destinationPort);

  /** The link as a migration's route. */
  @Override
  default InetSocketAddress to(InetSocketAddress destination) {
    return target(destination.getPort());
  }

  /** What TCP carries over this link in about two seconds at the rate it has now, if it {@link #isMeasurable}. */
  default Bandwidth goodput() {
    throw new HostException("link", "only a migration can measure goodput between hosts of one's own");
  }

  /** Whether the controller has the link at hand, as in a testbed. */
  default boolean isMeasurable() {
    return false;
  }

  @Override
  void close();
}
