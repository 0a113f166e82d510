// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.io.PrintWriter;
import java.util.Locale;
import mplm.harness.table.TextTable;

/** A table for people: a line per check, and under it what to do. */
public final class TableWriter {
  private TableWriter() {}

  /** Writes it, with the verdict on all in the last line. */
  public static void write(Diagnosis diagnosis, PrintWriter out) {
    TextTable table = new TextTable("<<<<");
    for (Check check : diagnosis.checks()) {
      table.row(check.host(), check.what(), check.verdict(), check.finding());
      if (!check.remedy().isEmpty()) {
        table.row("", "", "", "-> " + check.remedy());
      }
    }
    out.print(table);
    out.printf(Locale.ROOT, "%s: %d pass, %d warn, %d fail%n", diagnosis.go() ? "go" : "no go", diagnosis.count(Verdict.PASS),
        diagnosis.count(Verdict.WARN), diagnosis.count(Verdict.FAIL));
    out.flush();
  }
}
