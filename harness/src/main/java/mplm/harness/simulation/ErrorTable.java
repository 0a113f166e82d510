// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static mplm.harness.table.Kind.BITS_PER_S;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Median;
import mplm.harness.table.Schema;
import mplm.harness.table.TextTable;

/**
 * How far simulations are from real trials, and these from the best possible.
 *
 * @param rows one per point, in the order of the suite
 * @param overheads of the simulations
 */
public record ErrorTable(List<Row> rows, Overheads overheads) {
  /**
   * A measured time counts as within what simulations span if it lies outside by at most this share. Its median error may be as large.
   */
  private static final double TOTAL_TOLERANCE = 0.05;

  private static final double DOWNTIME_TOLERANCE = 0.1;
  private static final String NO_REAL = "most real trials did not converge";
  private static final String NO_SIMULATED = "most simulated migrations did not converge";
  private static final String NO_BOTH = "the real trials or the simulated ones did not converge";
  private static final String NO_SPREAD = "fewer than 2 real trials completed";
  private static final String NO_BOUND = "`--bound` was not given, or the real trials did not converge, or none is possible";

  /** The columns of its CSV file. */
  public static final Schema<Row> SCHEMA = Schema.<Row>of("mplm simulate --against --csv", "method of an experiment")
      .with("kind", TEXT, "`residual`", row -> "residual")
      .with("experiment", TEXT, "name of the experiment", row -> row.real.experiment().name())
      .with("benchmark", TEXT, "the program in the guest", row -> row.real.experiment().benchmark().name())
      .with("class", TEXT, "problem class of the benchmark", row -> row.real.experiment().problemClass())
      .with("method", TEXT, "the whole text of the method", row -> row.real.method())
      .with("link_bits_per_s", BITS_PER_S, "rate of the link", row -> row.real.experiment().link().bitsPerSecond())
      .with("half", TEXT, "`fitted` if the overheads were fitted on it, else `judged`", row -> row.fitted ? "fitted" : "judged")
      .with("trials", COUNT, "real trials that completed or did not converge", row -> row.real.trials().size())
      .with("outcome", TEXT, "how most real trials ended: `completed` or `not converged`", row -> outcome(row.real.completed()))
      .with("simulated_outcome", TEXT, "the same of most simulated ones", row -> outcome(row.simulated.completed()))
      .with("total_s", SECONDS, "median migration time of the real trials", NO_REAL, row -> exact(row.real.median(RealPoint.Trial::total)))
      .with("simulated_total_s", SECONDS, "median of the simulated ones", NO_SIMULATED, row -> exact(row.simulated.total()))
      .with("simulated_total_least_s", SECONDS, "the least of the simulated ones", NO_SIMULATED,
          row -> exact(row.simulated.totals().least()))
      .with("simulated_total_most_s", SECONDS, "the most of the simulated ones", NO_SIMULATED, row -> exact(row.simulated.totals().most()))
      .with("total_error", NUMBER, "by what share the simulated time is longer than the real one", NO_BOTH, row -> exact(row.totalError()))
      .with("total_spread", NUMBER, "how far real times lie apart, as a share of their median", NO_SPREAD,
          row -> exact(row.real.spread(RealPoint.Trial::total).orElse(Double.NaN)))
      .with("downtime_s", SECONDS, "median downtime of the real trials, QEMU's own; all of it if the guest was stopped first", NO_REAL,
          row -> exact(row.real.median(RealPoint.Trial::downtime)))
      .with("simulated_downtime_s", SECONDS, "median of the simulated ones", NO_SIMULATED, row -> exact(row.simulated.downtime()))
      .with("simulated_downtime_least_s", SECONDS, "the least of the simulated ones", NO_SIMULATED,
          row -> exact(row.simulated.downtimes().least()))
      .with("simulated_downtime_most_s", SECONDS, "the most of the simulated ones", NO_SIMULATED,
          row -> exact(row.simulated.downtimes().most()))
      .with("downtime_error", NUMBER, "by what share the simulated downtime is longer than the real one", NO_BOTH,
          row -> exact(row.downtimeError()))
      .with("downtime_spread", NUMBER, "how far real downtimes lie apart, as a share of their median", NO_SPREAD,
          row -> exact(row.real.spread(RealPoint.Trial::downtime).orElse(Double.NaN)))
      .with("best_total_s", SECONDS, "the least migration time that is possible with the real downtime", NO_BOUND,
          row -> exact(row.bestTotal()))
      .with("best_downtime_s", SECONDS, "the least downtime that is possible in the real migration time", NO_BOUND,
          row -> exact(row.bestDowntime()));

  /**
   * A point.
   *
   * @param fitted the overheads were found on it
   * @param best of its guest on its link; empty if it was not asked for
   */
  public record Row(RealPoint real, SimulatedPoint simulated, boolean fitted, Optional<BestPossible> best) {
    boolean sameOutcome() {
      return real.completed() == simulated.completed();
    }

    boolean comparable() {
      return real.completed() && simulated.completed();
    }

    /** The share by which the simulated total time is longer; NaN unless both completed. */
    double totalError() {
      return comparable() ? simulated.total() / real.median(RealPoint.Trial::total) - 1 : Double.NaN;
    }

    /** The same of the downtime. */
    double downtimeError() {
      return comparable() ? simulated.downtime() / real.median(RealPoint.Trial::downtime) - 1 : Double.NaN;
    }

    boolean totalSpanned() {
      return comparable() && simulated.totals().has(real.median(RealPoint.Trial::total), TOTAL_TOLERANCE);
    }

    boolean downtimeSpanned() {
      return comparable() && simulated.downtimes().has(real.median(RealPoint.Trial::downtime), DOWNTIME_TOLERANCE);
    }

