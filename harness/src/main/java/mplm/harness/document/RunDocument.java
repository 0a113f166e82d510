// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import static mplm.engine.unit.Durations.seconds;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.document.Block.Code;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Links;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.paper.Distance;
import mplm.harness.paper.Finding;
import mplm.harness.paper.ProportionTable;
import mplm.harness.paper.RateTable;
import mplm.harness.paper.Size;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Cell;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;

/**
 * What stands in the report of runs of one kind: the answer first, then where it was measured, tables, and all trials.
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
 * @param methods the rows by method
 * @param lostCharts of each experiment of which it is known what the program lost
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
    List<MethodSummary> methods,
    List<LostCharts> lostCharts,
    List<Path> files,
    Function<TrialRow, Path> folder) {
  /**
   * The charts, PNG, of what the program of one experiment lost, as far as they could be drawn.
   *
   * @param lost by {@link mplm.harness.chart.LostChart}
   * @param choice by {@link mplm.harness.chart.ChoiceChart}
   */
  public record LostCharts(Optional<Path> lost, Optional<Path> choice) {}

  /** The document's name. */
  public String title() {
    return runs.values().stream().map(run -> run.setting().run()).collect(Collectors.joining(", "));
  }

  /** All of it. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(1, title()));
    blocks.addAll(new FoundSection(runs.values(), rows, cells, findings, charts).blocks());
    blocks.addAll(new LostSection(methods, lostCharts).blocks());
    blocks.addAll(SetUp.blocks(runs.values(), rows));
    proportions(blocks);
    tableOne(blocks);
    distance(blocks);
    blocks.addAll(new TrialSection(folder, runs.size() > 1).blocks(rows, cells));
    repeat(blocks);
    blocks.add(new Heading(2, "Raw and derived data"));
    blocks.add(new Links(links()));
    return blocks;
  }

  /** What of the paper's proportions the scaled experiments have. */
  private void proportions(List<Block> blocks) {
    if (proportions.lines().isEmpty()) {
      return;
    }
    blocks.add(new Heading(2, "Proportions"));
    blocks.add(new Paragraph("Scaled experiments: as it was in the paper, as it was set here from the guest that was measured"
        + " before the run, and as it came out in the trials: rho and omega in those of MPLM, tau as the time that stock pre-copy at its smallest"
        + " maximum tolerable downtime took until it had been through memory once."));
    blocks.add(new Table(List.of("experiment", "quantity", "paper", "set here", "measured"), proportions.lines().stream()
        .map(line -> List.of(line.experiment().name(), line.quantity() + (line.unit().isEmpty() ? "" : ", " + line.unit()),
            Numbers.of(line.paper()), Numbers.of(line.set()), Numbers.of(line.measured()))).toList()));
    SetUp.experiments(runs.values()).keySet().forEach(experiment -> experiment.scaling().ifPresent(scaling ->
        blocks.add(new Paragraph(experiment.name() + ": " + matched(experiment) + "; dirtied " + experiment.scaled().guest().dirtied().entrySet().stream()
                .map(sample -> String.format(Locale.ROOT, "%.1f MiB in %.3f s", sample.getValue().bytes() / 1048576.0,
                    seconds(sample.getKey()))).collect(Collectors.joining(", ")) + "."))));
  }

  private static String matched(Experiment experiment) {
    List<String> unmatched = ProportionTable.unmatched(experiment);
    return unmatched.isEmpty() ? "set as in the paper" : "not matched: " + String.join("; ", unmatched);
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
    Map<String, Double> medians = Distance.medians(distances);
    if (!medians.isEmpty()) {
      blocks.add(new Paragraph("Median of the differences' sizes, in passes over used memory: " + medians.entrySet().stream()
          .map(entry -> entry.getKey() + " " + Numbers.of(entry.getValue())).collect(Collectors.joining(", ")) + "."));
    }
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
    runs.values().stream().map(Repeat::engine).flatMap(Optional::stream).distinct().forEach(text -> blocks.add(new Paragraph(text)));
    blocks.add(new Paragraph("The whole suite as it was run, with every key, stands in run.json. From what was recorded, this"
        + " report and all tables and charts are computed again by:"));
    runs.keySet().forEach(run -> blocks.add(new Code("harness/bin/mplm derive " + Repeat.place(run))));
  }

  private List<Path> links() {
    List<Path> links = new ArrayList<>();
    for (Path run : runs.keySet()) {
      Stream.of("run.json", "trials.csv", "methods.csv", "trials").map(run::resolve).forEach(links::add);
    }
    links.addAll(files);
    return links;
  }

  private static String coefficients(double rank, double linear) {
    return String.format(Locale.ROOT, "rank (Spearman) %.3f, linear (Pearson) %.3f", rank, linear);
  }
}
