// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;
import static mplm.engine.unit.Durations.seconds;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.TEXT;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;
import mplm.harness.scale.Proportions;
import mplm.harness.scale.Scaling;
import mplm.harness.scale.WorkingSet;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Schema;

/**
 * What of the paper's proportions was matched by scaled experiments: as it was there, as it was set here from the measured guest,
 * and as it came out in the trials.
 *
 * @param lines by experiment, in the order of the run
 */
public record ProportionTable(List<Line> lines) {
  private static final double NEAR = 0.1;

  /** The columns of {@code proportions.csv}. */
  public static final Schema<Line> SCHEMA = Schema.<Line>of("proportions.csv", "quantity of a scaled experiment")
      .with("experiment", TEXT, "name of the experiment", line -> line.experiment.name())
      .with("quantity", TEXT, "what the paper's proportion is of, in words", Line::quantity)
      .with("unit", TEXT, "unit of the next four columns", "they are ratios", Line::unit)
      .with("paper", NUMBER, "as it was in the paper", Line::paper)
      .with("set", NUMBER, "as it was set here, from the measured guest", Line::set)
      .with("measured_mean", NUMBER, "as it came out in the trials", "it is not measured, or no trial tells it",
          line -> line.measured.map(Mean::value))
      .with("measured_ci95", NUMBER, "half width of the mean's 95 % confidence interval",
          "as `measured_mean`, or the mean is of fewer than 3 trials", line -> line.measured.map(Mean::halfWidth))
      .with("measured_n", COUNT, "trials in the mean", "as `measured_mean`", line -> line.measured.map(Mean::n));

  /**
   * One quantity of one experiment.
   *
   * @param unit of all three
   * @param paper there
   * @param set here
   * @param measured in the trials; empty where it is not measured
   */
  public record Line(Experiment experiment, String quantity, String unit, double paper, double set, Optional<Mean> measured) {}

  /** The table of all cells of a run; it has no line if none is scaled. */
  public static ProportionTable of(List<Cell> cells) {
    List<Line> lines = new ArrayList<>();
    Cell.byExperiment(cells).forEach((name, own) ->
        own.get(0).experiment().scaling().ifPresent(scaling -> lines(lines, own, scaling)));
    return new ProportionTable(lines);
  }

  private static void lines(List<Line> lines, List<Cell> cells, Scaling scaling) {
    Experiment experiment = cells.get(0).experiment();
    Proportions paper = experiment.benchmark().paper();
    WorkingSet guest = experiment.scaled().guest();
    double pass = experiment.pass(guest.used());
    double epoch = seconds(scaling.epoch());
    double thereUsed = seconds(paper.pass()) * Published.LINK.bytesPerSecond();
    Optional<Mean> rho = mean(Cell.mplm(cells).stream().flatMap(cell -> cell.trials().stream()).map(TrialRow::dirtyRate)
        .flatMap(Optional::stream).mapToDouble(rate -> rate.average() * PAGE_BYTES / experiment.link().bytesPerSecond()).toArray());
    Optional<Mean> firstPass = Cell.stock(cells).stream().findFirst().flatMap(cell -> mean(cell.trials().stream()
        .map(ProportionTable::firstPass).filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).toArray()));
    lines.add(new Line(experiment, "rho: dirtied against sent, in the live stage", "", paper.rho(), scaling.rho(), rho));
    OptionalDouble thereRewritten = Published.read().rewritten(experiment.benchmark());
    if (thereRewritten.isPresent()) {
      Optional<Mean> left = mean(Cell.mplm(cells).stream().flatMap(cell -> cell.trials().stream())
          .map(row -> row.migration().flatMap(migration -> migration.end().mplm()).flatMap(MplmFigures::stopBytes)).flatMap(Optional::stream)
          .mapToDouble(size -> (double) size.bytes() / guest.used().bytes()).toArray());
      lines.add(new Line(experiment, "omega: rewritten of the used memory, which is left when the guest stops", "",
          thereRewritten.getAsDouble(), guest.rewritten(), left));
    }
    lines.add(new Line(experiment, "tau: one pass over used memory", "s", seconds(paper.pass()), pass, firstPass));
    lines.add(new Line(experiment, "epoch over tau", "", seconds(paper.epoch()) / seconds(paper.pass()), epoch / pass,
        firstPass.map(mean -> Mean.of(epoch / mean.value()))));
    lines.add(new Line(experiment, "used memory", "MiB", thereUsed / (1 << 20), (double) guest.used().bytes() / (1 << 20),
        Optional.empty()));
    lines.add(new Line(experiment, "guest memory over used memory", "", Published.MEMORY.bytes() / thereUsed,
        (double) experiment.memory().bytes() / guest.used().bytes(), Optional.empty()));
    lines.add(new Line(experiment, "all times over the paper's", "", 1, scaling.factor(), Optional.empty()));
  }

  /** What stock pre-copy took until it had been through memory once; empty if it stopped the guest before. */
  private static OptionalDouble firstPass(TrialRow row) {
    return row.migration().stream().flatMap(migration -> migration.looks().stream())
        .filter(look -> look.status().equals("active") && look.ram().map(Progress.Ram::dirtySyncCount).orElse(0L) > 1)
        .mapToDouble(look -> seconds(look.elapsed())).findFirst();
  }

  /** What of a measured guest is not as in the paper, before any trial: rho, omega or both, a sentence each; none if both are near. */
  public static List<String> unmatched(Experiment experiment) {
    List<String> unmatched = new ArrayList<>(experiment.scaling().flatMap(Scaling::unmatched).stream().toList());
    double here = experiment.scaled().guest().rewritten();
    Published.read().rewritten(experiment.benchmark()).ifPresent(there -> {
      if (Math.abs(here - there) > NEAR * there) {
        unmatched.add(String.format(Locale.ROOT, "the guest rewrites %.2f of its used memory, not %.2f (omega); %s", here, there,
            here < there ? "less ballast or a larger class gives more" : "more ballast gives less"));
      }
    });
    return unmatched;
  }

  /** The lines of a log, one for each. */
  public List<String> sentences() {
    return lines.stream().map(line -> String.format(Locale.ROOT, "%s: %s: %.3g in the paper, set to %.3g%s %s",
        line.experiment.name(), line.quantity, line.paper, line.set,
        line.measured.map(mean -> String.format(Locale.ROOT, ", measured %.3g", mean.value())).orElse(""), line.unit).strip())
        .toList();
  }

  private static Optional<Mean> mean(double[] values) {
    return values.length == 0 ? Optional.empty() : Optional.of(Mean.of(values));
  }
}