    /** The least total time with the real downtime, seconds; NaN if that is not known. */
    double bestTotal() {
      return best.isPresent() ? best.get().total(real.median(RealPoint.Trial::downtime)) : Double.NaN;
    }

    /** The least downtime in the real total time, seconds; NaN if that is not known. */
    double bestDowntime() {
      return best.isPresent() ? best.get().downtime(real.median(RealPoint.Trial::total)) : Double.NaN;
    }
  }

  /** Median of the absolute errors of total time over the points that were not fitted; empty if none can be compared. */
  public OptionalDouble totalError() {
    return medianError(row -> !row.fitted, Row::totalError);
  }

  /** The same of the downtime. */
  public OptionalDouble downtimeError() {
    return medianError(row -> !row.fitted, Row::downtimeError);
  }

  /** How many of the points that were not fitted ended as simulated. */
  public long sameOutcomes() {
    return count(row -> !row.fitted && row.sameOutcome());
  }

  private OptionalDouble medianError(Predicate<Row> which, ToDoubleFunction<Row> error) {
    double[] errors = rows.stream().filter(which).mapToDouble(error).filter(one -> !Double.isNaN(one)).map(Math::abs).sorted()
        .toArray();
    return errors.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(errors));
  }

  /** Lines of text. */
  public String text() {
    TextTable table = new TextTable("<<<<>>>>>>>>>>").row("point", "half", "real", "simulated", "total s", "simul.", "span", "error",
        "spread", "down s", "simul.", "span", "error", "spread");
    for (Row row : rows) {
      RealPoint real = row.real;
      table.row(real.experiment().name() + " " + real.method(), row.fitted ? "fitted" : "judged", outcome(real.completed()),
          outcome(row.simulated.completed()), number(real.median(RealPoint.Trial::total)), number(row.simulated.total()),
          span(row.simulated.totals()), percent("%+.1f %%", row.totalError()), spread(real, RealPoint.Trial::total),
          number(real.median(RealPoint.Trial::downtime)), number(row.simulated.downtime()),
          span(row.simulated.downtimes()), percent("%+.1f %%", row.downtimeError()), spread(real, RealPoint.Trial::downtime));
    }
    StringBuilder text = new StringBuilder(table.toString());
    long fitted = rows.stream().filter(Row::fitted).count();
    text.append(String.format(Locale.ROOT, "overheads%s: %s%n", fitted == 0 ? "" : " fitted on " + fitted + " points", overheads));
    if (fitted > 0) {
      text.append(summary("fitted", Row::fitted));
    }
    text.append(summary("judged", row -> !row.fitted));
    for (String experiment : rows.stream().map(row -> row.real.experiment().name()).distinct().toList()) {
      text.append(summary("judged, " + experiment, row -> !row.fitted && row.real.experiment().name().equals(experiment)));
    }
    if (rows.stream().anyMatch(row -> row.best.isPresent())) {
      text.append(distances());
    }
    return text.toString();
  }

  private String summary(String name, Predicate<Row> which) {
    return String.format(Locale.ROOT,
        "%s: median absolute error of migration time %s, of downtime %s; outcome as simulated in %d of %d; within"
        + " %.0f %% of the simulated span of times in %d of %d, within %.0f %% of that of downtimes in %d%n", name,
        percent(medianError(which, Row::totalError)), percent(medianError(which, Row::downtimeError)),
        count(which.and(Row::sameOutcome)), count(which), 100 * TOTAL_TOLERANCE, count(which.and(Row::totalSpanned)),
        count(which.and(Row::comparable)), 100 * DOWNTIME_TOLERANCE, count(which.and(Row::downtimeSpanned)));
  }

  private long count(Predicate<Row> which) {
    return rows.stream().filter(which).count();
  }

  private String distances() {
    TextTable table = new TextTable("<>>>>>>")
        .row("real trials over best possible", "total s", "best", "ratio", "down s", "best", "ratio");
    for (Row row : rows.stream().filter(row -> row.real.completed()).toList()) {
      double total = row.real.median(RealPoint.Trial::total);
      double downtime = row.real.median(RealPoint.Trial::downtime);
      table.row(row.real.experiment().name() + " " + row.real.method(), number(total), number(row.bestTotal()),
          number(total / row.bestTotal()), number(downtime), number(row.bestDowntime()), number(downtime / row.bestDowntime()));
    }
    return System.lineSeparator() + table + String.format(Locale.ROOT,
        "best: the least total time with that downtime, the least downtime in that total time, by one that"
        + " knows all writes in advance and slows no guest%n");
  }

  private static String outcome(boolean completed) {
    return (completed ? Outcome.COMPLETED : Outcome.NOT_CONVERGED).toString();
  }

  private static String spread(RealPoint real, ToDoubleFunction<RealPoint.Trial> time) {
    return percent("%.1f %%", real.spread(time).orElse(Double.NaN));
  }

  private static String percent(OptionalDouble share) {
    return percent("%.1f %%", share.orElse(Double.NaN));
  }

  private static String percent(String format, double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, format, 100 * share);
  }

  private static String span(SimulatedPoint.Span span) {
    return Double.isNaN(span.least()) ? "-" : String.format(Locale.ROOT, "%.2f-%.2f", span.least(), span.most());
  }

  private static String number(double seconds) {
    return Double.isFinite(seconds) ? String.format(Locale.ROOT, "%.2f", seconds) : "-"; // over a best possible of 0
  }

  private static String exact(double number) {
    return Double.isNaN(number) ? "" : String.format(Locale.ROOT, "%.6f", number);
  }
}
