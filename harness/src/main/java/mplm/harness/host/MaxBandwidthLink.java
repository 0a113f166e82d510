// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import java.util.Optional;
import mplm.engine.unit.Bandwidth;

/** The network as it is, and QEMU's own limit while the guest runs: for hosts where tc is not allowed. */
final class MaxBandwidthLink implements Link {
  private final String destination;
  private Bandwidth rate;
  private boolean asked;

  MaxBandwidthLink(Hosts hosts) {
    destination = hosts.destination().migrationAddress();
  }

  @Override
  public synchronized void shape(Bandwidth rate) {
    this.rate = rate;
    this.asked = false;
  }

  @Override
  public synchronized Optional<Bandwidth> maxBandwidth() {
    asked = true;
    return Optional.ofNullable(rate);
  }

  @Override
  public String kind() {
    return "max-bandwidth";
  }

  /** {@link HostException} if QEMU was not told the rate before, for then nobody limits it. */
  @Override
  public synchronized InetSocketAddress target(int destinationPort) {
    if (rate != null && !asked) {
      throw new HostException("link", "max-bandwidth was not set to " + rate + ": the migration must take the link as its route");
    }
    return new InetSocketAddress(destination, destinationPort);
  }

  @Override
  public void close() {}
}
