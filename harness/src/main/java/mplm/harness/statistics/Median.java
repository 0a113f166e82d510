// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.Arrays;

/** The middle of some numbers, or half-way between the two that are nearest to it. */
public final class Median {
  private Median() {}

  /** The median of numbers in any order; NaN if there are none. */
  public static double of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
