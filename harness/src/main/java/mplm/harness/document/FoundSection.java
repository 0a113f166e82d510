// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.Precopy;
import mplm.harness.chart.Chart;
import mplm.harness.chart.Drawing;
import mplm.harness.document.Block.Fold;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.paper.Claim;
import mplm.harness.paper.Finding;
import mplm.harness.paper.Published;
import mplm.harness.paper.Size;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Cell;
import mplm.harness.result.Origin;
import mplm.harness.result.Outcome;
import mplm.harness.result.Setting;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Mean;

/**
 * The first section: of each experiment what was found, its chart and the values in it, then the claims, and folded away what they are
 * judged by.
 *
 * @param runs of one kind
 * @param rows of all runs
 * @param cells the same by experiment and method
 * @param findings of all claims
 * @param charts the PNG of each experiment's figure, named as the experiment
 */
record FoundSection(
    Collection<RunManifest> runs, List<TrialRow> rows, List<Cell> cells, List<Finding> findings, List<Path> charts) {
  private static final List<String> VALUES = List.of("method", "n timed", "migration time, s", "downtime, s", "n not converged",
      "n program done first", "n corrupted", "n failed", "n lost");

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>(List.of(new Paragraph(what())));
    Drawing.obstacle().ifPresent(why -> blocks.add(new Paragraph("Here " + why + ".")));
    for (Answer answer : Answer.of(cells, findings)) {
      List<Cell> own = Cell.byExperiment(cells).get(answer.experiment());
      blocks.add(new Heading(2, answer.experiment() + ": " + own.get(0).experiment().title()));
      blocks.add(new Paragraph(answer.found() + (answer.claims().isEmpty() ? "" : " Claims " + answer.claims() + ".")));
      charts.stream().filter(chart -> chart.endsWith(answer.experiment() + ".png")).forEach(chart -> blocks.add(new Picture(chart,
          answer.experiment() + ": migration time and downtime in seconds over the maximum tolerable downtime in seconds")));
      blocks.add(new Table(VALUES, shown(own).map(FoundSection::line).toList(),
          shown(own).map(cell -> Chart.word(cell.method().curve())).toList()));
      if (Size.of(own.get(0)) == Size.SCALED) {
        blocks.add(new Paragraph(answer.experiment() + " in units of tau, one pass over used memory, measured and published:"));
        blocks.add(new Table(List.of("the paper's method", "migration time, tau", "published, tau", "downtime, tau", "published, tau"),
            shown(own).map(FoundSection::inPasses).toList()));
      }
    }
    blocks.add(legend());
    claims(blocks);
    return blocks;
  }

  /** Such as {@code Measured on 2026-11-26 under TCG, testbed namespaces, not full size. 9 trials: 9 completed.} */
  private String what() {
    Setting setting = runs.iterator().next().setting();
    return "Measured on " + Setting.days(runs.stream().map(RunManifest::setting)) + " under " + setting.acceleratorTitle()
        + (setting.testbed().equals("none") ? "" : ", testbed " + setting.testbed())
        + (setting.ofEmulatedHosts() ? ", where no time says anything of speed" : "")
        + sizes().filter(size -> size != Size.FULL).distinct().map(size -> ", " + size).collect(Collectors.joining())
        + ". Suite " + suites() + ". " + rows.size() + " trials: " + SetUp.outcomes(rows) + ".";
  }

  private String suites() {
    return runs.stream().map(run -> run.suite() + ": " + run.title()).distinct().collect(Collectors.joining("; "));
  }

  private Block legend() {
    List<Block> text = new ArrayList<>(List.of(new Paragraph("Measured: lines for stock pre-copy, filled marks for MPLM at its own"
        + " downtime, means of the trials that completed with their 95 % confidence interval (Student) from " + Mean.ENOUGH
        + " trials on; open marks with an arrow lasted longer than that. The elbow is the stock setting whose migration time and"
        + " downtime, as shares of the largest of its curve, lie nearest to zero together. Published: thin lines and crosses, of "
        + Published.SETUP + (sizes().anyMatch(Size.SCALED::equals) ? "; behind scaled experiments in proportion, their seconds"
        + " multiplied." : "."))));
    if (sizes().anyMatch(Size.OTHER::equals)) {
      text.add(new Paragraph("Seconds that were measured at another size are not comparable with the published ones."));
    }
    return new Fold("How to read the charts", text);
  }

  private void claims(List<Block> blocks) {
    blocks.add(new Heading(2, "Claims"));
    blocks.add(new Table(List.of("claim", "verdict", "what the paper says"), Arrays.stream(Claim.values())
        .map(claim -> List.of(claim.name(), claim.verdict(findings).toString(), claim.text())).toList()));
    if (sizes().noneMatch(Size.FULL::equals)) {
      blocks.add(new Paragraph("Verdicts are of the experiments that were run, none of which has the full size"
          + (sizes().anyMatch(Size.SCALED::equals) ? "; scaled ones have its proportions as far as the table below shows." : ".")));
    }
    if (rows.stream().map(row -> row.measured().flatMap(Origin.Measured::pair)).distinct().count() > 1) {
      blocks.add(new Paragraph("Experiments were made on different pairs of hosts, each on one: " + Claim.C4
          + " and Table I, which hold one experiment against another, mix them."));
    }
    List<Block> rules = new ArrayList<>();
    for (Claim claim : Claim.values()) {
      rules.add(new Heading(3, claim.name() + ": " + claim.verdict(findings)));
      rules.add(new Paragraph("Rule: " + claim.rule()));
      rules.add(new Table(List.of("experiment", "size", "verdict", "measured"), findings.stream()
          .filter(finding -> finding.claim() == claim)
          .map(finding -> List.of(finding.experiment(), finding.sizes(cells), finding.verdict().toString(), finding.measured()))
          .toList()));
    }
    blocks.add(new Fold("The rules, and what each was applied to", rules));
  }

  private static List<String> inPasses(Cell cell) {
    // where no trial came so far as to tell, it is that of the guest as it was measured before
    double pass = cell.pass().orElseGet(() -> cell.experiment().pass(cell.experiment().scaled().guest().used()));
    Optional<Published.Point> point = Published.read().of(cell);
    return List.of(cell.experiment().original(cell.method()).toString(),
        cell.total().map(mean -> Numbers.of(mean.over(pass))).orElseGet(() -> cell.trials().stream().map(Cell::atLeast)
            .filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).max().stream()
            .mapToObj(lasted -> "over " + Numbers.of(lasted / pass)).findFirst().orElse(Numbers.NONE)),
        passes(point.map(Published.Point::total), pass), Numbers.of(cell.downtime().map(mean -> mean.over(pass))),
        passes(point.map(Published.Point::downtime), pass));
  }

  private static String passes(Optional<OptionalDouble> seconds, double pass) {
    return seconds.filter(OptionalDouble::isPresent).map(s -> Numbers.of(s.getAsDouble() / pass)).orElse(Numbers.NONE);
  }

  /** Stock settings in ascending order, then the others; without those that have nothing to show. */
  private static Stream<Cell> shown(List<Cell> own) {
    return Stream.concat(Cell.stock(own).stream(), own.stream().filter(cell -> !cell.method().curve().equals(Precopy.CURVE)))
        .filter(cell -> !cell.completed().isEmpty() || cell.count(Outcome.COMPLETED) < cell.trials().size());
  }

  private static List<String> line(Cell cell) {
    return List.of(cell.method().toString(), Integer.toString(cell.completed().size()), Numbers.of(cell.total()),
        Numbers.of(cell.downtime()), Long.toString(cell.count(Outcome.NOT_CONVERGED)),
        Long.toString(cell.count(Outcome.ENDED_BEFORE)), Long.toString(cell.count(Outcome.CORRUPTED)),
        Long.toString(cell.count(Outcome.FAILED)), Long.toString(cell.count(Outcome.LOST)));
  }

  private Stream<Size> sizes() {
    return SetUp.experiments(runs).entrySet().stream().map(entry -> Size.of(entry.getKey(), entry.getValue().setting()));
  }
}
