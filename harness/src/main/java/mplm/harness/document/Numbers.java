// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.statistics.Mean;

/** Numbers as they are read: with not more digits than mean something, {@code -} for none. */
final class Numbers {
  static final String NONE = "-";

  private Numbers() {}

  static String of(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }

  static String of(OptionalDouble value) {
    return value.isPresent() ? of(value.getAsDouble()) : NONE;
  }

  /** The mean, and half its confidence interval if it has one. */
  static String of(Mean mean) {
    return of(mean.value()) + (mean.halfWidth().isPresent() ? " ± " + of(mean.halfWidth()) : "");
  }

  static String of(Optional<Mean> mean) {
    return mean.map(Numbers::of).orElse(NONE);
  }
}
