// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.chart.Drawing;
import mplm.harness.document.Block.Code;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Links;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.paper.Claim;
import mplm.harness.paper.Distance;
import mplm.harness.paper.Finding;
import mplm.harness.paper.ProportionTable;
import mplm.harness.paper.Published;
import mplm.harness.paper.RateTable;
import mplm.harness.paper.Size;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Mean;

/**
 * What stands in the report of runs of one kind.
 *
 * @param runs what each was set to, by its folder
 * @param rows of all of them
 * @param cells the same by experiment and method
 * @param rates the same as Table I
 * @param proportions of scaled experiments
 * @param findings of all claims
 * @param distances from the published values
 * @param charts the PNG of each experiment's figure
 * @param rateChart the PNG of Table I, if there is one
 * @param files what else was derived
 * @param folder of a trial
 */
public record RunDocument(
    Map<Path, RunManifest> runs,
    List<TrialRow> rows,
    List<Cell> cells,
    RateTable rates,
    ProportionTable proportions,
    List<Finding> findings,
    List<Distance> distances,
    List<Path> charts,
    Optional<Path> rateChart,
    List<Path> files,
    Function<TrialRow, Path> folder) {

  /** The document's name. */
  public String title() {
    return runs.values().stream().map(run -> run.setting().run()).collect(Collectors.joining(", "));
  }

  /** All of it. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(1, title()));
    blocks.addAll(SetUp.blocks(runs.values(), rows));
    proportions(blocks);
    claims(blocks);
    figure(blocks);
    tableOne(blocks);
    distance(blocks);
    blocks.addAll(new TrialSection(folder, runs.size() > 1).blocks(rows, cells));
    repeat(blocks);
    blocks.add(new Heading(2, "Raw and derived data"));
    blocks.add(new Links(links()));
    return blocks;
  }

  private void claims(List<Block> blocks) {
    blocks.add(new Heading(2, "Claims"));
    blocks.add(new Table(List.of("claim", "verdict", "what the paper says"), Arrays.stream(Claim.values())
        .map(claim -> List.of(claim.name(), claim.verdict(findings).toString(), claim.text())).toList()));
    if (sizes().noneMatch(Size.FULL::equals)) {
      blocks.add(new Paragraph("Verdicts are of the experiments that were run, none of which has the full size"
          + (sizes().anyMatch(Size.SCALED::equals) ? "; scaled ones have its proportions as far as the table above shows." : ".")));
    }
    if (rows.stream().map(TrialRow::pair).distinct().count() > 1) {
      blocks.add(new Paragraph("Experiments were made on different pairs of hosts, each on one: " + Claim.C4
          + " and Table I, which hold one experiment against another, mix them."));
    }
    for (Claim claim : Claim.values()) {
      blocks.add(new Heading(3, claim.name() + ": " + claim.verdict(findings)));
      blocks.add(new Paragraph("Rule: " + claim.rule()));
      blocks.add(new Table(List.of("experiment", "size", "verdict", "measured"), findings.stream()
          .filter(finding -> finding.claim() == claim)
          .map(finding -> List.of(finding.experiment(), finding.sizes(cells), finding.verdict().toString(), finding.measured()))
          .toList()));
    }
  }

  private void figure(List<Block> blocks) {
    blocks.add(new Heading(2, "Figure"));
    blocks.add(new Paragraph("Measured: lines for stock pre-copy, filled marks for MPLM at its own downtime, means of the trials"
        + " that completed with their 95 % confidence interval (Student) from " + Mean.ENOUGH + " trials on; open marks with an arrow"
        + " lasted longer than that. Published: thin lines and crosses, of " + Published.SETUP
        + (sizes().anyMatch(Size.SCALED::equals) ? "; behind scaled experiments in proportion, their seconds multiplied." : ".")));
    Drawing.obstacle().ifPresent(why -> blocks.add(new Paragraph("Here " + why + ".")));
    for (Path chart : charts) {
      String name = chart.getFileName().toString().replace(".png", "");
      blocks.add(new Picture(chart,
          name + ": migration time and downtime in seconds over the maximum tolerable downtime in seconds"));
    }
    if (sizes().anyMatch(Size.OTHER::equals)) {
      blocks.add(new Paragraph("Seconds that were measured at another size are not comparable with the published ones."));
    }
    blocks.add(new Table(List.of("experiment", "size", "method", "n timed", "migration time, s", "downtime, s", "n not converged",
        "n program done first", "n corrupted", "n failed"), shown().map(this::line).toList()));
    if (sizes().anyMatch(Size.SCALED::equals)) {
      blocks.add(new Paragraph("Scaled experiments in units of tau, one pass over used memory, measured and published:"));
      blocks.add(new Table(List.of("experiment", "size", "the paper's method", "migration time, tau", "published, tau",
          "downtime, tau", "published, tau"), shown().filter(cell -> Size.of(cell) == Size.SCALED).map(this::inPasses).toList()));
    }
  }

  private List<String> inPasses(Cell cell) {
    double pass = cell.pass().orElse(Double.NaN);
    Optional<Published.Point> point = Published.read().of(cell);
    return List.of(cell.experiment().name(), Size.of(cell).toString(), cell.experiment().original(cell.method()).toString(),
        cell.total().map(mean -> Numbers.of(mean.over(pass))).orElseGet(() -> cell.trials().stream().map(Cell::atLeast)
            .filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).max().stream()
            .mapToObj(lasted -> "over " + Numbers.of(lasted / pass)).findFirst().orElse(Numbers.NONE)),
        passes(point.map(Published.Point::total), pass), Numbers.of(cell.downtime().map(mean -> mean.over(pass))),
        passes(point.map(Published.Point::downtime), pass));
  }

  private static String passes(Optional<OptionalDouble> seconds, double pass) {
    return seconds.filter(OptionalDouble::isPresent).map(s -> Numbers.of(s.getAsDouble() / pass)).orElse(Numbers.NONE);
  }

  /** What of the paper's proportions the scaled experiments have. */
  private void proportions(List<Block> blocks) {
    if (proportions.lines().isEmpty()) {
      return;
    }
    blocks.add(new Heading(2, "Proportions"));
    blocks.add(new Paragraph("Scaled experiments: as it was in the paper, as it was set here from the guest that was measured"
        + " before the run, and as it came out in the trials: rho in those of MPLM, tau as the time that stock pre-copy at its smallest"
        + " maximum tolerable downtime took until it had been through memory once."));
    blocks.add(new Table(List.of("experiment", "quantity", "paper", "set here", "measured"), proportions.lines().stream()
        .map(line -> List.of(line.experiment().name(), line.quantity() + (line.unit().isEmpty() ? "" : ", " + line.unit()),
            Numbers.of(line.paper()), Numbers.of(line.set()), Numbers.of(line.measured()))).toList()));
    runs.values().iterator().next().experiments().forEach(experiment -> experiment.scaling().ifPresent(scaling ->
        blocks.add(new Paragraph(experiment.name() + ": " + scaling.unmatched().map(why -> "not matched: " + why)
            .orElse("set as in the paper") + "; dirtied " + experiment.scaled().guest().dirtied().entrySet().stream()
                .map(sample -> String.format(Locale.ROOT, "%.1f MiB in %.3f s", sample.getValue().bytes() / 1048576.0,
                    sample.getKey().toNanos() / 1e9)).collect(Collectors.joining(", ")) + "."))));
  }

  /** Each experiment's stock settings in ascending order, then the others; without those that have nothing to show. */
  private Stream<Cell> shown() {
    return Cell.byExperiment(cells).values().stream()
        .flatMap(own -> Stream.concat(
            Cell.stock(own).stream(), own.stream().filter(cell -> cell.maxTolerableDowntime().isEmpty())))
        .filter(cell -> !cell.completed().isEmpty() || cell.count(Outcome.COMPLETED) < cell.trials().size());
  }

  private List<String> line(Cell cell) {
    return List.of(cell.experiment().name(), Size.of(cell).toString(), cell.method().toString(),
        Integer.toString(cell.completed().size()), Numbers.of(cell.total()), Numbers.of(cell.downtime()),
        Long.toString(cell.count(Outcome.NOT_CONVERGED)), Long.toString(cell.count(Outcome.ENDED_BEFORE)),
        Long.toString(cell.count(Outcome.CORRUPTED)), Long.toString(cell.count(Outcome.FAILED)));
  }

  private void tableOne(List<Block> blocks) {
    blocks.add(new Heading(2, "Table I: MPLM's downtime against the dirty page rate"));
    List<List<String>> lines = new ArrayList<>();
    rates.measured().forEach(line -> lines.add(List.of("measured, " + line.size(), line.experiment().name(),
        Numbers.of(line.dirtyRate()), Numbers.of(line.downtime()), Numbers.of(line.rho()), Numbers.of(line.share()))));
    rates.published().forEach(rate -> lines.add(List.of("published, " + Size.FULL, rate.benchmark(),
        Numbers.of(rate.dirtyRate()), Numbers.of(rate.downtime()), Numbers.of(RateTable.rho(rate)),
        Numbers.of(rates.share(rate)))));
    blocks.add(new Table(List.of("source", "benchmark", "dirty page rate, pages/s", "downtime, s", "rate as share of the link",
        "downtime, passes over used memory"), lines));
    String measured = rates.rank().isEmpty() ? "none of fewer than " + RateTable.ENOUGH + " experiments"
        : coefficients(rates.rank().getAsDouble(), rates.linear().getAsDouble())
            + (!rates.inPasses() ? "" : ", of rates as share of the link and downtimes in passes");
    double[] published = rates.publishedCorrelations();
    blocks.add(new Paragraph(
        "Correlation, measured: " + measured + "; published: " + coefficients(published[0], published[1]) + "."));
    rateChart.ifPresent(chart -> blocks.add(new Picture(chart, rates.inPasses()
        ? "MPLM's downtime in passes over used memory over the dirty page rate as share of the link"
        : "MPLM's downtime in seconds over the dirty page rate in pages/s")));
  }

  private void distance(List<Block> blocks) {
    blocks.add(new Heading(2, "Distance to the published values"));
    if (distances.isEmpty()) {
      blocks.add(new Paragraph("No completed trial has a published value."));
      return;
    }
    blocks.add(new Table(List.of("experiment", "method", "quantity", "measured, s", "published, s", "difference, s",
        "difference, passes", "ratio", "comparable"), distances.stream().map(this::line).toList()));
  }

  private List<String> line(Distance distance) {
    boolean comparable = distance.comparable();
    return List.of(distance.cell().experiment().name(), distance.cell().method().toString(),
        distance.quantity().equals("total") ? "migration time" : distance.quantity(),
        Numbers.of(distance.measured()), Numbers.of(distance.published()),
        comparable ? Numbers.of(distance.seconds()) : Numbers.NONE, comparable ? Numbers.of(distance.passes()) : Numbers.NONE,
        comparable ? Numbers.of(distance.ratio()) : Numbers.NONE, switch (Size.of(distance.cell())) {
          case FULL -> "yes";
          case SCALED -> "in proportion";
          case OTHER -> "no: " + Size.OTHER;
        });
  }

  private void repeat(List<Block> blocks) {
    blocks.add(new Heading(2, "How to repeat it"));
    runs.values().stream().map(Repeat::command).distinct().forEach(command -> blocks.add(new Code(command)));
    blocks.add(new Paragraph("The whole suite as it was run, with every key, stands in run.json. From what was recorded, this"
        + " report and all tables and charts are computed again by:"));
    runs.values().forEach(run -> blocks.add(new Code("harness/bin/mplm derive reports/runs/" + run.setting().run())));
  }

  private List<Path> links() {
    List<Path> links = new ArrayList<>();
    for (Path run : runs.keySet()) {
      Stream.of("run.json", "trials.csv", "methods.csv", "trials").map(run::resolve).forEach(links::add);
    }
    links.addAll(files);
    return links;
  }

  private Stream<Size> sizes() {
    RunManifest first = runs.values().iterator().next();
    return first.experiments().stream().map(experiment -> Size.of(experiment, first.setting()));
  }

  private static String coefficients(double rank, double linear) {
    return String.format(Locale.ROOT, "rank (Spearman) %.3f, linear (Pearson) %.3f", rank, linear);
  }
}
