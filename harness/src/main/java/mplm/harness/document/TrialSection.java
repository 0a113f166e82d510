// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import static mplm.engine.unit.Durations.seconds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import mplm.engine.migration.MigrationResult;
import mplm.harness.document.Block.Fold;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Links;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Picture;
import mplm.harness.document.Block.Table;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;

/** The section with all trials: a table, and each by itself with its picture over time. */
final class TrialSection {
  /** A larger run shows less: only the first trial of each method, and those that show a fault, have their picture in the report. */
  private static final int PICTURES = 40;

  private static final List<String> HEADER =
      List.of("trial", "outcome", "migration time, s", "downtime, s", "± s", "lost by the program, s", "transferred, MiB", "program", "memory");

  private final Function<TrialRow, Path> folder;
  private final boolean severalRuns;

  /** A section whose trials have the folders that {@code folder} says. */
  TrialSection(Function<TrialRow, Path> folder, boolean severalRuns) {
    this.folder = folder;
    this.severalRuns = severalRuns;
  }

  List<Block> blocks(List<TrialRow> rows, List<Cell> cells) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(2, "Trials"));
    blocks.add(new Table(HEADER, rows.stream().map(this::line).toList()));
    List<TrialRow> firsts = cells.stream().map(cell -> cell.trials().get(0)).toList();
    for (TrialRow row : rows) {
      blocks.add(details(row, rows.size() <= PICTURES || row.outcome().isFault() || firsts.contains(row)));
    }
    return blocks;
  }

  private Fold details(TrialRow row, boolean pictured) {
    List<Block> details = new ArrayList<>();
    row.reason().ifPresent(reason -> details.add(new Paragraph("Why: " + reason)));
    Path picture = folder.apply(row).resolve("timeline.png");
    if (pictured && Files.exists(picture)) {
      details.add(new Picture(picture, "What is left to send, rates, the program's progress and CPUs in use, over seconds"));
    }
    details.add(new Table(List.of("column of trials.csv", "value"), Quantities.of(row)));
    details.add(new Links(List.of(folder.apply(row))));
    return new Fold(name(row) + ": " + row.outcome(), details);
  }

  private List<String> line(TrialRow row) {
    return List.of(name(row), row.outcome().toString(),
        row.migration().flatMap(MigrationResult::totalTime).map(time -> Numbers.of(seconds(time))).orElse(Numbers.NONE),
        Numbers.of(Cell.downtime(row)),
        row.downtimes().headline().map(m -> String.format(Locale.ROOT, "%.4f", seconds(m.error()))).orElse(Numbers.NONE),
        row.lost().map(lost -> String.format(Locale.ROOT, "%s ± %s", Numbers.of(seconds(lost.all())),
            Numbers.of(seconds(lost.error())))).orElse(Numbers.NONE),
        row.migration().flatMap(m -> m.end().ram()).map(ram -> Numbers.of(ram.transferred().bytes() / 1048576.0))
            .orElse(Numbers.NONE),
        row.verification().map(TrialRow.Verification::result).orElse(Numbers.NONE),
        row.memory().map(verdict -> (verdict.equal() ? "equal" : "different")
            + verdict.exempt().map(what -> ", not compared: " + what).orElse("")).orElse("not compared"));
  }

  private String name(TrialRow row) {
    return (severalRuns ? row.setting().run() + " " : "") + row.name();
  }
}
