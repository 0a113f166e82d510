// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Median;
import mplm.harness.statistics.RatioInterval;
import mplm.harness.statistics.SignedRanks;

/**
 * What is judged of a cell: a metric, or the share of its trials that ended in some way. Of trials made in rounds also a metric of all
 * cells together.
 *
 * @param experiment of the cell, or {@link #ALL}
 * @param method of the cell, or {@link #ALL}
 * @param control whether it only shows what the machine did
 * @param title of the metric, or of the share
 * @param metric empty for a share
 * @param base how many trials
 * @param candidate how many trials
 * @param values of both: of a share one each; none for all cells together
 * @param differences within rounds, by cell; empty if the trials were not made in rounds
 * @param isExact whether it was computed, so that nothing varies
 */
record Quantity(String experiment, String method, boolean control, String title, Optional<Metric> metric, int base, int candidate,
    Sample.Pair values, Map<String, double[]> differences, boolean isExact) {
  static final String ALL = "all";
  private static final Map<String, Predicate<Outcome>> OUTCOMES = new LinkedHashMap<>();

  static {
    OUTCOMES.put("did not end, share of trials", outcome -> outcome == Outcome.NOT_CONVERGED || outcome == Outcome.ENDED_BEFORE);
    OUTCOMES.put("faults, share of trials", Outcome::isFault);
  }

  /** All that is known of a cell. */
  static List<Quantity> of(Sample sample, boolean control) {
    List<Quantity> all = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      Sample.Pair pair = sample.values(metric);
      if (pair.base().length + pair.candidate().length > 0) {
        all.add(new Quantity(sample.experiment(), sample.method(), control, metric.title(), Optional.of(metric), pair.base().length,
            pair.candidate().length, pair, Map.of(sample.cell(), sample.differences(metric)), sample.isExact()));
      }
    }
    // whether there is one to test depends on all trials together, which is the same whichever are the candidate's
    OUTCOMES.forEach((title, outcome) -> {
      if (sample.hasAny(outcome) && !sample.isExact()) {
        all.add(new Quantity(sample.experiment(), sample.method(), control, title, Optional.empty(), sample.base().size(),
            sample.candidate().size(), sample.share(outcome), Map.of(sample.cell(), sample.differences(outcome)), false));
      }
    });
    return all;
  }

  /** Each metric of these, which are of several cells made in rounds, together; none of one that a single cell has. */
  static List<Quantity> together(List<Quantity> those) {
    List<Quantity> all = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      Map<String, double[]> differences = new LinkedHashMap<>();
      those.stream().filter(one -> one.metric.equals(Optional.of(metric))).forEach(one -> differences.putAll(one.differences));
      if (differences.size() > 1) {
        int pairs = ranks(differences).pairs();
        all.add(new Quantity(ALL, ALL, false, metric.title(), Optional.of(metric), pairs, pairs,
            new Sample.Pair(new double[0], new double[0]), differences, false));
      }
    }
    return all;
  }

  private static SignedRanks ranks(Map<String, double[]> differences) {
    return new SignedRanks(differences.values().stream().flatMapToDouble(DoubleStream::of).toArray());
  }

  /** Whether both have a value. */
  boolean isWhole() {
    return experiment.equals(ALL) || values.isWhole();
  }

  /** How many trials a share of them is: of base and of candidate. */
  int[] hits() {
    return new int[] {(int) Math.round(values.base()[0] * base), (int) Math.round(values.candidate()[0] * candidate)};
  }

  /** The number of rounds in which both have a value. */
  int rounds() {
    return ranks(differences).pairs();
  }

  /** Candidate over base, of the two in each round, if that is asked for; else of all values. */
  OptionalDouble ratio(boolean inRounds) {
    if (inRounds && metric.isPresent()) {
      OptionalDouble shift = ranks(differences).shift();
      return shift.isPresent() ? OptionalDouble.of(Math.exp(shift.getAsDouble())) : shift;
    }
    return values.ratio();
  }

  /** The interval of that ratio; a share has none. */
  Optional<RatioInterval> interval(boolean inRounds, long seed) {
    return metric.flatMap(one -> inRounds ? RatioInterval.of(ranks(differences))
        : RatioInterval.of(values.base(), values.candidate(), seed));
  }

  /** The median of some of the values, as the title's unit has it. */
  OptionalDouble shown(double[] some) {
    return some.length == 0 ? OptionalDouble.empty()
        : OptionalDouble.of(metric.map(one -> one.shown(Median.of(some))).orElse(some[0]));
  }
}
