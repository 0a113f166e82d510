// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import java.time.Duration;
import java.util.Optional;

/**
 * The time for which other machines are waited for. A time-out only ends what would hang: the loss of a host, a
 * connection or a hypervisor is noticed otherwise, and sooner. So time-outs are generous, for hosts are slow at times; where they are too short all the same, the
 * environment variable {@value #VARIABLE} multiplies them.
 */
public final class Patience {
  /** A decimal number, at least 1. */
  public static final String VARIABLE = "MPLM_PATIENCE";

  private static final String TEXT = Optional.ofNullable(System.getenv(VARIABLE)).orElse("");

  private static final double FACTOR = isFactor(TEXT) ? factor(TEXT) : 1;

  /** The time for an answer that is no work for who gives it. */
  public static final Duration ANSWER = of(Duration.ofMinutes(2));

  private Patience() {}

  /** The time-out, or a longer one for slow machines. */
  public static Duration of(Duration usual) {
    return Duration.ofNanos(Math.round(usual.toNanos() * FACTOR));
  }

  /** {@code within 120s (MPLM_PATIENCE=2 waits twice as long)}: what was waited in vain, and the way out. */
  public static String within(Duration waited) {
    double twice = 2 * FACTOR;
    return "within " + Durations.print(waited) + " (" + VARIABLE + "="
        + (twice == Math.rint(twice) ? Long.toString((long) twice) : Double.toString(twice)) + " waits twice as long)";
  }

  /** {@link IllegalArgumentException} if the variable is set to something else than what it may be. */
  public static void check() {
    factor(TEXT);
  }

  /** Reads the variable's text; {@link IllegalArgumentException} if it is no such number. */
  static double factor(String text) {
    if (!isFactor(text)) {
      throw new IllegalArgumentException(VARIABLE + " is '" + text + "', allowed: a number from 1 to 9999");
    }
    return text.isEmpty() ? 1 : Double.parseDouble(text);
  }

  private static boolean isFactor(String text) {
    return text.isEmpty() || text.matches("\\d{1,4}(\\.\\d{1,3})?") && Double.parseDouble(text) >= 1;
  }
}
