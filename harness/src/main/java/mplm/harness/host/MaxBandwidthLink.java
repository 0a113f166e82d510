// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.net.InetSocketAddress;
import java.util.Optional;
import mplm.engine.unit.Bandwidth;

/** The network as it is, and QEMU's own limit while the guest runs: for hosts where tc is not allowed. */
final class MaxBandwidthLink implements Link {
  private final String destination;
  private volatile Bandwidth rate;

  MaxBandwidthLink(Hosts hosts) {
    destination = hosts.destination().migrationAddress();
  }

  @Override
  public void shape(Bandwidth rate) {
    this.rate = rate;
  }

  @Override
  public Optional<Bandwidth> maxBandwidth() {
    return Optional.ofNullable(rate);
  }

  @Override
  public String kind() {
    return "max-bandwidth";
  }

  @Override
  public InetSocketAddress target(int destinationPort) {
    return new InetSocketAddress(destination, destinationPort);
  }

  @Override
  public Bandwidth goodput() {
    throw new HostException("link", "goodput is measured by mplm doctor");
  }

  @Override
  public void close() {}
}
