// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.io.PrintWriter;
import java.util.Locale;

/** A table for people: a line a check, and under it what to do. */
public final class TableWriter {
  private TableWriter() {}

  /** Writes it, with the verdict on all in the last line. */
  public static void write(Diagnosis diagnosis, PrintWriter out) {
    int host = diagnosis.checks().stream().mapToInt(check -> check.host().length()).max().orElse(0);
    int what = diagnosis.checks().stream().mapToInt(check -> check.what().length()).max().orElse(0);
    String format = "%-" + host + "s  %-" + what + "s  %-4s  %s%n";
    for (Check check : diagnosis.checks()) {
      out.printf(Locale.ROOT, format, check.host(), check.what(), check.verdict(), check.finding());
      if (!check.remedy().isEmpty()) {
        out.printf(Locale.ROOT, format, "", "", "", "-> " + check.remedy());
      }
    }
    out.printf(Locale.ROOT, "%s: %d pass, %d warn, %d fail%n", diagnosis.go() ? "go" : "no go", diagnosis.count(Verdict.PASS),
        diagnosis.count(Verdict.WARN), diagnosis.count(Verdict.FAIL));
    out.flush();
  }
}
