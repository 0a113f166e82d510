// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import mplm.engine.migration.Method;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;

/**
 * What of a row is compared.
 *
 * @param experiment its name
 * @param method as text, with its settings; in proportion that of the paper's size
 * @param engine the name of the engine in a run that compares engines, else empty
 * @param round what the trial shares with others that were made in turn with it, in an order that was drawn by lot: the run and the
 *     repetition; empty if that is not known
 * @param simulated whether it was computed, not measured; the same is computed each time
 * @param outcome how the trial ended
 * @param values what there is; infinite for a migration that did not come to its end and would have had more than any other
 */
public record Observation(
    String experiment, String method, String engine, String round, boolean simulated, Outcome outcome, Map<Metric, Double> values) {
  /** The columns without which a row says nothing that could be compared. */
  public static final List<String> REQUIRED = List.of("experiment", "method", "max_tolerable_downtime_s", "mplm_policy",
      "mplm_epoch_s", "mplm_batch_pages", "mplm_dirty_share_percent", "mplm_first_epoch_nondirty", "mplm_strict_scan", "outcome",
      "origin", "total_s", "downtime_s");

  public Observation {
    values = Map.copyOf(values);
  }

  /** Reads a row of {@code trials.csv}; {@link IllegalArgumentException} if its text is not one. */
  public static Observation of(Row row) {
    Outcome outcome = Outcome.parse(row.text("outcome"));
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    boolean simulated = row.text("origin").equals("simulated");
    boolean held = outcome == Outcome.COMPLETED && !row.text("total_s").isEmpty()
        && row.text("downtime_s").isEmpty();
    for (Metric metric : Metric.values()) {
      OptionalDouble value = value(row, metric);
      if (outcome == Outcome.NOT_CONVERGED || outcome == Outcome.ENDED_BEFORE) {
        if (metric.isCensored() && !(simulated && metric == Metric.CPU)) { // a simulation has no hypervisors
          values.put(metric, Double.POSITIVE_INFINITY);
        }
      } else if (outcome == Outcome.COMPLETED && value.isPresent() && !(held && metric == Metric.TIME)) {
        // the time of a guest that was held until its memory was compared means nothing
        values.put(metric, value.getAsDouble());
      }
    }
    return new Observation(row.text("experiment"), method(row), row.text("engine"), round(row), simulated, outcome,
        values);
  }

  /** A loss that is near none is measured on either side of it, and is none; no other number can be below 0. */
  private static OptionalDouble value(Row row, Metric metric) {
    if (metric != Metric.LOST) {
      return row.number(metric.column());
    }
    OptionalDouble lost = row.signed(metric.column());
    return lost.isPresent() ? OptionalDouble.of(Math.max(0, lost.getAsDouble())) : lost;
  }

  /** The observation that a trial's row holds. */
  public static Observation of(TrialRow row) {
    return of(TrialsCsv.SCHEMA.row(row));
  }

  /** The same, as one of that method. */
  public Observation withMethod(String other) {
    return new Observation(experiment, other, engine, round, simulated, outcome, values);
  }

  /** The same, of no round; what was computed keeps its own, for it begins where the one of that number begins in any other file. */
  public Observation withoutRound() {
    return simulated ? this : new Observation(experiment, method, engine, "", simulated, outcome, values);
  }

  private static String round(Row row) {
    String run = row.text("run");
    String repetition = row.text("repetition");
    return run.isEmpty() || repetition.isEmpty() ? "" : run + " #" + repetition;
  }

  /**
   * In proportion the original, as times in the method's own text differ from experiment to experiment. Rows of before format version 2
   * have the name of the method alone, and each of its settings in a column.
   */
  private static String method(Row row) {
    if (!row.text("scaled_method").isEmpty()) {
      return Method.parse(row.text("scaled_method")).toString();
    }
    String name = row.text("method");
    if (row.has("method_name")) {
      return Method.parse(name).toString();
    }
    return switch (name) {
      case "precopy" -> Method.parse("precopy:" + row.text("max_tolerable_downtime_s") + "s").toString();
      case "mplm" -> {
        List<String> settings = new ArrayList<>(List.of("policy=" + row.text("mplm_policy"),
            "epoch=" + row.text("mplm_epoch_s") + "s",
            "batch=" + row.text("mplm_batch_pages"), "share=" + row.text("mplm_dirty_share_percent")));
        if (row.text("mplm_strict_scan").equals("true")) {
          settings.add("strict");
        }
        if (row.text("mplm_first_epoch_nondirty").equals("false")) {
          settings.add("mixed");
        }
        yield Method.parse("mplm:" + String.join(",", settings)).toString();
      }
      case "unmigrated" -> name;
      default -> throw new IllegalArgumentException("method '" + name + "', allowed: precopy, mplm, unmigrated");
    };
  }
}
