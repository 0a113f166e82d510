// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.unit.DataSize;

/**
 * What a simulated migration came to; nothing in it was measured.
 *
 * @param method as text: its name and settings
 * @param total migration time; empty if it did not converge within the limit
 * @param live until the guest was stopped, or the limit
 * @param downtime empty unless completed
 * @param transferred bytes on the link
 * @param nondirtyPages sent live, before any fetch reported them as dirtied
 * @param dirtyPages sent live, after a fetch reported them as dirtied
 * @param finalPages sent while the guest was stopped
 * @param zeroPages of all these, sent as zero pages
 * @param epochs stretches of the live stage that fetches separate: MPLM's epochs, stock pre-copy's rounds
 * @param dirtyRate pages per second that the fetches reported as dirtied, over the live stage; empty if there was none
 * @param repeated whether the trace was too short and began again
 */
public record Simulated(
    String method,
    Optional<Duration> total,
    Duration live,
    Optional<Duration> downtime,
    DataSize transferred,
    long nondirtyPages,
    long dirtyPages,
    long finalPages,
    long zeroPages,
    long epochs,
    OptionalDouble dirtyRate,
    boolean repeated) {
  /** Whether it came to its end within the limit. */
  public boolean completed() {
    return total.isPresent();
  }


  /** Pages sent, in all. */
  public long pages() {
    return nondirtyPages + dirtyPages + finalPages;
  }
}
