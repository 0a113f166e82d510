// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.MigrationResult;
import mplm.harness.claim.Claim;
import mplm.harness.claim.Distance;
import mplm.harness.claim.Finding;
import mplm.harness.document.Block.Code;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Links;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.record.RunManifest;
import mplm.harness.report.Cell;
import mplm.harness.report.Mean;
import mplm.harness.report.Outcome;
import mplm.harness.report.Published;
import mplm.harness.report.RateTable;
import mplm.harness.report.TrialRow;
import mplm.harness.suite.Experiment;

/**
 * What stands in the report of runs of one kind.
 *
 * @param runs what each was set to, by its folder
 * @param rows of all of them
 * @param cells the same by experiment and method
 * @param rates the same as Table I
 * @param findings of all claims
 * @param distances from the published values
 * @param charts the PNG of each experiment's figure
 * @param rateChart the PNG of Table I, if there is one
 * @param files what else was derived
 * @param trial the folder of a trial
 */
public record RunDocument(Map<Path, RunManifest> runs, List<TrialRow> rows, List<Cell> cells, RateTable rates, List<Finding> findings,
    List<Distance> distances, List<Path> charts, Optional<Path> rateChart, List<Path> files, BiFunction<Path, TrialRow, Path> trial) {
  /** In larger runs only the first trial of each method, and those that show a fault, have their picture in the report. */
  private static final int PICTURES = 40;

  private static final String FULL = "full size";

  /** The document's name. */
  public String title() {
    return runs.values().stream().map(manifest -> manifest.setting().run()).collect(Collectors.joining(", "));
  }

  /** All of it. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(1, title()));
    where(blocks);
    environment(blocks);
    claims(blocks);
    figure(blocks);
    tableOne(blocks);
    distance(blocks);
    trials(blocks);
    repeat(blocks);
    blocks.add(new Heading(2, "Raw and derived data"));
    blocks.add(new Links(links()));
    return blocks;
  }

  private void where(List<Block> blocks) {
    RunManifest first = runs.values().iterator().next();
    blocks.add(new Paragraph("Suite " + first.suite() + ": " + first.title() + "."));
    blocks.add(new Heading(2, "What ran where"));
    List<List<String>> lines = new ArrayList<>();
    for (RunManifest manifest : runs.values()) {
      lines.add(List.of("started", manifest.setting().started() + " (UTC)"));
    }
    lines.add(List.of("trials", rows.size() + " of " + runs.values().stream().mapToInt(m -> m.trials().size()).sum() + ": " + outcomes(rows)));
    for (String side : List.of("source", "destination")) {
      Map<String, String> host = first.environment().getOrDefault(side, Map.of());
      lines.add(List.of(side, host.getOrDefault("cpu", "unknown CPU") + ", " + host.getOrDefault("cores", "?") + " cores, "
          + memory(host.get("memory_kib")) + ", " + host.getOrDefault("kernel", "unknown kernel")));
    }
    lines.add(List.of("testbed", first.setting().testbed().equals("none") ? "two hosts" : first.setting().testbed() + ", on one machine"));
    lines.add(List.of("link", "shaped by " + first.setting().shaping() + goodput(first)));
    lines.add(List.of("guests run under", first.setting().accelerator().name().toUpperCase(Locale.ROOT)));
    lines.add(List.of("QEMU", first.setting().qemuVersion() + ", page scheduler " + first.setting().schedulerHash().substring(0, 12)));
    blocks.add(new Table(List.of("", ""), lines));
    List<List<String>> sizes = new ArrayList<>();
    for (Experiment experiment : experiments()) {
      List<String> deviations = Published.deviations(experiment, first.setting().accelerator());
      sizes.add(List.of(experiment.name(), experiment.title(), deviations.isEmpty() ? FULL : size(experiment) + ": "
          + String.join(", ", deviations)));
    }
    blocks.add(new Table(List.of("experiment", "guest and link", "against the published set-up"), sizes));
  }

  private void claims(List<Block> blocks) {
    blocks.add(new Heading(2, "Claims"));
    blocks.add(new Table(List.of("claim", "verdict", "what the paper says"), Arrays.stream(Claim.values()).map(claim ->
        List.of(claim.name(), claim.verdict(findings).toString(), claim.text())).toList()));
    for (Claim claim : Claim.values()) {
      blocks.add(new Heading(3, claim.name() + ": " + claim.verdict(findings)));
      blocks.add(new Paragraph("Rule: " + claim.rule()));
      blocks.add(new Table(List.of("experiment", "verdict", "measured"), findings.stream().filter(finding -> finding.claim() == claim)
          .map(finding -> List.of(finding.experiment(), finding.verdict().toString(), finding.measured())).toList()));
    }
  }

  private void figure(List<Block> blocks) {
    blocks.add(new Heading(2, "Figure"));
    blocks.add(new Paragraph("Measured: lines for stock pre-copy, filled marks for MPLM at its own downtime, means of the trials that completed"
        + " with their 95 % confidence interval (Student) from " + Mean.ENOUGH + " trials on; open marks with an arrow lasted longer than that."
        + " Published: thin lines and crosses, of " + Published.SETUP + "."));
    charts.forEach(chart -> blocks.add(new Picture(chart, "Migration time and downtime in seconds over the maximum tolerable downtime: "
        + chart.getFileName().toString().replace(".png", ""))));
    if (experiments().stream().anyMatch(experiment -> !size(experiment).equals(FULL))) {
      blocks.add(new Paragraph("What is measured at another size than the published one differs from it in seconds whatever is claimed."));
    }
    blocks.add(new Table(List.of("experiment", "size", "method", "n timed", "migration time, s", "downtime, s", "not converged", "program done first",
        "corrupted", "failed"), sorted().stream().map(cell -> List.of(cell.experiment().name(), size(cell.experiment()), cell.method().toString(),
        Integer.toString(cell.completed().size()), text(cell.total()), text(cell.downtime()), count(cell, Outcome.NOT_CONVERGED),
        count(cell, Outcome.ENDED_BEFORE), count(cell, Outcome.CORRUPTED), count(cell, Outcome.FAILED))).toList()));
  }

  private void tableOne(List<Block> blocks) {
    blocks.add(new Heading(2, "Table I: MPLM's downtime against the dirty page rate"));
    List<List<String>> lines = new ArrayList<>();
    rates.measured().forEach(line -> lines.add(List.of("measured, " + size(line.experiment()), line.experiment().name(), text(Optional.of(line.dirtyRate())),
        text(Optional.of(line.downtime())), number(line.rho()), number(line.share()))));
    rates.published().forEach(rate -> lines.add(List.of("published, " + FULL, rate.benchmark(), number(rate.dirtyRate()), number(rate.downtime()), "-", "-")));
    blocks.add(new Table(List.of("source", "benchmark", "dirty page rate, pages/s", "downtime, s", "rate as share of the link",
        "downtime, passes over used memory"), lines));
    double[] published = rates.publishedCorrelations();
    String measured = rates.rank().isPresent() ? coefficients(rates.rank().getAsDouble(), rates.linear().getAsDouble()) + (rates.oneLink() ? "" : ", of rates as share of the link and downtimes in passes")
        : "none of fewer than " + RateTable.ENOUGH + " experiments";
    blocks.add(new Paragraph("Correlation, measured: " + measured + "; published: " + coefficients(published[0], published[1]) + "."));
    rateChart.ifPresent(chart -> blocks.add(new Picture(chart, "MPLM's downtime in seconds over the dirty page rate in pages/s")));
  }

  private void distance(List<Block> blocks) {
    blocks.add(new Heading(2, "Distance to the published values"));
    if (distances.isEmpty()) {
      blocks.add(new Paragraph("No completed trial has a published value."));
      return;
    }
    blocks.add(new Table(List.of("experiment", "method", "quantity", "measured, s", "published, s", "difference, s", "ratio", "comparable"),
        distances.stream().map(d -> List.of(d.cell().experiment().name(), d.cell().method().toString(),
            d.quantity().equals("total") ? "migration time" : d.quantity(), text(Optional.of(d.measured())), number(d.published()),
            d.comparable() ? number(d.seconds()) : "-", d.comparable() ? number(d.ratio()) : "-",
            d.comparable() ? "yes" : "no: " + size(d.cell().experiment()))).toList()));
  }

  private void trials(List<Block> blocks) {
    blocks.add(new Heading(2, "Trials"));
    blocks.add(new Table(List.of("trial", "outcome", "migration time, s", "downtime, s", "± s", "transferred, MiB", "program", "memory"),
        rows.stream().map(this::line).toList()));
    List<Cell> shown = new ArrayList<>(cells);
    for (TrialRow row : rows) {
      boolean first = shown.removeIf(cell -> cell.trials().get(0) == row);
      List<Block> details = new ArrayList<>();
      row.reason().ifPresent(reason -> details.add(new Paragraph("Why: " + reason)));
      Path picture = folder(row).resolve("timeline.png");
      if (Files.exists(picture) && (rows.size() <= PICTURES || first || row.outcome().isFault())) {
        details.add(new Picture(picture, "What is left to send, rates, the program's progress and CPUs in use, over seconds"));
      }
      details.add(new Table(List.of("column of trials.csv", "value"), Quantities.of(row)));
      details.add(new Links(List.of(folder(row))));
      blocks.add(new Block.Fold(name(row) + ": " + row.outcome(), details));
    }
  }

  private void environment(List<Block> blocks) {
    runs.values().forEach(manifest -> {
      List<List<String>> lines = new ArrayList<>();
      manifest.environment().forEach((machine, keys) -> keys.forEach((key, value) -> lines.add(List.of(machine, key, value))));
      manifest.engine().forEach((key, value) -> lines.add(List.of("engine", key, value)));
      manifest.guest().forEach((key, value) -> lines.add(List.of("guest image", key, value)));
      blocks.add(new Block.Fold("Environment: machines, link, engine and guest image of " + manifest.setting().run(),
          List.of(new Table(List.of("of", "key", "value"), lines))));
    });
  }

  private void repeat(List<Block> blocks) {
    blocks.add(new Heading(2, "How to repeat it"));
    runs.values().stream().map(Repeat::command).distinct().forEach(command -> blocks.add(new Code(command)));
    blocks.add(new Paragraph("The whole suite as it was run, with every key, stands in run.json. From what was recorded, this report and all"
        + " tables and charts are computed again by:"));
    runs.keySet().forEach(folder -> blocks.add(new Code("harness/bin/mplm derive reports/runs/" + folder.toAbsolutePath().getFileName())));
  }

  private List<Path> links() {
    List<Path> links = new ArrayList<>();
    runs.keySet().forEach(folder -> List.of("run.json", "trials.csv", "methods.csv", "trials").forEach(name -> links.add(folder.resolve(name))));
    links.addAll(files);
    return links;
  }

  private List<String> line(TrialRow row) {
    return List.of(name(row), row.outcome().toString(), row.migration().flatMap(MigrationResult::totalTime).map(total -> number(total.toNanos() / 1e9)).orElse("-"),
        number(Cell.downtime(row)),
        row.downtimes().headline().map(measure -> String.format(Locale.ROOT, "%.4f", measure.error().toNanos() / 1e9)).orElse("-"),
        row.migration().flatMap(m -> m.end().ram()).map(ram -> number(ram.transferred().bytes() / 1048576.0)).orElse("-"),
        row.verification().map(TrialRow.Verification::result).orElse("-"),
        row.memory().map(verdict -> verdict.equal() ? "equal" : "different").orElse("not compared"));
  }

  private String name(TrialRow row) {
    return (runs.size() > 1 ? row.setting().run() + " " : "") + row.planned().name();
  }

  private Path folder(TrialRow row) {
    return trial.apply(runs.entrySet().stream().filter(run -> run.getValue().setting().run().equals(row.setting().run()))
        .findFirst().orElseThrow().getKey(), row);
  }

  private List<Experiment> experiments() {
    return runs.values().iterator().next().experiments();
  }

  /** Cells as the figure has them: each experiment's stock settings in ascending order, then the others. */
  private List<Cell> sorted() {
    return Cell.byExperiment(cells).values().stream().flatMap(own -> Stream.concat(Cell.stock(own).stream(),
        own.stream().filter(cell -> cell.maxTolerableDowntime().isEmpty()))).toList();
  }

  private String size(Experiment experiment) {
    return Published.deviations(experiment, runs.values().iterator().next().setting().accelerator()).isEmpty() ? FULL : "not " + FULL;
  }

  private static String outcomes(List<TrialRow> rows) {
    return Arrays.stream(Outcome.values()).filter(outcome -> rows.stream().anyMatch(row -> row.outcome() == outcome))
        .map(outcome -> rows.stream().filter(row -> row.outcome() == outcome).count() + " " + outcome).collect(Collectors.joining(", "));
  }

  private static String goodput(RunManifest manifest) {
    return manifest.environment().getOrDefault("link", Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("goodput_bits_per_s_at.")).sorted(Map.Entry.comparingByKey())
        .map(entry -> String.format(Locale.ROOT, ", measured %.1f Mbit/s at %s", Double.parseDouble(entry.getValue()) / 1e6,
            entry.getKey().substring(entry.getKey().indexOf('.') + 1))).collect(Collectors.joining());
  }

  private static String memory(String kib) {
    return kib == null ? "unknown memory" : String.format(Locale.ROOT, "%.1f GiB", Double.parseDouble(kib) / (1 << 20));
  }

  private static String count(Cell cell, Outcome outcome) {
    return Long.toString(cell.count(outcome));
  }

  private static String text(Optional<Mean> mean) {
    return mean.map(m -> number(m.value()) + (m.halfWidth().isPresent() ? " ± " + number(m.halfWidth().getAsDouble()) : "")).orElse("-");
  }

  private static String coefficients(double rank, double linear) {
    return String.format(Locale.ROOT, "rank (Spearman) %.3f, linear (Pearson) %.3f", rank, linear);
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "-";
  }

  /** Not more digits than mean something. */
  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : Math.abs(value) >= 100 ? "%.1f" : Math.abs(value) >= 1 ? "%.2f" : "%.3f", value);
  }
}
