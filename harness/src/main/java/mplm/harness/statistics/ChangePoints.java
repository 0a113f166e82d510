// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Where a series changed for good: binary segmentation. A stretch changes if the sum of ranks before one of its points is so far
 * from its mean, in standard deviations, as in at most one of a hundred shuffles of the stretch (999 and itself, from a seed)
 * before any point. It is split where the squared distances of both parts from their means are least, provided that the medians of
 * the parts differ by more than the threshold; both parts are then looked at alike.
 */
public final class ChangePoints {
  /** Points of a part, at least: fewer are an outlier. */
  static final int SHORTEST = 3;

  private static final int SHUFFLES = 999;
  private static final double ALPHA = 0.01;

  private ChangePoints() {}

  /** Indexes of the first points after a change, ascending. */
  public static List<Integer> of(double[] values, double threshold) {
    List<Integer> found = new ArrayList<>();
    search(values, 0, values.length, threshold, found);
    Collections.sort(found);
    return found;
  }

  /** The median of the stretch between changes, for each point. */
  public static double[] levels(double[] values, List<Integer> changes) {
    double[] levels = new double[values.length];
    int from = 0;
    for (int change = 0; change <= changes.size(); change++) {
      int to = change < changes.size() ? changes.get(change) : values.length;
      if (to > from) {
        Arrays.fill(levels, from, to, Median.of(Arrays.copyOfRange(values, from, to)));
      }
      from = to;
    }
    return levels;
  }

  private static void search(double[] values, int from, int to, double threshold, List<Integer> found) {
    if (to - from < 2 * SHORTEST) {
      return;
    }
    double[] stretch = Arrays.copyOfRange(values, from, to);
    int at = split(stretch);
    double ratio = Median.of(Arrays.copyOfRange(stretch, at, stretch.length)) / Median.of(Arrays.copyOf(stretch, at));
    if (Math.max(ratio, 1 / ratio) > 1 + threshold && isRare(ranks(stretch))) {
      found.add(from + at);
      search(values, from, from + at, threshold, found);
      search(values, from + at, to, threshold, found);
    }
  }

  private static boolean isRare(double[] ranks) {
    double distance = farthest(ranks);
    Random random = new Random(ranks.length);
    double[] shuffled = ranks.clone();
    int far = 1;
    for (int shuffle = 0; shuffle < SHUFFLES; shuffle++) {
      for (int i = shuffled.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double rank = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = rank;
      }
      far += farthest(shuffled) >= distance - 1e-9 ? 1 : 0;
    }
    return far <= ALPHA * (SHUFFLES + 1);
  }

  /** The point before which both parts are most alike in themselves: where the squared sums over their sizes are most. */
  private static int split(double[] values) {
    double all = Arrays.stream(values).sum();
    double sum = 0;
    double most = -1;
    int best = SHORTEST;
    for (int at = 1; at <= values.length - SHORTEST; at++) {
      sum += values[at - 1];
      double alike = sum * sum / at + (all - sum) * (all - sum) / (values.length - at);
      if (at >= SHORTEST && alike > most) {
        best = at;
        most = alike;
      }
    }
    return best;
  }

  private static double farthest(double[] ranks) {
    int n = ranks.length;
    double sum = 0;
    double farthest = 0;
    for (int at = 1; at <= n - SHORTEST; at++) {
      sum += ranks[at - 1];
      double distance = Math.abs(sum - at * (n + 1) / 2.0) / Math.sqrt((double) at * (n - at) * (n + 1) / 12);
      farthest = at >= SHORTEST ? Math.max(farthest, distance) : farthest;
    }
    return farthest;
  }

  private static double[] ranks(double[] values) {
    return Arrays.stream(values).map(value -> Arrays.stream(values).filter(other -> other < value).count()
        + (Arrays.stream(values).filter(other -> other == value).count() + 1) / 2.0).toArray();
  }
}
