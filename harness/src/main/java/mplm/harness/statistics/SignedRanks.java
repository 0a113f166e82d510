// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Differences within pairs, by their signed ranks (F. Wilcoxon, "Individual Comparisons by Ranking Methods", 1945). What both of a
 * pair share, such as a machine that is slow just then, is not in their difference. A difference of 0 takes its rank, but neither
 * side gets it (J. W. Pratt, 1959). An infinite difference is larger than any other, and no more is made of it.
 *
 * <p>The shift and its interval are of J. L. Hodges and E. L. Lehmann (1963): the median of the means of any two differences, and
 * those means that the test does not reject. The test is exact up to {@link #EXACT} pairs.
 */
public final class SignedRanks {
  private static final double LEVEL = 0.05;
  /** Beyond so many pairs the sum of ranks is as good as normal. */
  private static final int EXACT = 200;
  /** The normal distribution's quantile of 97.5 %. */
  private static final double NORMAL = 1.959964;

  private final double[] differences;

  /** Ranks those differences; NaN where a pair has none. */
  public SignedRanks(double... differences) {
    this.differences = differences.clone();
  }

  /** How many pairs there are. */
  public int pairs() {
    return (int) Arrays.stream(differences).filter(difference -> !Double.isNaN(difference)).count();
  }

  /** Twice the rank of each difference, with its sign: whole numbers, in the order of the differences; 0 where there is none. */
  int[] doubled() {
    int[] ranks = new int[differences.length];
    for (int i = 0; i < ranks.length; i++) {
      int rank = 1;
      for (double other : differences) {
        int order = Double.compare(Math.abs(other), Math.abs(differences[i]));
        rank += Double.isNaN(other) ? 0 : order < 0 ? 2 : order == 0 ? 1 : 0;
      }
      ranks[i] = differences[i] > 0 ? rank : differences[i] < 0 ? -rank : 0;
    }
    return ranks;
  }

  /** How much more the second of a pair is; empty without a pair. */
  public OptionalDouble shift() {
    double[] means = means();
    return means.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(means));
  }

  /** The ends of the shift's 95 % interval; null with too few pairs for one. */
  public double[] interval() {
    double[] means = means();
    int out = rejected(pairs());
    return out < 0 ? null : new double[] {means[out], means[means.length - 1 - out]};
  }

  /** The means of any two differences, and of each with itself, from the least to the most. */
  private double[] means() {
    double[] some = Arrays.stream(differences).filter(difference -> !Double.isNaN(difference)).toArray();
    double[] means = new double[some.length * (some.length + 1) / 2];
    int at = 0;
    for (int i = 0; i < some.length; i++) {
      for (int j = i; j < some.length; j++) {
        double mean = (some[i] + some[j]) / 2;
        means[at++] = Double.isNaN(mean) ? 0 : mean; // endless to either side
      }
    }
    Arrays.sort(means);
    return means;
  }

  /** The largest sum of the ranks of one sign that is rejected at 95 %; -1 if none is. */
  private static int rejected(int pairs) {
    if (pairs > EXACT) {
      double scatter = Math.sqrt(pairs * (pairs + 1.0) * (2.0 * pairs + 1) / 24);
      return (int) Math.floor(pairs * (pairs + 1.0) / 4 - NORMAL * scatter) - 1;
    }
    int most = pairs * (pairs + 1) / 2;
    double[] share = new double[most + 1]; // of all subsets of ranks, by their sum
    share[0] = 1;
    for (int rank = 1; rank <= pairs; rank++) {
      for (int sum = most; sum >= 0; sum--) {
        share[sum] = (share[sum] + (sum >= rank ? share[sum - rank] : 0)) / 2;
      }
    }
    double below = 0;
    for (int sum = 0; sum <= most; sum++) {
      below += share[sum];
      if (2 * below > LEVEL) {
        return sum - 1;
      }
    }
    return most;
  }

  /** The least p-value that so many pairs can have, if {@code cells} are tested whose pairs are independent of each other. */
  public static double least(int pairs, int cells) {
    return Math.min(1, cells * Math.pow(2, 1 - pairs));
  }

  /** The least number of pairs at which {@link #least} is so small. */
  public static int needed(double p, int cells) {
    int pairs = 1;
    while (least(pairs, cells) > p) {
      pairs++;
    }
    return pairs;
  }
}
