// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import mplm.engine.unit.Bandwidth;

/** Where the source connects to so that it reaches the waiting destination: straight there, or through a relay. */
@FunctionalInterface
public interface Route {
  /** Straight there. */
  Route DIRECT = destination -> destination;

  /** The address to connect to; called once the destination listens at {@code destination} (unresolved). */
  InetSocketAddress to(InetSocketAddress destination) throws IOException;

  /** QEMU's own limit for the stream while the guest runs; empty where the link decides. */
  default Optional<Bandwidth> maxBandwidth() {
    return Optional.empty();
  }
}
