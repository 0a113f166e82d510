// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.Arrays;
import java.util.Random;
import org.hipparchus.util.CombinatoricsUtils;

/**
 * The permutation test of two samples by the sum of ranks (Wilcoxon, Mann and Whitney), two-sided. Ties share their mean rank, so
 * that values that are only known to be larger than all others, {@link Double#POSITIVE_INFINITY}, are compared for what is known of
 * them.
 *
 * <p>It is exact, ties or not: all subsets are counted by size and sum of ranks (the shift algorithm of Streitberg and Röhmel,
 * 1986), which is the full enumeration without its cost. Beyond {@link #EXACT} values in all it draws permutations from a seed and
 * counts the observed one too, (k + 1) / (draws + 1), so that no p-value is 0.
 */
public final class RankSum {
  /** Values in all up to which the test is exact. */
  static final int EXACT = 120;

  private static final int DRAWS = 9_999;

  private RankSum() {}

  /**
   * The probability of a sum of ranks at least so far from its mean if both are samples of the same.
   *
   * @param seed of the draws, where they are too many to count
   */
  public static double p(double[] one, double[] other, long seed) {
    if (one.length == 0 || other.length == 0) {
      return 1;
    }
    int[] ranks = doubledRanks(one, other);
    long mean = (long) one.length * (ranks.length + 1);
    long distance = Math.abs(sum(ranks, one.length) - mean);
    return ranks.length <= EXACT ? exact(ranks, one.length, mean, distance) : drawn(ranks, one.length, mean, distance, seed);
  }

  /** The least p-value that two samples of these sizes can have. */
  public static double least(int one, int other) {
    if (one == 0 || other == 0) {
      return 1;
    }
    return one + other > EXACT ? 1.0 / (DRAWS + 1) : Math.min(1, 2 / CombinatoricsUtils.binomialCoefficientDouble(one + other, one));
  }

  /** The least size of both samples at which the test can give so small a p-value. */
  public static int needed(double p) {
    int n = 1;
    while (least(n, n) > p) {
      n++;
    }
    return n;
  }

  private static double exact(int[] ranks, int size, long mean, long distance) {
    int[] sorted = ranks.clone();
    Arrays.sort(sorted);
    int most = Arrays.stream(sorted, sorted.length - size, sorted.length).sum();
    // subsets by their size and the sum of their doubled ranks
    double[][] subsets = new double[size + 1][most + 1];
    subsets[0][0] = 1;
    for (int rank : sorted) {
      for (int n = size; n >= 1; n--) {
        for (int sum = most; sum >= rank; sum--) {
          subsets[n][sum] += subsets[n - 1][sum - rank];
        }
      }
    }
    double far = 0;
    double all = 0;
    for (int sum = 0; sum <= most; sum++) {
      all += subsets[size][sum];
      far += Math.abs(sum - mean) >= distance ? subsets[size][sum] : 0;
    }
    return far / all;
  }

  private static double drawn(int[] ranks, int size, long mean, long distance, long seed) {
    Random random = new Random(seed);
    int[] shuffled = ranks.clone();
    Arrays.sort(shuffled); // the same draws whichever sample is named first
    int smaller = Math.min(size, ranks.length - size);
    long middle = smaller == size ? mean : (long) smaller * (ranks.length + 1);
    int far = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int i = 0; i < smaller; i++) {
        int j = i + random.nextInt(shuffled.length - i);
        int rank = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = rank;
      }
      far += Math.abs(sum(shuffled, smaller) - middle) >= distance ? 1 : 0;
    }
    return (far + 1.0) / (DRAWS + 1);
  }

  /** Twice the mean ranks, which are whole numbers, of the one and then of the other. */
  private static int[] doubledRanks(double[] one, double[] other) {
    double[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    int[] ranks = new int[all.length];
    for (int i = 0; i < all.length; i++) {
      int less = 0;
      int same = 0;
      for (double value : all) {
        less += value < all[i] ? 1 : 0;
        same += value == all[i] ? 1 : 0;
      }
      ranks[i] = 2 * less + same + 1;
    }
    return ranks;
  }

  private static long sum(int[] ranks, int first) {
    long sum = 0;
    for (int i = 0; i < first; i++) {
      sum += ranks[i];
    }
    return sum;
  }
}
