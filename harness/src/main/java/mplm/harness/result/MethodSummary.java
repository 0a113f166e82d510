// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.harness.statistics.Median;
import mplm.harness.suite.Experiment;

/**
 * A method of an experiment over its repetitions: a row of {@code methods.csv}, but for how the experiment stands to the published
 * one. Outcomes are counted apart; medians are of trials that
 * completed, and empty without one.
 *
 * @param experiment what was migrated
 * @param setting where and with what, of its first trial; empty of rows that were computed
 * @param method how
 * @param outcomes trials by outcome
 * @param total median migration time, seconds
 * @param downtime median of the downtimes that count, seconds
 * @param delay median time of the repetition that was moved, less that of the unmigrated guest in the same experiment, seconds: the
 *     downtime, and by how much the migration slowed the guest down before and after
 * @param slowdown the one over the other; for a program that runs once this is the migration's whole cost
 * @param lost median of the time that the program lost, seconds; {@code lostError} that of its errors, over all trials
 * @param lostKnown of how many trials that is known
 * @param lostBefore its part before the stop, {@code lostBlackout} in it, {@code lostAfter} after it, of the trial that lost the median:
 *     they add up to that
 */
public record MethodSummary(Experiment experiment, Optional<Setting> setting, Method method, Map<Outcome, Long> outcomes,
    OptionalDouble total, OptionalDouble downtime, OptionalDouble delay, OptionalDouble slowdown,
    OptionalDouble lost, OptionalDouble lostError, long lostKnown, OptionalDouble lostBefore, OptionalDouble lostBlackout, OptionalDouble lostAfter) {

  /** The summaries of all methods in the order of their first trial. */
  public static List<MethodSummary> of(List<TrialRow> rows) {
    List<MethodSummary> all = new ArrayList<>();
    by(rows, row -> row.planned().experiment().name()).forEach((experiment, trials) -> {
      OptionalDouble alone = median(completed(trials).filter(row -> !row.planned().method().migrates()), TrialRow::program);
      by(trials, row -> row.planned().method()).forEach((method, repetitions) -> {
        OptionalDouble program = median(completed(repetitions), TrialRow::program);
        all.add(new MethodSummary(
            trials.get(0).planned().experiment(), trials.get(0).measured().map(Origin.Measured::setting), method,
            repetitions.stream().collect(Collectors.groupingBy(TrialRow::outcome, Collectors.counting())),
            median(completed(repetitions), row -> row.migration().flatMap(MigrationResult::totalTime)),
            median(completed(repetitions), row -> row.downtimes().headline().map(Measure::value)),
            both(program, alone, (moved, stayed) -> moved - stayed), both(program, alone, (moved, stayed) -> moved / stayed),
            lost(repetitions, LostTime.Parts::all), median(completed(repetitions), row -> row.lost().map(LostTime.Parts::error)),
            completed(repetitions).filter(row -> row.lost().isPresent()).count(), lost(repetitions, LostTime.Parts::before),
            lost(repetitions, LostTime.Parts::blackout), lost(repetitions, LostTime.Parts::after)));
      });
    });
    return all;
  }

  /** How many trials completed. */
  public long completed() {
    return outcomes.getOrDefault(Outcome.COMPLETED, 0L);
  }

  /** The method as the suite names it: in proportion, with the times of the paper's size, which are the same in all experiments. */
  public String name() {
    return experiment.original(method).toString();
  }

  /** Of the trial that lost the median, or the mean of the two in the middle: so the parts add up to it. */
  private static OptionalDouble lost(List<TrialRow> trials, Function<LostTime.Parts, Duration> part) {
    List<LostTime.Parts> known = completed(trials).map(TrialRow::lost).flatMap(Optional::stream)
        .sorted(Comparator.comparing(LostTime.Parts::all)).toList();
    int n = known.size();
    return n == 0 ? OptionalDouble.empty()
        : OptionalDouble.of((seconds(part.apply(known.get((n - 1) / 2))) + seconds(part.apply(known.get(n / 2)))) / 2);
  }

  private static <K> Map<K, List<TrialRow>> by(List<TrialRow> rows, Function<TrialRow, K> key) {
    return rows.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
  }

  private static Stream<TrialRow> completed(List<TrialRow> rows) {
    return rows.stream().filter(row -> row.outcome() == Outcome.COMPLETED);
  }

  private static OptionalDouble median(Stream<TrialRow> rows, Function<TrialRow, Optional<Duration>> value) {
    double[] seconds = rows.map(value).flatMap(Optional::stream).mapToDouble(d -> seconds(d)).toArray();
    return seconds.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(seconds));
  }

  private static OptionalDouble both(OptionalDouble one, OptionalDouble other, DoubleBinaryOperator operator) {
    return one.isPresent() && other.isPresent()
        ? OptionalDouble.of(operator.applyAsDouble(one.getAsDouble(), other.getAsDouble()))
        : OptionalDouble.empty();
  }
}
