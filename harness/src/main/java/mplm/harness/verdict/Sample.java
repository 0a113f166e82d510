// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Median;
import mplm.harness.statistics.RankSum;
import mplm.harness.statistics.RatioInterval;

/**
 * The trials of one cell with base and with candidate.
 *
 * @param experiment its name
 * @param method as text
 * @param base the one's trials
 * @param candidate the other's
 */
record Sample(String experiment, String method, List<Observation> base, List<Observation> candidate) {
  /** Two lots of values of one quantity. */
  record Pair(double[] base, double[] candidate) {
    boolean isWhole() {
      return base.length > 0 && candidate.length > 0;
    }

    /** The same, with the candidate's values divided; what is infinite stays so. */
    Pair over(double ratio) {
      return new Pair(base, DoubleStream.of(candidate).map(value -> Double.isInfinite(value) ? value : value / ratio).toArray());
    }

    double p(long seed) {
      return RankSum.p(base, candidate, seed);
    }

    /** The ratio of the medians; empty if there are not two, or none is finite. */
    OptionalDouble ratio() {
      double ratio = isWhole() ? RatioInterval.ratio(Median.of(base), Median.of(candidate)) : Double.NaN;
      return Double.isNaN(ratio) ? OptionalDouble.empty() : OptionalDouble.of(ratio);
    }
  }

  /** The samples of all cells that either has, in the order of their first trial. */
  static List<Sample> of(List<Observation> base, List<Observation> candidate) {
    record Key(String experiment, String method) {}
    Map<Key, Sample> samples = new LinkedHashMap<>();
    for (boolean first : new boolean[] {true, false}) {
      for (Observation trial : first ? base : candidate) {
        Sample sample = samples.computeIfAbsent(new Key(trial.experiment(), trial.method()),
            key -> new Sample(key.experiment, key.method, new ArrayList<>(), new ArrayList<>()));
        (first ? sample.base : sample.candidate).add(trial);
      }
    }
    return List.copyOf(samples.values());
  }

  /** Its name among others. */
  String cell() {
    return experiment + " " + method;
  }

  Pair values(Metric metric) {
    return new Pair(values(base, metric), values(candidate, metric));
  }

  /** The share of the trials that ended like this: one value per side, none for a side without trials. */
  Pair share(Predicate<Outcome> outcome) {
    return new Pair(share(base, outcome), share(candidate, outcome));
  }

  private static double[] share(List<Observation> trials, Predicate<Outcome> outcome) {
    return trials.isEmpty() ? new double[0] : new double[] {(double) count(trials, outcome) / trials.size()};
  }

  /**
   * The differences of the logarithms within each of {@link #rounds}, candidate less base; NaN if both did not end, or there are
   * not both.
   */
  double[] differences(Metric metric) {
    return differences(trial -> trial.values().get(metric), (before, after) -> Math.log(RatioInterval.ratio(before, after)));
  }

  /** The same of whether the trial ended like this: -1, 0 or 1. */
  double[] differences(Predicate<Outcome> outcome) {
    return differences(trial -> outcome.test(trial.outcome()) ? 1.0 : 0.0, (before, after) -> after - before);
  }

  private double[] differences(Function<Observation, Double> value, DoubleBinaryOperator difference) {
    Map<String, Double> before = byRound(base, value);
    Map<String, Double> after = byRound(candidate, value);
    return rounds().stream().mapToDouble(round -> before.containsKey(round) && after.containsKey(round)
        ? difference.applyAsDouble(before.get(round), after.get(round)) : Double.NaN).toArray();
  }

  /** The rounds in which both were made in turn: the machine was the same to both. */
  List<String> rounds() {
    Set<String> after = candidate.stream().map(Observation::round).collect(Collectors.toSet());
    return base.stream().map(Observation::round).filter(round -> !round.isEmpty() && after.contains(round)).distinct().toList();
  }

  /** Values over the median of all of them, so that those of several cells can be put together; without what is not finite. */
  Pair relative(Metric metric) {
    Pair pair = values(metric);
    double[] all = DoubleStream.concat(DoubleStream.of(pair.base), DoubleStream.of(pair.candidate)).toArray();
    double median = Median.of(all);
    if (!pair.isWhole() || !(median > 0) || Double.isInfinite(median)) {
      return new Pair(new double[0], new double[0]);
    }
    return new Pair(DoubleStream.of(pair.base).map(value -> value / median).toArray(),
        DoubleStream.of(pair.candidate).map(value -> value / median).toArray());
  }

  /** Whether there is one trial each, and both were computed: there is nothing that varies. */
  boolean isExact() {
    return base.size() == 1 && candidate.size() == 1 && isComputed();
  }

  boolean isComputed() {
    return Stream.concat(base.stream(), candidate.stream()).allMatch(Observation::simulated);
  }

  boolean hasAny(Predicate<Outcome> outcome) {
    return count(base, outcome) + count(candidate, outcome) > 0;
  }

  static int count(List<Observation> trials, Predicate<Outcome> outcome) {
    return (int) trials.stream().filter(trial -> outcome.test(trial.outcome())).count();
  }

  private static Map<String, Double> byRound(List<Observation> trials, Function<Observation, Double> value) {
    Map<String, Double> values = new HashMap<>();
    trials.stream().filter(trial -> value.apply(trial) != null).forEach(trial -> values.put(trial.round(), value.apply(trial)));
    return values;
  }

  private static double[] values(List<Observation> trials, Metric metric) {
    return trials.stream().map(trial -> trial.values().get(metric)).filter(Objects::nonNull).mapToDouble(value -> value).toArray();
  }
}
