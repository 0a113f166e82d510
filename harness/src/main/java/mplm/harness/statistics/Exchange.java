// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A randomization test of many quantities at once, whose pairs were made one after the other in an order that was drawn by lot (R. A.
 * Fisher, "The Design of Experiments", 1935). If what is compared is the same, either of a pair could as well have borne the other's
 * name; so the names are exchanged in all ways, and what was observed is held against what comes out. That needs no assumption of
 * the machine: it may drift, jump, and stall; whatever it did to the trials, it did not know the lot.
 *
 * <p>Each quantity's statistic is the sum of its {@link SignedRanks} over what such a sum scatters by. Quantities of one cell are of
 * the same trials, so their names are exchanged together. Corrected for all quantities, step by step, is by the largest statistic of
 * those that are left (P. H. Westfall and S. S. Young, "Resampling-Based Multiple Testing", 1993; J. P. Romano and M. Wolf, 2005):
 * the probability of any false alarm is below the level, and quantities that go together cost no more than one.
 *
 * <p>Up to {@link #EXACT} pairs in all are exchanged in all ways. Beyond, {@link #DRAWS} ways are drawn from a seed, and the observed
 * one is counted too, (k + 1) / (draws + 1), so that no p-value is 0.
 */
public final class Exchange {
  static final int EXACT = 13;
  static final int DRAWS = 9_999;

  /** The difference within which statistics are equal but for rounding. */
  private static final double ROUNDING = 1e-9;

  private Exchange() {}

  /**
   * A quantity.
   *
   * @param differences of each round, by the cell whose trials they are of: as many as in that cell's other quantities, NaN where
   *     there is none
   */
  public record Quantity(Map<String, double[]> differences) {
    /** The differences of all cells, one after the other. */
    double[] all() {
      return differences.values().stream().flatMapToDouble(DoubleStream::of).toArray();
    }
  }

  /** The p-value of each, two-sided, corrected for all of them. */
  public static double[] p(List<Quantity> quantities, long seed) {
    int n = quantities.size();
    Map<String, Integer> first = new TreeMap<>(); // of a cell's pairs among all
    quantities.forEach(quantity -> quantity.differences.forEach((cell, some) -> first.put(cell, some.length)));
    int pairs = 0;
    for (Map.Entry<String, Integer> cell : first.entrySet()) {
      pairs += cell.setValue(pairs);
    }
    List<int[]> places = new ArrayList<>(); // of a quantity's differences among all pairs
    List<int[]> ranks = new ArrayList<>();
    double[] scatter = new double[n];
    for (int i = 0; i < n; i++) {
      int[] own = new SignedRanks(quantities.get(i).all()).doubled();
      ranks.add(own);
      places.add(quantities.get(i).differences.entrySet().stream().flatMapToInt(cell ->
          IntStream.range(0, cell.getValue().length).map(round -> first.get(cell.getKey()) + round)).toArray());
      scatter[i] = Math.sqrt(IntStream.of(own).mapToDouble(rank -> (double) rank * rank).sum());
    }
    boolean[] kept = new boolean[pairs];
    double[] observed = statistics(ranks, scatter, places, kept);
    int[] descending = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -observed[i])).mapToInt(i -> i).toArray();
    boolean exact = pairs <= EXACT;
    int ways = exact ? 1 << pairs : DRAWS;
    int[] far = new int[n];
    SplittableRandom random = new SplittableRandom(seed);
    for (int way = 0; way < ways; way++) {
      for (int pair = 0; pair < pairs; pair++) {
        kept[pair] = exact ? (way >> pair & 1) == 0 : random.nextBoolean();
      }
      double[] exchanged = statistics(ranks, scatter, places, kept);
      double most = 0;
      for (int step = n - 1; step >= 0; step--) {
        most = Math.max(most, exchanged[descending[step]]);
        far[step] += most >= observed[descending[step]] - ROUNDING ? 1 : 0;
      }
    }
    double[] p = new double[n];
    double before = 0;
    for (int step = 0; step < n; step++) {
      before = Math.max(before, exact ? (double) far[step] / ways : (far[step] + 1.0) / (ways + 1));
      p[descending[step]] = before;
    }
    return p;
  }

  private static double[] statistics(List<int[]> ranks, double[] scatter, List<int[]> places, boolean[] kept) {
    double[] statistics = new double[scatter.length];
    for (int i = 0; i < statistics.length; i++) {
      int[] own = ranks.get(i);
      int sum = 0;
      for (int round = 0; round < own.length; round++) {
        sum += kept[places.get(i)[round]] ? own[round] : -own[round];
      }
      statistics[i] = scatter[i] == 0 ? 0 : Math.abs(sum) / scatter[i];
    }
    return statistics;
  }
}
