// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.util.Optional;

/** Tells of each poll whether a new round of stock pre-copy has begun since the one before. A round begins with a fetch. */
final class Rounds {
  private long fetches;

  /** The counters if one has begun. The first fetch, of all memory, begins the first round. */
  Optional<Progress.Ram> next(Progress now) {
    Optional<Progress.Ram> begun = now.ram().filter(ram -> ram.dirtySyncCount() > fetches);
    begun.ifPresent(ram -> fetches = ram.dirtySyncCount());
    return begun;
  }
}
