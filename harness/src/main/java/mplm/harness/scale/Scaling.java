// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;

/**
 * An experiment in proportion: its epoch dirties the same share of the used memory as the original's, a pass over the used memory
 * takes as many epochs, and so all its times are the original's times {@link #factor}. A pass takes {@link #SHORTEST} to {@link
 * #LONGEST}: with less, what a host takes for each migration would count, and with more nobody would wait for it. Where the guest
 * would need another pass, that is kept and the share is not.
 *
 * @param epoch MPLM's longest, whole milliseconds
 * @param link in whole kbit/s, whose pass over the used memory is the original's in proportion
 * @param factor of all times
 * @param rho that comes of it: dirtied in an epoch over what the link takes meanwhile
 * @param unmatched what could not be matched and by how much, one line; empty if rho is within 5 % of the original's
 */
public record Scaling(Duration epoch, Bandwidth link, double factor, double rho, Optional<String> unmatched) {
  /** One pass, at least. */
  public static final Duration SHORTEST = Duration.ofSeconds(8);

  /** One pass, at most. */
  public static final Duration LONGEST = Duration.ofSeconds(80);

  /** The length of a pass for a guest that does not dirty that much in a pass of any length. */
  public static final Duration USUAL = Duration.ofSeconds(10);

  private static final double NEAR = 0.05;

  /** Scales a guest that was measured to the proportions of another experiment. */
  public static Scaling of(WorkingSet guest, Proportions original) {
    double wanted = original.dirtiedInEpoch();
    OptionalDouble window = guest.window(wanted);
    double shortest = epoch(SHORTEST, original);
    double longest = epoch(LONGEST, original);
    double seconds = window.isEmpty() || window.getAsDouble() > longest ? epoch(USUAL, original)
        : Math.max(shortest, window.getAsDouble());
    Duration epoch = milliseconds(seconds);
    double factor = (double) epoch.toNanos() / original.epoch().toNanos();
    double bytesPerSecond = guest.used().bytes() / (factor * original.pass().toNanos() / 1e9);
    double reached = guest.share(epoch);
    double rho = reached * original.pass().toNanos() / original.epoch().toNanos();
    boolean matched = Math.abs(reached - wanted) <= NEAR * wanted;
    Optional<String> unmatched = matched ? Optional.empty() : Optional.of(String.format(Locale.ROOT,
        "the guest dirties %.1f %% of its used memory in an epoch of %.3f s, with a pass of %.1f s, not %.1f %%: rho is %.2f"
            + " instead of %.2f",
        100 * reached, seconds, factor * original.pass().toNanos() / 1e9, 100 * wanted, rho, original.rho()));
    return new Scaling(epoch, new Bandwidth(1000 * Math.max(1, Math.round(8 * bytesPerSecond / 1000))), factor, rho, unmatched);
  }

  /** The epoch that goes with a pass, seconds. */
  public static double epoch(Duration pass, Proportions original) {
    return seconds(pass) * original.epoch().toNanos() / original.pass().toNanos();
  }

  /** Each with its times in proportion. */
  public List<Method> methods(List<Method> originals) {
    return originals.stream().map(method -> method.scaled(factor)).toList();
  }

  /** Seconds of the original as they would be here. */
  public double here(double original) {
    return original * factor;
  }

  private static Duration milliseconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(1000 * seconds)));
  }
}
