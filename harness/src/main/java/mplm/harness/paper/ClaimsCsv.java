// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;
import static mplm.harness.table.Kind.YES_NO;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.result.Cell;
import mplm.harness.table.Schema;

/** The files {@code claims.csv} and {@code distances.csv}. */
public final class ClaimsCsv {
  /** A finding and the sizes of what it is of. */
  private record Sized(Finding finding, String sizes) {}

  private static final Schema<Sized> SIZED = Schema.<Sized>of("claims.csv", "claim and experiment")
      .with("claim", TEXT, "number of the claim, `C1` to `C5`", row -> row.finding.claim().name())
      .with("text", TEXT, "what the paper claims", row -> row.finding.claim().text())
      .with("rule", TEXT, "by which rule it is checked", row -> row.finding.claim().rule())
      .with("experiment", TEXT, "name of the experiment; `all` where the rule compares experiments", row -> row.finding.experiment())
      .with("measured", TEXT, "what the rule looked at, or why it could not", row -> row.finding.measured())
      .with("verdict", TEXT, "`reproduced`, `not reproduced` or `not run`", row -> row.finding.verdict())
      .with("size", TEXT, Size.MEANING + "; several with commas between them", "the run has no such experiment", Sized::sizes);

  /** The columns of {@code claims.csv}. */
  public static final Schema<?> CLAIMS = SIZED;

  /** The columns of {@code distances.csv}. */
  public static final Schema<Distance> DISTANCES = Schema.<Distance>of("distances.csv", "mean that has a published value")
      .with("experiment", TEXT, "name of the experiment", row -> row.cell().experiment().name())
      .with("method", TEXT, "the whole text of the method", row -> row.cell().method())
      .with("quantity", TEXT, "`total` (migration time) or `downtime`", Distance::quantity)
      .with("n", COUNT, "trials in the mean", row -> row.measured().n())
      .with("measured_s_mean", SECONDS, "mean of the trials that completed", row -> row.measured().value())
      .with("measured_s_ci95", SECONDS, "half width of its 95 % confidence interval", "the mean is of fewer than 3 trials",
          row -> row.measured().halfWidth())
      .with("published_s", SECONDS, "what the paper has, in proportion to a scaled experiment", Distance::published)
      .with("difference_s", SECONDS, "measured minus published", Distance::seconds)
      .with("ratio", NUMBER, "measured divided by published", Distance::ratio)
      .with("comparable", YES_NO, "whether the set-up is the published one, at least in proportion",
          row -> row.comparable() ? "yes" : "no")
      .with("deviations", TEXT, "what of the set-up is not as published", "nothing is known to differ",
          row -> String.join("; ", row.deviations()))
      .with("size", TEXT, Size.MEANING, row -> Size.of(row.cell()))
      .with("difference_passes", NUMBER, "the difference divided by the time that the link takes for the used memory",
          "no trial told how much memory its guest used", Distance::passes);

  private ClaimsCsv() {}

  /** Writes one row per finding, in place of a file that may be there. */
  public static void claims(Path file, List<Finding> findings, List<Cell> cells) throws IOException {
    SIZED.write(file, findings.stream().map(finding -> new Sized(finding, finding.sizes(cells))).toList());
  }
}
