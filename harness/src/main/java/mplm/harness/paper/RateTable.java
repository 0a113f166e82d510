// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Csv;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/**
 * The paper's Table I: MPLM's downtime against the rate at which the guest dirtied its memory during the live stage, a line an
 * experiment of which an MPLM trial completed.
 *
 * @param measured in the order of the run
 * @param published as the paper has it
 */
public record RateTable(List<Line> measured, List<Published.Rate> published) {
  /** Points for a correlation. */
  public static final int ENOUGH = 3;

  private static final int PAGE_BYTES = 4096;

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

  /** Of all cells of a run. */
  public static RateTable of(List<Cell> cells, Published published) {
    List<Line> lines = new ArrayList<>();
    Cell.byExperiment(cells).forEach((name, own) -> Cell.mplm(own).flatMap(RateTable::line).ifPresent(lines::add));
    return new RateTable(lines, published.rates());
  }

  /** Over the same trials both. */
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

  /** Writes {@code table1.csv}, in place of one that may be there; the coefficients stand in each line of their source. */
  public void write(Path file) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(List.of("source", "experiment", "benchmark", "n", "dirty_pages_per_s_mean", "dirty_pages_per_s_ci95",
          "downtime_s_mean",
          "downtime_s_ci95", "rho", "downtime_passes", "rank_correlation", "linear_correlation", "size"));
      for (Line line : measured) {
        csv.write(List.of("measured", line.experiment.name(), line.experiment.benchmark().name(),
            Integer.toString(line.downtime.n()),
            text(line.dirtyRate.value()), Csv.text(line.dirtyRate.halfWidth()), text(line.downtime.value()),
            Csv.text(line.downtime.halfWidth()), text(line.rho()), text(line.share()), Csv.text(rank()),
            Csv.text(linear()), line.size.toString()));
      }
      double[] correlations = publishedCorrelations();
      for (Published.Rate rate : published) {
        csv.write(List.of("published", "", rate.benchmark().toLowerCase(Locale.ROOT), "", text(rate.dirtyRate()), "",
            text(rate.downtime()),
            "", text(rho(rate)), Csv.text(share(rate)), text(correlations[0]), text(correlations[1]), Size.FULL.toString()));
      }
    }
  }

  private double[] rates() {
    return measured.stream().mapToDouble(line -> inPasses() ? line.rho() : line.dirtyRate.value()).toArray();
  }

  private double[] downtimes() {
    return measured.stream().mapToDouble(line -> inPasses() ? line.share() : line.downtime.value()).toArray();
  }

  private static String text(double value) {
    return Csv.text(OptionalDouble.of(value));
  }
}
