// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.engine.scheduler.Knobs;
import mplm.engine.unit.Bandwidth;

/**
 * An experiment in proportion: its epoch dirties the same share of the used memory as the original's, a pass over the used memory
 * takes as many epochs, and so all its times are the original's times {@link #factor}.
 *
 * @param epoch MPLM's longest, whole milliseconds
 * @param link whose pass over the used memory is the original's in proportion
 * @param factor of all times
 * @param rho that comes of it: dirtied in an epoch over what the link takes meanwhile
 * @param unmatched what could not be matched and by how much, one line; then the epoch is the longest window that was measured
 */
public record Scaling(Duration epoch, Bandwidth link, double factor, double rho, Optional<String> unmatched) {

  /** Of a guest that was measured, to the proportions of another experiment. */
  public static Scaling of(WorkingSet guest, Proportions original) {
    double wanted = original.dirtiedInEpoch();
    OptionalDouble window = guest.window(wanted);
    double seconds = window.orElse(guest.dirtied().lastKey().toNanos() / 1e9);
    Duration epoch = milliseconds(seconds);
    double factor = (double) epoch.toNanos() / original.epoch().toNanos();
    double bytesPerSecond = guest.used().bytes() / (factor * original.pass().toNanos() / 1e9);
    double reached = window.isPresent() ? wanted : guest.largestShare();
    double rho = reached * original.pass().toNanos() / original.epoch().toNanos();
    Optional<String> unmatched = window.isPresent() ? Optional.empty() : Optional.of(String.format(Locale.ROOT,
        "the guest dirties %.1f %% of its used memory in %.3f s, the longest window measured, not %.1f %%: rho is %.2f instead of"
            + " %.2f",
        100 * reached, seconds, 100 * wanted, rho, original.rho()));
    return new Scaling(epoch, new Bandwidth(Math.max(1, Math.round(8 * bytesPerSecond))), factor, rho, unmatched);
  }

  /** Stock pre-copy with the same share of a pass as maximum tolerable downtime. */
  public Precopy precopy(Duration original) {
    return new Precopy(milliseconds(original.toNanos() / 1e9 * factor));
  }

  /** MPLM as in the paper, but for the epoch. */
  public Mplm mplm() {
    return new Mplm(Mplm.PAPER.policy(), Knobs.PAPER.withEpoch(epoch));
  }

  /** Seconds of the original as they would be here. */
  public double here(double original) {
    return original * factor;
  }

  private static Duration milliseconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(1000 * seconds)));
  }
}
