// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.PAGES_PER_S;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Schema;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/**
 * The paper's Table I: MPLM's downtime against the rate at which the guest dirtied its memory during the live stage, one line
 * per experiment of which an MPLM trial completed.
 *
 * @param measured in the order of the run
 * @param published as the paper has it
 */
public record RateTable(List<Line> measured, List<Published.Rate> published) {
  /** Points for a correlation. */
  public static final int ENOUGH = 3;

  private static final String NO_INTERVAL = "the row is published, or the mean is of fewer than 3 trials";

  /** The columns of {@code table1.csv}; the coefficients stand in each row of their source. */
  public static final Schema<Row> SCHEMA = Schema.<Row>of("table1.csv", "experiment with an MPLM trial that completed, and per published value")
      .with("source", TEXT, "`measured` or `published`", row -> row.line.isPresent() ? "measured" : "published")
      .with("experiment", TEXT, "name of the experiment", "the row is published", row -> row.line.map(line -> line.experiment.name()))
      .with("benchmark", TEXT, "the program in the guest",
          row -> row.of(line -> line.experiment.benchmark().name(), rate -> rate.benchmark().toLowerCase(Locale.ROOT)))
      .with("n", COUNT, "trials in the means", "the row is published", row -> row.line.map(line -> line.downtime.n()))
      .with("dirty_pages_per_s_mean", PAGES_PER_S, "how fast the guest dirtied its memory in the live stage",
          row -> row.of(line -> line.dirtyRate.value(), Published.Rate::dirtyRate))
      .with("dirty_pages_per_s_ci95", PAGES_PER_S, "half width of its 95 % confidence interval", NO_INTERVAL,
          row -> row.line.map(line -> line.dirtyRate.halfWidth()))
      .with("downtime_s_mean", SECONDS, "downtime of MPLM", row -> row.of(line -> line.downtime.value(), Published.Rate::downtime))
      .with("downtime_s_ci95", SECONDS, "half width of its 95 % confidence interval", NO_INTERVAL,
          row -> row.line.map(line -> line.downtime.halfWidth()))
      .with("rho", NUMBER, "how fast the guest dirties, divided by what the link takes", row -> row.of(Line::rho, RateTable::rho))
      .with("downtime_passes", NUMBER, "the downtime divided by the time that the link takes for the used memory",
          "the row is published, and the paper does not have that time or no measured row is of its benchmark",
          row -> row.of(line -> OptionalDouble.of(line.share()), rate -> row.table.share(rate)))
      .with("rank_correlation", NUMBER, "Spearman's coefficient of rate and downtime, in passes where links differ",
          "the source has fewer than 3 rows", row -> row.correlation(0))
      .with("linear_correlation", NUMBER, "Pearson's coefficient of the same", "the source has fewer than 3 rows",
          row -> row.correlation(1))
      .with("size", TEXT, Size.MEANING, row -> row.of(Line::size, rate -> Size.FULL));

  /**
   * One experiment.
   *
   * @param experiment what was migrated
   * @param pass what the link takes for the used memory, seconds
   * @param downtime seconds
   * @param dirtyRate pages per second
   * @param size how it stands to the published one
   */
  public record Line(Experiment experiment, double pass, Mean downtime, Mean dirtyRate, Size size) {
    /** How fast the guest dirties against how fast the link drains. */
    public double rho() {
      return dirtyRate.value() * PAGE_BYTES / experiment.link().bytesPerSecond();
    }

    /** The downtime in passes. */
    public double share() {
      return downtime.value() / pass;
    }
  }

  /** The table of all cells of a run. */
  public static RateTable of(List<Cell> cells, Published published) {
    List<Line> lines = new ArrayList<>();
    Cell.byExperiment(cells).forEach((name, own) -> Cell.mplm(own).flatMap(RateTable::line).ifPresent(lines::add));
    return new RateTable(lines, published.rates());
  }

