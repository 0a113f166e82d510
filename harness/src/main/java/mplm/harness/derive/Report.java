// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import mplm.harness.chart.Chart;
import mplm.harness.chart.ChoiceChart;
import mplm.harness.chart.Figure;
import mplm.harness.chart.FigureCsv;
import mplm.harness.chart.Figures;
import mplm.harness.chart.LostChart;
import mplm.harness.chart.RateChart;
import mplm.harness.chart.Sheet;
import mplm.harness.document.Block;
import mplm.harness.document.Html;
import mplm.harness.document.Markdown;
import mplm.harness.document.RunDocument;
import mplm.harness.paper.Claim;
import mplm.harness.paper.ClaimsCsv;
import mplm.harness.paper.Distance;
import mplm.harness.paper.Finding;
import mplm.harness.paper.ProportionTable;
import mplm.harness.paper.Published;
import mplm.harness.paper.RateTable;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Cell;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.TrialRow;
import mplm.harness.simulation.BestOfRun;
import mplm.harness.suite.Clone;

/**
 * What is made of the rows of a run, or of several runs of one kind, to be read: {@code charts}, the tables behind them, the
 * claims, and the report itself, {@code index.html} and {@code report.md}.
 *
 * @param folder where it is put
 * @param runs whose rows they are
 */
public record Report(Path folder, List<RunDerivation> runs) {
  private static final String SHEET = "figure";
  private static final String RATES = "table1";

  /**
   * Writes all of it.
   *
   * @return the charts first, then tables, then the report
   */
  public List<Path> write(List<TrialRow> rows) throws IOException {
    Files.createDirectories(folder);
    Published published = Published.read();
    List<Cell> cells = Cell.of(rows);
    RateTable rates = RateTable.of(cells, published);
    List<Finding> findings = Claim.check(cells);
    List<Distance> distances = Distance.of(cells, published);
    List<Path> charts = charts(Figures.of(rows), rates);
    List<Path> tables = List.of("figure.csv", "table1.csv", "claims.csv", "distances.csv").stream().map(folder::resolve).toList();
    FigureCsv.SCHEMA.write(tables.get(0), FigureCsv.rows(cells, published));
    RateTable.SCHEMA.write(tables.get(1), rates.rows());
    ClaimsCsv.claims(tables.get(2), findings, cells);
    ClaimsCsv.DISTANCES.write(tables.get(3), distances);
    List<MethodSummary> methods = MethodSummary.of(rows);
    List<Path> files = new ArrayList<>(charts);
    List<RunDocument.LostCharts> lost = lost(methods, files);
    files.addAll(tables);
    ProportionTable proportions = ProportionTable.of(cells);
    if (!proportions.lines().isEmpty()) {
      files.add(folder.resolve("proportions.csv"));
      ProportionTable.SCHEMA.write(files.get(files.size() - 1), proportions.lines());
    }
    Map<Path, RunManifest> manifests = new LinkedHashMap<>();
    runs.forEach(run -> manifests.put(run.run(), run.manifest()));
    RunDocument document = new RunDocument(manifests, rows, cells, rates, proportions, findings, distances,
        panels(charts), rateChart(charts), methods, lost, List.copyOf(files), this::folder);
    List<Block> blocks = document.blocks();
    Html.write(folder.resolve("index.html"), document.title(), blocks);
    Markdown.write(folder.resolve("report.md"), blocks);
    files.addAll(List.of(folder.resolve("index.html"), folder.resolve("report.md")));
    return files;
  }

  private Path folder(TrialRow row) {
    return runs.stream().filter(run -> run.manifest().setting().run().equals(row.setting().run())).findFirst().orElseThrow()
        .folder(row.planned()).path();
  }

  private List<Path> charts(Map<String, Figure> figures, RateTable rates) throws IOException {
    Path charts = folder.resolve("charts");
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, Figure> figure : figures.entrySet()) {
      files.addAll(Chart.write(figure.getValue(), charts, figure.getKey()));
    }
    if (figures.size() > 1) {
      files.addAll(Sheet.write(List.copyOf(figures.values()), charts, SHEET));
    }
    if (!rates.measured().isEmpty()) {
      files.addAll(RateChart.write(rates, charts, RATES));
    }
    return files;
  }

  /**
   * What the program lost, and what there is to choose from, by experiment, in folders of their own: an experiment may have any name.
   *
   * @param files get all that is written
   */
  private List<RunDocument.LostCharts> lost(List<MethodSummary> methods, List<Path> files) throws IOException {
    Map<String, List<MethodSummary>> known = methods.stream().filter(summary -> summary.lost().isPresent()).collect(
        Collectors.groupingBy(summary -> summary.experiment().name(), LinkedHashMap::new, Collectors.toList()));
    List<RunDocument.LostCharts> charts = new ArrayList<>();
    for (Map.Entry<String, List<MethodSummary>> experiment : known.entrySet()) {
      List<Path> lost = LostChart.write(experiment.getValue(), folder.resolve("charts/lost"), experiment.getKey());
      List<MethodSummary> all = methods.stream().filter(summary -> summary.experiment().name().equals(experiment.getKey())).toList();
      BestOfRun best = new BestOfRun(manifest(experiment.getKey()), Clone.here().traces());
      List<Path> choice = ChoiceChart.write(all, best.of(all), folder.resolve("charts/choice"), experiment.getKey());
      files.addAll(lost);
      files.addAll(choice);
      charts.add(new RunDocument.LostCharts(png(lost), png(choice)));
    }
    return charts;
  }

  /** Of a run that has the experiment. */
  private RunManifest manifest(String experiment) {
    return runs.stream().map(RunDerivation::manifest)
        .filter(run -> run.experiments().stream().anyMatch(one -> one.name().equals(experiment))).findFirst().orElseThrow();
  }

  private static Optional<Path> png(List<Path> chart) {
    return chart.stream().filter(file -> file.toString().endsWith(".png")).findFirst();
  }

  /** The PNG of each experiment. */
  private static List<Path> panels(List<Path> charts) {
    return charts.stream().filter(file -> file.toString().endsWith(".png")
        && !file.endsWith(SHEET + ".png") && !file.endsWith(RATES + ".png")).toList();
  }

  private static Optional<Path> rateChart(List<Path> charts) {
    return charts.stream().filter(file -> file.endsWith(RATES + ".png")).findFirst();
  }
}
