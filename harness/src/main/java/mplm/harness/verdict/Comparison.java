// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import mplm.harness.statistics.Exchange;
import mplm.harness.statistics.FisherExact;
import mplm.harness.statistics.Holm;
import mplm.harness.statistics.RankSum;
import mplm.harness.statistics.RatioInterval;
import mplm.harness.statistics.SignedRanks;

/**
 * Two sets of trials, cell by cell and metric by metric.
 *
 * <p>A metric of a cell is worse (better) if the difference <em>matters</em>: the ratio is above 1 + threshold (below its inverse);
 * <em>and is significant</em> below alpha, over all cells and metrics. What that means depends on how the trials were made:
 * <ul>
 * <li>In rounds, base and candidate in turn, in an order that was drawn by lot: {@link Exchange} of the two within each round. The
 *     ratio is that of the two in each round. Whatever the machine does, there are no more false alarms than alpha.
 * <li>Else, such as two runs on two days: the {@link RankSum} over all trials and {@link Holm}; the ratio is of the medians. The
 *     machine may have changed between the two, by a factor that the control cells show. So the same has to hold when the
 *     candidate's values are divided by the ends of that factor's interval: the controls' own scatter is in it.
 * </ul>
 *
 * <p>A migration that did not come to its end counts as longer than any that did; how many there are, and how many trials show a
 * fault, is compared too, by the same test in rounds (then it is McNemar's), else by {@link FisherExact}; any is the only threshold.
 * Trials that were computed, one each, do not vary: they are judged by the threshold alone.
 *
 * <p>Cells of control methods are shown but decide nothing, unless there are no others. If base and candidate change places, better
 * and worse do.
 */
public final class Comparison {
  private final Rules rules;
  private final boolean inRounds;
  private final boolean computed;
  private final Map<Metric, RatioInterval> machine = new EnumMap<>(Metric.class);
  private final List<Difference> differences = new ArrayList<>();
  private final int tests;
  private final int cells;

  private Comparison(Rules rules, List<Sample> samples) {
    this.rules = rules;
    List<Sample> whole = samples.stream().filter(sample -> !sample.base().isEmpty() && !sample.candidate().isEmpty()).toList();
    this.inRounds = !whole.isEmpty() && whole.stream().noneMatch(sample -> sample.rounds().isEmpty());
    this.computed = !whole.isEmpty() && whole.stream().allMatch(Sample::isComputed);
    boolean allControl = samples.stream().allMatch(this::isControl);
    if (!inRounds && !allControl) {
      observeMachine(whole.stream().filter(sample -> isControl(sample) && !sample.isExact()).toList());
    }
    List<Quantity> all = new ArrayList<>();
    samples.forEach(sample -> all.addAll(Quantity.of(sample, !allControl && isControl(sample))));
    if (inRounds) {
      all.addAll(Quantity.together(all.stream().filter(Comparison::decides).toList()));
    }
    List<Quantity> deciding = all.stream().filter(Comparison::decides).toList();
    this.tests = deciding.size();
    this.cells = (int) deciding.stream().flatMap(quantity -> quantity.differences().keySet().stream()).distinct().count();
    double[] p = inRounds ? exchanged(deciding) : Holm.adjust(deciding.stream().mapToDouble(this::ranked).toArray());
    Map<Quantity, Double> corrected = new IdentityHashMap<>();
    for (int i = 0; i < p.length; i++) {
      corrected.put(deciding.get(i), p[i]);
    }
    all.forEach(quantity -> differences.add(judge(quantity,
        corrected.containsKey(quantity) ? corrected.get(quantity) : inRounds ? exchanged(List.of(quantity))[0] : ranked(quantity))));
  }

  private static boolean decides(Quantity quantity) {
    return !quantity.control() && !quantity.isExact() && quantity.isWhole();
  }

  /** Compares the trials of both. */
  public static Comparison of(List<Observation> base, List<Observation> candidate, Rules rules) {
    return new Comparison(rules, Sample.of(base, candidate));
  }

  /** What was compared, in the order of the cells' first trials. */
  public List<Difference> differences() {
    return List.copyOf(differences);
  }

  /** The rules by which it judged. */
  public Rules rules() {
    return rules;
  }

  /** The number of tests for which the p-values are corrected. */
  public int tests() {
    return tests;
  }

  /** Trials of each cell, with base and with candidate each, from which on a difference can be significant. */
  public int needed() {
    return needed(false);
  }

  private int needed(boolean control) {
    return inRounds ? SignedRanks.needed(rules.alpha(), control ? 1 : Math.max(1, cells))
        : RankSum.needed(rules.alpha() / (control ? 1 : Math.max(1, tests)));
  }

  /** Whether base and candidate were made in turn, so that nothing has to be assumed of the machine. */
  public boolean isInRounds() {
    return inRounds;
  }

  /** Whether no trial was measured: a round is a beginning in the guest's trace, and nothing else varies. */
  public boolean isComputed() {
    return computed;
  }

