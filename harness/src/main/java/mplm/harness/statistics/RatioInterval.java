// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The 95 % bootstrap interval (percentile) of the ratio of two medians. It stands beside the test, and is not corrected for other
 * cells.
 *
 * @param low its lower end
 * @param high its upper end, which may be infinite
 */
public record RatioInterval(double low, double high) {
  /** The least number of values in a sample, as for {@link mplm.harness.statistics.Mean}: from fewer no interval is made up. */
  static final int ENOUGH = 3;

  private static final int RESAMPLES = 2_000;
  private static final double TAIL = 0.025;

  /**
   * The interval of the median of {@code candidate} over that of {@code base}; empty with too few values, or where medians have
   * no ratio.
   */
  public static Optional<RatioInterval> of(double[] base, double[] candidate, long seed) {
    if (base.length < ENOUGH || candidate.length < ENOUGH) {
      return Optional.empty();
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] before = base.clone();
    double[] after = candidate.clone();
    Arrays.sort(before);
    Arrays.sort(after);
    double[] ratios = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      ratios[i] = ratio(resampledMedian(before, random), resampledMedian(after, random));
      if (Double.isNaN(ratios[i])) {
        return Optional.empty();
      }
    }
    Arrays.sort(ratios);
    int out = (int) (TAIL * RESAMPLES);
    return Optional.of(new RatioInterval(ratios[out], ratios[RESAMPLES - 1 - out]));
  }

  /** An interval without a bootstrap, of the logarithms of ratios within pairs; empty with fewer than 6. */
  public static Optional<RatioInterval> of(SignedRanks logarithms) {
    return Optional.ofNullable(logarithms.interval()).map(ends -> new RatioInterval(Math.exp(ends[0]), Math.exp(ends[1])));
  }

  /** NaN if both are infinite; 1 if both are 0. */
  public static double ratio(double base, double candidate) {
    return base == candidate && !Double.isInfinite(base) ? 1 : candidate / base;
  }

  /** The median of as many values as there are, drawn with replacement. */
  private static double resampledMedian(double[] sorted, SplittableRandom random) {
    int n = sorted.length;
    int[] drawn = new int[n];
    for (int i = 0; i < n; i++) {
      drawn[random.nextInt(n)]++;
    }
    return (nth(sorted, drawn, (n - 1) / 2) + nth(sorted, drawn, n / 2)) / 2;
  }

  private static double nth(double[] sorted, int[] drawn, int n) {
    int i = 0;
    for (int past = drawn[0]; past <= n; past += drawn[i]) {
      i++;
    }
    return sorted[i];
  }
}
