// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;

import mplm.harness.paper.Size;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import mplm.harness.table.Schema;

/** The file {@code methods.csv}. */
public final class MethodsCsv {
  private static final String NO_PROGRAM = "no unmigrated guest, or no moved one, told the time of its program";

  /** The columns. */
  public static final Schema<MethodSummary> SCHEMA = costs(outcomes(Schema.<MethodSummary>of("methods.csv", "method of an experiment")
      .with("experiment", TEXT, "name of the experiment", summary -> summary.experiment().name())
      .with("method", TEXT, "the whole text of the method", MethodSummary::method)));

  private static final String NO_LOSS = "of no trial `lost_s` is known";

  private MethodsCsv() {}

  private static Schema<MethodSummary> outcomes(Schema<MethodSummary> schema) {
    for (Outcome outcome : Outcome.values()) {
      schema = schema.with(outcome.toString().replace(' ', '_'), COUNT, "trials with the outcome `" + outcome + "`",
          summary -> summary.outcomes().getOrDefault(outcome, 0L));
    }
    return schema;
  }

  private static Schema<MethodSummary> costs(Schema<MethodSummary> schema) {
    return schema
        .with("total_s_median", SECONDS, "median migration time of the trials that completed", "there is none", MethodSummary::total)
        .with("downtime_s_median", SECONDS, "median downtime of the trials that completed", "there is none", MethodSummary::downtime)
        .with("program_delay_s", SECONDS, "median time of the program when it was moved minus that of the unmigrated guest", NO_PROGRAM,
            MethodSummary::delay)
        .with("program_slowdown", NUMBER, "the one divided by the other", NO_PROGRAM, MethodSummary::slowdown)
        .with("lost_s_median", SECONDS, "median of the time that the program lost, of the trials that completed", NO_LOSS, MethodSummary::lost)
        .with("lost_error_s_median", SECONDS, "median of `lost_error_s`", NO_LOSS, MethodSummary::lostError)
        .with("lost_before_s_median", SECONDS, "`lost_before_s` of the trial with the median `lost_s`, or the mean of the two in the middle", NO_LOSS, MethodSummary::lostBefore)
        .with("lost_blackout_s_median", SECONDS, "`lost_blackout_s` of the same", NO_LOSS, MethodSummary::lostBlackout)
        .with("lost_after_s_median", SECONDS, "`lost_after_s` of the same", NO_LOSS, MethodSummary::lostAfter)
        .with("size", TEXT, Size.MEANING, summary -> Size.of(summary.experiment(), summary.setting().orElseThrow()));
  }
}
