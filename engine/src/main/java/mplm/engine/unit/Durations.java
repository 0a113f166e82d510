// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;

/** The text form of {@link Duration}, never negative: read in any unit, printed in seconds. */
public final class Durations {
  private static final UnitText TEXT;

  static {
    LinkedHashMap<String, Long> units = new LinkedHashMap<>();
    units.put("ns", 1L);
    units.put("us", 1_000L);
    units.put("ms", 1_000_000L);
    units.put("s", 1_000_000_000L);
    units.put("min", 60_000_000_000L);
    units.put("h", 3_600_000_000_000L);
    TEXT = new UnitText("duration", "0.3s", units);
  }

  private Durations() {}

  /** Reads {@code 300ms}, {@code 0.3s}, {@code 5min}; {@link IllegalArgumentException} for anything else. */
  public static Duration parse(String text) {
    return Duration.ofNanos(TEXT.parse(text));
  }

  /** Seconds as a plain decimal number, {@code 0.3s}: text that {@link #parse} reads. */
  public static String print(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a duration is not negative, not " + duration);
    }
    BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  /** The duration in seconds. */
  public static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** A number of seconds as whole milliseconds, at least one. */
  public static Duration milliseconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(1000 * seconds)));
  }
}