  /** A cell's line: rate and downtime over the same trials. */
  private static Optional<Line> line(Cell cell) {
    List<TrialRow> both = cell.completed().stream().filter(row -> row.dirtyRate().isPresent()).toList();
    if (both.isEmpty() || cell.pass().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Line(cell.experiment(), cell.pass().getAsDouble(),
        Mean.of(both.stream().mapToDouble(row -> Cell.downtime(row).getAsDouble()).toArray()),
        Mean.of(both.stream().mapToDouble(row -> row.dirtyRate().orElseThrow().average()).toArray()), Size.of(cell)));
  }

  /** Whether all lines are of one link, so that seconds and pages per second can be compared; else only their ratios to it can. */
  public boolean oneLink() {
    return measured.stream().map(line -> line.experiment.link()).distinct().count() <= 1;
  }

  /** Spearman's coefficient of the measured lines; empty with fewer than {@link #ENOUGH}. */
  public OptionalDouble rank() {
    return measured.size() < ENOUGH ? OptionalDouble.empty()
        : OptionalDouble.of(new SpearmansCorrelation().correlation(rates(), downtimes()));
  }

  /** Pearson's coefficient of the measured lines; empty with fewer than {@link #ENOUGH}. */
  public OptionalDouble linear() {
    return measured.size() < ENOUGH ? OptionalDouble.empty()
        : OptionalDouble.of(new PearsonsCorrelation().correlation(rates(), downtimes()));
  }

  /** Whether the measured lines can only be compared as ratios: of several links, or scaled. */
  public boolean inPasses() {
    return !oneLink() || measured.stream().anyMatch(line -> line.size == Size.SCALED);
  }

  /** How fast a published guest dirtied against how fast its link drained. */
  public static double rho(Published.Rate rate) {
    return rate.dirtyRate() * PAGE_BYTES / Published.LINK.bytesPerSecond();
  }

  /** A published downtime in passes; empty for a benchmark that no line is of. */
  public OptionalDouble share(Published.Rate rate) {
    return measured.stream().map(line -> line.experiment.benchmark())
        .filter(benchmark -> benchmark.name().equalsIgnoreCase(rate.benchmark()) && benchmark.paper() != null)
        .mapToDouble(benchmark -> rate.downtime() * 1e9 / benchmark.paper().pass().toNanos()).findFirst();
  }

  /** The published lines' coefficients, rank and linear. */
  public double[] publishedCorrelations() {
    double[] x = published.stream().mapToDouble(Published.Rate::dirtyRate).toArray();
    double[] y = published.stream().mapToDouble(Published.Rate::downtime).toArray();
    return new double[] {new SpearmansCorrelation().correlation(x, y), new PearsonsCorrelation().correlation(x, y)};
  }

  /** A row of {@code table1.csv}: a measured line, or a published one. */
  public record Row(RateTable table, Optional<Line> line, Optional<Published.Rate> rate) {
    private <T> T of(Function<Line, T> measured, Function<Published.Rate, T> published) {
      return line.isPresent() ? measured.apply(line.get()) : published.apply(rate.orElseThrow());
    }

    /** Rank and linear, of the lines of its source. */
    private OptionalDouble correlation(int which) {
      return line.isPresent() ? List.of(table.rank(), table.linear()).get(which)
          : OptionalDouble.of(table.publishedCorrelations()[which]);
    }
  }

  /** The rows of {@code table1.csv}. */
  public List<Row> rows() {
    return Stream.concat(measured.stream().map(line -> new Row(this, Optional.of(line), Optional.empty())),
        published.stream().map(rate -> new Row(this, Optional.empty(), Optional.of(rate)))).toList();
  }

  private double[] rates() {
    return measured.stream().mapToDouble(line -> inPasses() ? line.rho() : line.dirtyRate.value()).toArray();
  }

  private double[] downtimes() {
    return measured.stream().mapToDouble(line -> inPasses() ? line.share() : line.downtime.value()).toArray();
  }
}
