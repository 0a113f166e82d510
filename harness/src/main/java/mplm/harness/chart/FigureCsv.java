// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.harness.paper.Published;
import mplm.harness.paper.Size;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Schema;

/** The file {@code figure.csv}: all that the figures show, a line per point, measured and published apart. */
public final class FigureCsv {
  private static final String PUBLISHED = "the row is published";
  private static final String NONE_COMPLETED = "no trial completed, or the paper's figure does not show it";
  private static final String NO_INTERVAL = PUBLISHED + ", or the mean is of fewer than 3 trials";

  /**
   * A point.
   *
   * @param cell what was measured; empty for a published point
   * @param point what the paper has, in proportion to a scaled experiment; empty for a measured one
   * @param experiment its name; empty for a published point at full size
   * @param benchmark its name
   */
  public record Row(Optional<Cell> cell, Optional<Published.Point> point, String experiment, String benchmark, Size size) {
    private <T> T of(Function<Cell, T> measured, Function<Published.Point, T> published) {
      return cell.isPresent() ? measured.apply(cell.get()) : published.apply(point.orElseThrow());
    }

    private Optional<Double> longest(Outcome outcome) {
      return cell.flatMap(one -> one.lasted(outcome).max(Comparator.naturalOrder()));
    }
  }

  /** The columns. */
  public static final Schema<Row> SCHEMA = Schema.<Row>of("figure.csv", "point of the figures")
      .with("source", TEXT, "`measured` or `published`", row -> row.cell.isPresent() ? "measured" : "published")
      .with("experiment", TEXT, "name of the experiment", "the row is published, and at full size", Row::experiment)
      .with("benchmark", TEXT, "the program in the guest", Row::benchmark)
      .with("method", TEXT, "the whole text of the method; of a published point `precopy` or `mplm`",
          row -> row.of(cell -> cell.method().toString(), point -> point.mplm() ? "mplm" : "precopy"))
      .with("max_tolerable_downtime_s", SECONDS, "QEMU's `downtime-limit`", "the method has none",
          row -> row.of(Cell::maxTolerableDowntime, Published.Point::maxTolerableDowntime))
      .with("completed", COUNT, "trials that completed, and whose guest was not held", PUBLISHED,
          row -> row.cell.map(cell -> cell.completed().size()))
      .with("total_s_mean", SECONDS, "mean migration time of these", NONE_COMPLETED,
          row -> row.of(cell -> value(cell.total()), Published.Point::total))
      .with("total_s_ci95", SECONDS, "half width of its 95 % confidence interval", NO_INTERVAL,
          row -> row.cell.flatMap(Cell::total).map(Mean::halfWidth))
      .with("downtime_s_mean", SECONDS, "mean downtime of these", NONE_COMPLETED,
          row -> row.of(cell -> value(cell.downtime()), Published.Point::downtime))
      .with("downtime_s_ci95", SECONDS, "half width of its 95 % confidence interval", NO_INTERVAL,
          row -> row.cell.flatMap(Cell::downtime).map(Mean::halfWidth))
      .with("not_converged", COUNT, "trials that were cancelled at their limit", PUBLISHED,
          row -> row.cell.map(cell -> cell.count(Outcome.NOT_CONVERGED)))
      .with("not_converged_limit_s", SECONDS, "the longest of these limits", "there is none", row -> row.longest(Outcome.NOT_CONVERGED))
      .with("ended_before", COUNT, "trials whose program was done before the migration", PUBLISHED,
          row -> row.cell.map(cell -> cell.count(Outcome.ENDED_BEFORE)))
      .with("ended_before_after_s", SECONDS, "how long the longest of these migrations lasted", "there is none",
          row -> row.longest(Outcome.ENDED_BEFORE))
      .with("size", TEXT, Size.MEANING, Row::size)
      .with("pass_s", SECONDS, "time that the link takes for the used memory",
          PUBLISHED + ", or no trial told how much memory its guest used", row -> row.cell.map(Cell::pass));

  private FigureCsv() {}

  /** The measured points, and the published ones of the same benchmarks and experiments. */
  public static List<Row> rows(List<Cell> cells, Published published) {
    List<Row> rows = new ArrayList<>();
    for (Cell cell : cells) {
      rows.add(new Row(Optional.of(cell), Optional.empty(), cell.experiment().name(), cell.experiment().benchmark().name(),
          Size.of(cell)));
    }
    for (String benchmark : cells.stream().map(cell -> cell.experiment().benchmark().name()).distinct().toList()) {
      published.of(benchmark).forEach(point -> rows.add(new Row(Optional.empty(), Optional.of(point), "", benchmark, Size.FULL)));
    }
    List<Experiment> experiments = cells.stream().filter(cell -> Size.of(cell) == Size.SCALED).map(Cell::experiment).distinct().toList();
    for (Experiment scaled : experiments) {
      published.of(scaled).forEach(point -> rows.add(
          new Row(Optional.empty(), Optional.of(point), scaled.name(), scaled.benchmark().name(), Size.SCALED)));
    }
    return rows;
  }

  private static OptionalDouble value(Optional<Mean> mean) {
    return mean.map(one -> OptionalDouble.of(one.value())).orElse(OptionalDouble.empty());
  }
}
