// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import mplm.engine.unit.Bandwidth;

/** The network as it is. */
final class PlainLink implements Link {
  private final String destination;
  private final Bandwidth own;

  PlainLink(Hosts hosts) {
    destination = hosts.destination().migrationAddress();
    own = hosts.link().rate();
  }

  /** Nothing to do at its own rate, which is the only one it has. */
  @Override
  public void shape(Bandwidth rate) {
    if (!rate.equals(own)) {
      throw new HostException("link", "cannot be limited to " + rate + ": hosts file says shaping: none"
          + (own == null ? " and no rate" : ", rate: " + own));
    }
  }

  @Override
  public String kind() {
    return "none";
  }

  @Override
  public InetSocketAddress target(int destinationPort) {
    return new InetSocketAddress(destination, destinationPort);
  }

  @Override
  public void close() {}
}
