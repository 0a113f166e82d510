// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.util.List;
import mplm.harness.chart.FigureCsv;
import mplm.harness.derive.MethodsCsv;
import mplm.harness.derive.Timeline;
import mplm.harness.echo.Echo;
import mplm.harness.history.History;
import mplm.harness.paper.ClaimsCsv;
import mplm.harness.paper.ProportionTable;
import mplm.harness.paper.Published;
import mplm.harness.paper.RateTable;
import mplm.harness.simulation.ErrorTable;
import mplm.harness.simulation.SimulationCsv;
import mplm.harness.table.Column;
import mplm.harness.table.Schema;
import mplm.harness.table.TrialsCsv;

/** All CSV files that the kit writes or reads, column by column. */
final class Dictionary {
  /** The schemas of all files. */
  static final List<Schema<?>> FILES = List.of(TrialsCsv.SCHEMA, MethodsCsv.SCHEMA, History.SCHEMA, Timeline.SCHEMA, Echo.SCHEMA,
      FigureCsv.SCHEMA, RateTable.SCHEMA, ClaimsCsv.CLAIMS, ClaimsCsv.DISTANCES, ProportionTable.SCHEMA, SimulationCsv.SCHEMA,
      ErrorTable.SCHEMA, Published.FIGURE, Published.TABLE);

  private Dictionary() {}

  /** The page {@code harness/docs/columns.md}, in Markdown. */
  static String page() {
    StringBuilder page = new StringBuilder("""
        <!-- SPDX-License-Identifier: GPL-2.0-or-later -->
        <!-- Written by: harness/bin/mplm list --columns -->
        # Columns of the CSV files

        This is what stands in each CSV file of the kit. [Results](results.md) says where the files are and what they are worth, and the
        [glossary](glossary.md) explains the words.

        A value that does not exist is an empty cell, never 0. The last column says when that is so; `-` is never. Numbers have a
        decimal point and no exponent. Files are in UTF-8 and quoted as in RFC 4180.

        The column `method` is the whole text of a method in every file, such as `mplm:epoch=1s`, so that files can be joined on
        `experiment` and `method`. Points of the paper have `precopy` or `mplm` there (in `published/figure4.csv` the paper's word,
        `kvm` or `mplm`), and points of the best possible have `best possible`. Rows of `trials.csv` and of a simulation can be told
        apart by `origin`. The key `format_version` of a run's `run.json` says by which rules its files were written; a file of an
        earlier version is read, and one of a newer version is refused.
        """);
    for (Schema<?> schema : FILES) {
      page.append("\n## ").append(schema.file()).append("\n\nOne row per ").append(schema.row())
          .append(".\n\n| column | type | unit | meaning | empty when |\n|---|---|---|---|---|\n");
      for (Column<?> column : schema.columns()) {
        page.append("| `").append(column.name()).append("` | ").append(column.kind().type()).append(" | ").append(column.kind().unit())
            .append(" | ").append(column.meaning()).append(" | ").append(column.empty().isEmpty() ? "-" : column.empty()).append(" |\n");
      }
    }
    return page.toString();
  }
}
