// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.FisherExact;
import mplm.harness.statistics.Holm;
import mplm.harness.statistics.Median;
import mplm.harness.statistics.RankSum;
import mplm.harness.statistics.RatioInterval;

/**
 * Two sets of trials, cell by cell and metric by metric.
 *
 * <p>A metric of a cell is worse (better) if the difference is <em>significant</em>: the {@link RankSum} over all trials, {@link
 * Holm} over all cells and metrics, below alpha; <em>and matters</em>: the ratio of the medians is above 1 + threshold (below its
 * inverse); <em>and is not the machine's</em>: if all control cells together differ significantly in that metric, the same holds
 * when the candidate's values are divided by their ratio. A migration that did not come to its end counts as longer than any that
 * did; how many there are, and how many trials show a fault, is compared by {@link FisherExact}, where any is the only threshold.
 * Trials that were computed, one each, do not vary: they are judged by the threshold alone.
 *
 * <p>Cells of control methods are shown but decide nothing, unless there are no others. If base and candidate change places, better
 * and worse do.
 */
public final class Comparison {
  private static final Predicate<Outcome> FAULT = Outcome::isFault;
  private static final Predicate<Outcome> NO_END = outcome -> outcome == Outcome.NOT_CONVERGED || outcome == Outcome.ENDED_BEFORE;

  private final Rules rules;
  private final List<Difference> differences = new ArrayList<>();
  private final int tests;

  /** One that is to be judged: by a p-value, or exact. */
  private record Test(
      Sample sample, boolean control, String metric, Optional<Metric> of, Sample.Pair pair, double p, boolean exact) {}

  private Comparison(Rules rules, List<Sample> samples) {
    this.rules = rules;
    boolean allControl = samples.stream().allMatch(sample -> rules.isControl(sample.method()));
    Map<Metric, OptionalDouble> machine = machine(samples.stream().filter(sample -> !allControl && isControl(sample)).toList());
    List<Test> all = new ArrayList<>();
    samples.forEach(sample -> all.addAll(tests(sample, !allControl && isControl(sample), machine)));
    List<Test> deciding = all.stream().filter(test -> !test.control && !test.exact && test.pair.isWhole()).toList();
    this.tests = deciding.size();
    double[] adjusted = Holm.adjust(deciding.stream().mapToDouble(Test::p).toArray());
    Map<Test, Double> corrected = new LinkedHashMap<>();
    for (int i = 0; i < adjusted.length; i++) {
      corrected.put(deciding.get(i), adjusted[i]);
    }
    all.forEach(test -> differences.add(judge(test, corrected.getOrDefault(test, test.p),
        test.of.flatMap(metric -> Optional.ofNullable(machine.get(metric))).orElse(OptionalDouble.empty()))));
  }

  /** Of the trials of both. */
  public static Comparison of(List<Observation> base, List<Observation> candidate, Rules rules) {
    return new Comparison(rules, Sample.of(base, candidate));
  }

  /** In the order of the cells' first trials. */
  public List<Difference> differences() {
    return List.copyOf(differences);
  }

  /** By what it judged. */
  public Rules rules() {
    return rules;
  }

  /** For how many the p-values are corrected. */
  public int tests() {
    return tests;
  }

  /** Trials of each cell, with base and with candidate each, from which on a difference can be significant. */
  public int needed() {
    return RankSum.needed(rules.alpha() / Math.max(1, tests));
  }

  /** Whether a cell that decides is worse in any metric. */
  public boolean isWorse() {
    return deciding().anyMatch(difference -> difference.judgement() == Judgement.WORSE);
  }

  /** Worse if anything is; else better if anything is; else too few if anything is; else the same. */
  public Judgement judgement() {
    for (Judgement judgement : List.of(Judgement.WORSE, Judgement.BETTER, Judgement.TOO_FEW)) {
      if (deciding().anyMatch(difference -> difference.judgement() == judgement)) {
        return judgement;
      }
    }
    return Judgement.SAME;
  }

  /** Whether more trials are not worth their time: something is worse, or no metric's interval reaches its threshold above. */
  public boolean isClear() {
    return isWorse() || deciding().allMatch(difference -> difference.judgement() != Judgement.TOO_FEW
        && (difference.ratio().isEmpty() || difference.interval().isPresent()
            && difference.interval().get().high() < 1 + threshold(difference)));
  }

  private double threshold(Difference difference) {
    for (Metric metric : Metric.values()) {
      if (metric.title().equals(difference.metric())) {
        return rules.threshold(metric);
      }
    }
    return 0;
  }

  private Stream<Difference> deciding() {
    return differences.stream().filter(difference -> !difference.control());
  }

  private boolean isControl(Sample sample) {
    return rules.isControl(sample.method());
  }

