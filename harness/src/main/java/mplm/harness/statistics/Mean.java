// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.descriptive.moment.StandardDeviation;

/**
 * The mean of one quantity over repetitions, in the quantity's own unit.
 *
 * @param n how many
 * @param value the mean
 * @param halfWidth of its 95 % confidence interval (Student); empty with fewer than {@link #ENOUGH} repetitions, from which none
 *     is made up
 */
public record Mean(int n, double value, OptionalDouble halfWidth) {
  /** Repetitions for a confidence interval. */
  public static final int ENOUGH = 3;

  private static final double QUANTILE = 0.975;

  /** The same in another unit. */
  public Mean over(double unit) {
    return new Mean(n, value / unit, halfWidth.isEmpty() ? halfWidth : OptionalDouble.of(halfWidth.getAsDouble() / unit));
  }

  /** The mean of at least one value. */
  public static Mean of(double... values) {
    double mean = DoubleStream.of(values).average().orElseThrow();
    int n = values.length;
    return new Mean(n, mean, n < ENOUGH ? OptionalDouble.empty()
        : OptionalDouble.of(new TDistribution(n - 1).inverseCumulativeProbability(QUANTILE)
            * new StandardDeviation().evaluate(values) / Math.sqrt(n)));
  }
}
