// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import mplm.engine.unit.Bandwidth;

/** Forwards the stream through the controller at the rate, for hosts that share a machine and have no link to shape. */
final class RelayLink implements Link {
  private final String destination;
  private final Map<Integer, Relay> relays = new HashMap<>();
  private Bandwidth rate;

  RelayLink(Hosts hosts) {
    destination = hosts.destination().migrationAddress();
  }

  @Override
  public synchronized void shape(Bandwidth rate) {
    this.rate = rate;
    relays.values().forEach(relay -> relay.limit(rate));
  }

  @Override
  public String kind() {
    return "relay";
  }

  /** Each port has its own relay, which listens until the link is closed. */
  @Override
  public synchronized InetSocketAddress target(int destinationPort) {
    return relays
        .computeIfAbsent(destinationPort, port -> new Relay(new InetSocketAddress(destination, port), rate))
        .address();
  }

  @Override
  public boolean isMeasurable() {
    return true;
  }

  @Override
  public Bandwidth goodput() {
    return Goodput.measure(
        () -> {
          try {
            return Goodput.listen(destination);
          } catch (IOException e) {
            throw new HostException("link", "cannot listen on " + destination, e);
          }
        },
        port -> {
          try {
            return Goodput.connect(target(port));
          } catch (IOException e) {
            throw new HostException("link", "relay does not answer", e);
          }
        });
  }

  @Override
  public synchronized void close() {
    relays.values().forEach(Relay::close);
    relays.clear();
  }
}