  /** By what factor the control cells differ, where that is significant. */
  private Map<Metric, OptionalDouble> machine(List<Sample> controls) {
    Map<Metric, OptionalDouble> machine = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      List<Sample.Pair> pairs =
          controls.stream().filter(sample -> !sample.isExact()).map(sample -> sample.relative(metric)).toList();
      Sample.Pair all = new Sample.Pair(
          pairs.stream().flatMapToDouble(pair -> DoubleStream.of(pair.base())).toArray(),
          pairs.stream().flatMapToDouble(pair -> DoubleStream.of(pair.candidate())).toArray());
      machine.put(metric, all.isWhole() && all.p(rules.seed()) <= rules.alpha() ? all.ratio() : OptionalDouble.empty());
    }
    return machine;
  }

  private List<Test> tests(Sample sample, boolean control, Map<Metric, OptionalDouble> machine) {
    List<Test> tests = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      Sample.Pair pair = sample.values(metric);
      if (pair.base().length + pair.candidate().length > 0) {
        double p = pair.p(rules.seed());
        if (!control && machine.get(metric).isPresent()) {
          p = Math.max(p, pair.over(machine.get(metric).getAsDouble()).p(rules.seed())); // significant either way
        }
        tests.add(new Test(sample, control, metric.title(), Optional.of(metric), pair, p, sample.isExact()));
      }
    }
    // whether there is one to test depends on all trials together, which is the same whichever are the candidate's
    for (Map.Entry<String, Predicate<Outcome>> outcome
        : List.of(Map.entry("did not end, share of trials", NO_END), Map.entry("faults, share of trials", FAULT))) {
      if (sample.hasAny(outcome.getValue()) && !sample.isExact()) {
        int base = Sample.count(sample.base(), outcome.getValue());
        int candidate = Sample.count(sample.candidate(), outcome.getValue());
        tests.add(new Test(sample, control, outcome.getKey(), Optional.empty(),
            new Sample.Pair(share(base, sample.base()), share(candidate, sample.candidate())),
            FisherExact.p(base, sample.base().size(), candidate, sample.candidate().size()), false));
      }
    }
    return tests;
  }

  private static double[] share(int count, List<Observation> trials) {
    return trials.isEmpty() ? new double[0] : new double[] {(double) count / trials.size()};
  }

  private Difference judge(Test test, double p, OptionalDouble machine) {
    Sample.Pair pair = test.pair;
    int base = test.of.isPresent() ? pair.base().length : test.sample.base().size();
    int candidate = test.of.isPresent() ? pair.candidate().length : test.sample.candidate().size();
    double bound = 1 + test.of.map(rules::threshold).orElse(0.0);
    OptionalDouble ratio = pair.ratio();
    boolean significant = test.exact || p <= rules.alpha();
    Judgement judgement = Judgement.SAME;
    String note = "";
    boolean beyond = ratio.isPresent() && beyond(ratio.getAsDouble(), bound);
    boolean explained = machine.isPresent() && !test.control
        && !(significant && beyond && sameSide(ratio.getAsDouble(), ratio.getAsDouble() / machine.getAsDouble(), bound));
    if (!pair.isWhole()) {
      judgement = Judgement.TOO_FEW;
      note = "no value of the " + (pair.base().length == 0 ? "base" : "candidate");
    } else if (!significant && RankSum.least(base, candidate) > rules.alpha() / (test.control ? 1 : Math.max(1, tests))) {
      judgement = Judgement.TOO_FEW;
      note = "a verdict needs " + RankSum.needed(rules.alpha() / (test.control ? 1 : Math.max(1, tests))) + " each";
    } else if (beyond && explained) {
      note = String.format(Locale.ROOT, "so is the control: %.3f", machine.getAsDouble());
    } else if (beyond && significant) {
      judgement = ratio.getAsDouble() > 1 ? Judgement.WORSE : Judgement.BETTER;
    } else if (significant && ratio.isPresent() && ratio.getAsDouble() != 1) {
      note = "within the threshold";
    }
    return new Difference(test.sample.experiment(), test.sample.method(), test.metric, test.control, base, candidate,
        shown(test, pair.base()), shown(test, pair.candidate()), ratio,
        test.of.flatMap(metric -> RatioInterval.of(pair.base(), pair.candidate(), rules.seed())),
        test.exact || !pair.isWhole() ? OptionalDouble.empty() : OptionalDouble.of(p), judgement,
        test.exact ? "computed: nothing varies" : note);
  }

  private static boolean beyond(double ratio, double bound) {
    return ratio > bound || ratio < 1 / bound;
  }

  private static boolean sameSide(double ratio, double other, double bound) {
    return ratio > bound ? other > bound : other < 1 / bound;
  }

  private static OptionalDouble shown(Test test, double[] values) {
    return values.length == 0 ? OptionalDouble.empty()
        : OptionalDouble.of(test.of.map(metric -> metric.shown(Median.of(values))).orElse(values[0]));
  }
}