  /** The factor by which the control cells differ, of trials that were not made in rounds; empty if nothing shows it. */
  public Map<Metric, RatioInterval> machine() {
    return Map.copyOf(machine);
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

  /**
   * Whether more trials are not worth their time: something is worse, or no metric's interval reaches its threshold above. A share of
   * trials has no interval; it is clear once it could have been significant, for some fault by chance does not go away.
   */
  public boolean isClear() {
    return isWorse() || deciding().allMatch(difference -> difference.judgement() != Judgement.TOO_FEW
        && metric(difference).map(metric -> difference.ratio().isEmpty() || difference.interval().isPresent()
            && difference.interval().get().high() < 1 + rules.threshold(metric)).orElse(true));
  }

  private static Optional<Metric> metric(Difference difference) {
    return Arrays.stream(Metric.values()).filter(metric -> metric.title().equals(difference.metric())).findFirst();
  }

  private Stream<Difference> deciding() {
    return differences.stream().filter(difference -> !difference.control());
  }

  private boolean isControl(Sample sample) {
    return rules.isControl(sample.method());
  }

  private void observeMachine(List<Sample> controls) {
    for (Metric metric : Metric.values()) {
      List<Sample.Pair> pairs = controls.stream().map(sample -> sample.relative(metric)).toList();
      RatioInterval.of(pairs.stream().flatMapToDouble(pair -> DoubleStream.of(pair.base())).toArray(),
          pairs.stream().flatMapToDouble(pair -> DoubleStream.of(pair.candidate())).toArray(), rules.seed())
          .filter(interval -> interval.low() > 0 && Double.isFinite(interval.high())).ifPresent(one -> machine.put(metric, one));
    }
  }

  private double[] exchanged(List<Quantity> quantities) {
    return Exchange.p(quantities.stream().map(quantity -> new Exchange.Quantity(quantity.differences())).toList(), rules.seed());
  }

  /** The p-value of trials that were not made in rounds, not yet corrected. */
  private double ranked(Quantity quantity) {
    Sample.Pair pair = quantity.values();
    if (quantity.metric().isEmpty()) {
      return !pair.isWhole() ? 1
          : FisherExact.p(quantity.hits()[0], quantity.base(), quantity.hits()[1], quantity.candidate());
    }
    return DoubleStream.concat(DoubleStream.of(1), DoubleStream.of(factors(quantity)))
        .map(factor -> pair.over(factor).p(rules.seed())).max().getAsDouble(); // significant whichever it is
  }

  /** Ends of the interval in which the machine's part may lie; of a metric that no control has, by all that the controls have. */
  private double[] factors(Quantity quantity) {
    if (quantity.control() || quantity.metric().isEmpty() || machine.isEmpty()) {
      return new double[0];
    }
    Collection<RatioInterval> some = machine.containsKey(quantity.metric().get())
        ? List.of(machine.get(quantity.metric().get())) : machine.values();
    return new double[] {some.stream().mapToDouble(RatioInterval::low).min().getAsDouble(),
        some.stream().mapToDouble(RatioInterval::high).max().getAsDouble()};
  }

  private Difference judge(Quantity quantity, double p) {
    OptionalDouble ratio = quantity.ratio(inRounds);
    double bound = 1 + quantity.metric().map(rules::threshold).orElse(0.0);
    boolean significant = quantity.isExact() || p <= rules.alpha();
    boolean beyond = ratio.isPresent() && beyond(ratio.getAsDouble(), bound);
    double[] factors = factors(quantity);
    boolean explained = beyond
        && !DoubleStream.of(factors).allMatch(factor -> sameSide(ratio.getAsDouble(), ratio.getAsDouble() / factor, bound));
    Judgement judgement = Judgement.SAME;
    String note = quantity.isExact() ? "computed: nothing varies" : "";
    if (!quantity.isWhole()) {
      judgement = Judgement.TOO_FEW;
      note = "no value of the " + (quantity.values().base().length == 0 ? "base" : "candidate");
    } else if (!significant && isTooFew(quantity)) {
      judgement = Judgement.TOO_FEW;
      note = "a verdict needs " + needed(quantity.control()) + (inRounds ? " rounds" : " each");
    } else if (beyond && significant && !explained) {
      judgement = ratio.getAsDouble() > 1 ? Judgement.WORSE : Judgement.BETTER;
    } else if (beyond && factors.length > 0 && (explained || quantity.values().p(rules.seed()) <= rules.alpha())) {
      note = String.format(Locale.ROOT, "so may be the control: %.3f to %.3f", factors[0], factors[1]);
    } else if (significant && !quantity.isExact() && ratio.isPresent() && ratio.getAsDouble() != 1) {
      note = "within the threshold";
    }
    return new Difference(quantity.experiment(), quantity.method(), quantity.title(), quantity.control(), quantity.base(),
        quantity.candidate(), quantity.shown(quantity.values().base()), quantity.shown(quantity.values().candidate()), ratio,
        quantity.interval(inRounds, rules.seed()),
        quantity.isExact() || !quantity.isWhole() ? OptionalDouble.empty() : OptionalDouble.of(p), judgement, note);
  }

  private boolean isTooFew(Quantity quantity) {
    return inRounds ? SignedRanks.least(quantity.rounds(), quantity.control() ? 1 : Math.max(1, cells)) > rules.alpha()
        : Math.min(quantity.base(), quantity.candidate()) < needed(quantity.control())
            && RankSum.least(quantity.base(), quantity.candidate()) > rules.alpha() / (quantity.control() ? 1 : Math.max(1, tests));
  }

  private static boolean beyond(double ratio, double bound) {
    return ratio > bound || ratio < 1 / bound;
  }

  private static boolean sameSide(double ratio, double other, double bound) {
    return ratio > bound ? other > bound : other < 1 / bound;
  }
}
