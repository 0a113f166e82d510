// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;

/**
 * One method of one experiment over its repetitions. What did not complete has no migration time, but it is known to have lasted at
 * least so long; the one is never averaged with the other. All times in seconds.
 *
 * @param experiment what was migrated
 * @param method how
 * @param trials in the order of the run, at least one
 */
public record Cell(Experiment experiment, Method method, List<TrialRow> trials) {
  public Cell {
    trials = List.copyOf(trials);
  }

  /** Where and with what the first trial was made; only trials that were made have it. */
  public Setting setting() {
    return trials.get(0).setting();
  }

  /** Whether its rows were measured, and not computed. */
  public boolean isMeasured() {
    return trials.get(0).measured().isPresent();
  }

  /** All of them, in the order of their first trial. */
  public static List<Cell> of(List<TrialRow> rows) {
    record Key(String experiment, Method method) {}
    Map<Key, List<TrialRow>> cells = rows.stream().collect(Collectors.groupingBy(
        row -> new Key(row.planned().experiment().name(), row.planned().method()), LinkedHashMap::new, Collectors.toList()));
    return cells.values().stream().map(trials -> new Cell(
        trials.get(0).planned().experiment(), trials.get(0).planned().method(), trials)).toList();
  }

  /** Cells by the name of their experiment. */
  public static Map<String, List<Cell>> byExperiment(List<Cell> cells) {
    return cells.stream().collect(Collectors.groupingBy(cell -> cell.experiment.name(), LinkedHashMap::new, Collectors.toList()));
  }

  /** The stock cells of an experiment by ascending maximum tolerable downtime. */
  public static List<Cell> stock(List<Cell> ofOneExperiment) {
    return ofOneExperiment.stream().filter(cell -> cell.method.curve().equals(Precopy.CURVE))
        .sorted((one, other) -> Double.compare(one.maxTolerableDowntime().getAsDouble(),
            other.maxTolerableDowntime().getAsDouble()))
        .toList();
  }

  /** The cell of the MPLM setting that the experiment names first: the others are studies of it. */
  public static Optional<Cell> mplm(List<Cell> ofOneExperiment) {
    return ofOneExperiment.stream().findFirst()
        .flatMap(any -> any.experiment.methods().stream().filter(method -> method.curve().equals(Mplm.CURVE)).findFirst())
        .flatMap(first -> ofOneExperiment.stream().filter(cell -> cell.method.equals(first)).findFirst())
        .or(() -> ofOneExperiment.stream().filter(cell -> cell.method.curve().equals(Mplm.CURVE)).findFirst());
  }

  /** Where it stands in a figure; empty for a method that has none. */
  public OptionalDouble maxTolerableDowntime() {
    return method.toleratedDowntime().map(limit -> OptionalDouble.of(seconds(limit))).orElse(OptionalDouble.empty());
  }

  /** Trials with that outcome. */
  public long count(Outcome outcome) {
    return trials.stream().filter(row -> row.outcome() == outcome).count();
  }

  /** Trials whose program was done while the migration went on; one whose program was done before it began says nothing. */
  public long outrun() {
    return trials.stream().filter(row -> row.outcome() == Outcome.ENDED_BEFORE && atLeast(row).isPresent()).count();
  }

  /** The trials that completed and whose downtime means something: their guest was not held. */
  public List<TrialRow> completed() {
    return trials.stream().filter(row -> total(row).isPresent()).toList();
  }

  /** Migration time of the completed trials; empty without one. */
  public Optional<Mean> total() {
    return mean(row -> row.migration().orElseThrow().totalTime().orElseThrow());
  }

  /** Downtime of the completed trials; empty without one. */
  public Optional<Mean> downtime() {
    return mean(row -> row.downtimes().headline().orElseThrow().value());
  }

  /** One pass: what the link takes for the memory that the guest used; empty if no trial got so far. */
  public OptionalDouble pass() {
    return trials.stream().map(TrialRow::guest).flatMap(Optional::stream)
        .mapToDouble(guest -> experiment.pass(guest.used())).average();
  }

  /** Migration time of a trial that completed, and whose guest was not held. */
  public static OptionalDouble total(TrialRow row) {
    return row.outcome() == Outcome.COMPLETED && row.downtimes().headline().isPresent()
        ? OptionalDouble.of(seconds(row.migration().orElseThrow().totalTime().orElseThrow())) : OptionalDouble.empty();
  }

  /** The downtime that counts of such a trial. */
  public static OptionalDouble downtime(TrialRow row) {
    return total(row).isPresent()
        ? OptionalDouble.of(seconds(row.downtimes().headline().orElseThrow().value())) : OptionalDouble.empty();
  }

  /** How long a migration lasted that did not come to its end: until its limit, or until the program was done. */
  public static OptionalDouble atLeast(TrialRow row) {
    return switch (row.outcome()) {
      case NOT_CONVERGED -> OptionalDouble.of(seconds(row.limit().orElseThrow()));
      case ENDED_BEFORE -> row.times().migration().isZero() ? OptionalDouble.empty()
          : OptionalDouble.of(seconds(row.times().migration()));
      default -> OptionalDouble.empty();
    };
  }

  private Optional<Mean> mean(Function<TrialRow, Duration> value) {
    double[] values = completed().stream().mapToDouble(row -> seconds(value.apply(row))).toArray();
    return values.length == 0 ? Optional.empty() : Optional.of(Mean.of(values));
  }

  /** Lasting values of the trials with that outcome. */
  public Stream<Double> lasted(Outcome outcome) {
    return trials.stream().filter(row -> row.outcome() == outcome).map(Cell::atLeast).filter(OptionalDouble::isPresent)
        .map(OptionalDouble::getAsDouble);
  }
}
