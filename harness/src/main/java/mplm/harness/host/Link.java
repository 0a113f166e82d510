// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import mplm.engine.unit.Bandwidth;

/** What the migration stream takes from the source to the destination. Closing it takes away all that it set up. */
public sealed interface Link extends AutoCloseable permits TcLink, RelayLink, PlainLink {

  /** The link that the hosts file describes, at no rate yet. */
  static Link open(Hosts hosts) {
    return switch (hosts.link().shaping()) {
      case TC -> new TcLink(hosts);
      case RELAY -> new RelayLink(hosts);
      case NONE -> new PlainLink(hosts);
    };
  }

  /** Limits the rate from source to destination, in both stages of a migration; a new rate replaces the old. */
  void shape(Bandwidth rate);

  /** How the rate is limited, for a row: {@code tc tbf}, {@code relay} or {@code none}. */
  String kind();

  /** Where the source must migrate to when the destination listens on this port of its migration address. */
  InetSocketAddress target(int destinationPort);

  /** What TCP carries over this link in about two seconds at the rate it has now. */
  Bandwidth goodput();

  @Override
  void close();
}
