// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import mplm.engine.unit.Bandwidth;

/** The network as it is. */
final class PlainLink implements Link {
  private final String destination;

  PlainLink(Hosts hosts) {
    destination = hosts.destination().migrationAddress();
  }

  @Override
  public void shape(Bandwidth rate) {
    throw new HostException("link", "cannot be limited to " + rate + ": hosts file says shaping: none");
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
  public Bandwidth goodput() {
    throw new HostException("link", "goodput is measured on local testbeds only");
  }

  @Override
  public void close() {}
}
