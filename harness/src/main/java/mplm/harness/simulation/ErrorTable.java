// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import mplm.engine.trace.HeldTrace;
import mplm.harness.report.Csv;
import mplm.harness.report.Median;
import mplm.harness.report.Outcome;

/**
 * How far simulations are from real trials. The overheads are fitted on every other point (of the next experiment on those that
 * were left out of this one's methods), and judged on the rest.
 *
 * @param rows a point each, in the order of the suite
 * @param overheads that were fitted
 */
public record ErrorTable(List<Row> rows, Overheads overheads) {
  private static final int BEGINNINGS = 9;
  private static final List<String> HEADER = List.of("kind", "experiment", "benchmark", "class", "method", "link_bits_per_s", "half",
      "trials", "outcome", "simulated_outcome", "total_s", "simulated_total_s", "total_error", "total_spread", "downtime_s",
      "simulated_downtime_s", "downtime_error", "downtime_spread");

  /** A point; {@code fitted}: the overheads were found on it. */
  public record Row(RealPoint real, SimulatedPoint simulated, boolean fitted) {
    boolean sameOutcome() {
      return real.completed() == simulated.completed();
    }

    boolean comparable() {
      return real.completed() && simulated.completed();
    }

    /** By what share the simulated total time is longer; NaN unless both completed. */
    double totalError() {
      return comparable() ? simulated.total() / real.median(RealPoint.Trial::total) - 1 : Double.NaN;
    }

    /** The same of the downtime. */
    double downtimeError() {
      return comparable() ? simulated.downtime() / real.median(RealPoint.Trial::downtime) - 1 : Double.NaN;
    }
  }

  /**
   * Fits and judges.
   *
   * @param traces the points of a run in the order of its suite, and where the trace of each one's guest is
   * @param progress is told how many overheads were tried
   */
  public static ErrorTable of(Map<RealPoint, Path> traces, AllCores cores, AllCores.Progress progress) throws Exception {
    List<RealPoint> points = List.copyOf(traces.keySet());
    Map<Path, HeldTrace> held = new HashMap<>();
    List<OverheadFit.Pair> pairs = new ArrayList<>();
    for (RealPoint point : points) {
      Path file = traces.get(point);
      if (!held.containsKey(file)) {
        held.put(file, HeldTrace.of(TraceLibrary.read(file)));
      }
      pairs.add(new OverheadFit.Pair(point, held.get(file)));
    }
    List<OverheadFit.Pair> fitted = new ArrayList<>();
    List<Boolean> halves = halves(points);
    for (int n = 0; n < pairs.size(); n++) {
      if (halves.get(n)) {
        fitted.add(pairs.get(n));
      }
    }
    double setup = setup(fitted);
    Overheads overheads = new OverheadFit(fitted, setup, cores).search(progress);
    List<Callable<SimulatedPoint>> tasks = new ArrayList<>();
    for (OverheadFit.Pair pair : pairs) {
      tasks.add(() -> SimulatedPoint.of(pair.real(), pair.trace(), overheads, setup, BEGINNINGS));
    }
    List<SimulatedPoint> simulated = cores.run(tasks);
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < points.size(); n++) {
      rows.add(new Row(points.get(n), simulated.get(n), halves.get(n)));
    }
    return new ErrorTable(rows, overheads);
  }

  private static double setup(List<OverheadFit.Pair> points) {
    double[] times = points.stream().filter(pair -> pair.real().completed())
        .mapToDouble(pair -> pair.real().median(RealPoint.Trial::setup)).filter(time -> !Double.isNaN(time)).sorted().toArray();
    return times.length == 0 ? 0 : Median.of(times);
  }

  /** On which points overheads are fitted. */
  private static List<Boolean> halves(List<RealPoint> points) {
    List<Boolean> halves = new ArrayList<>();
    int experiment = 0;
    int method = 0;
    for (int n = 0; n < points.size(); n++) {
      if (n > 0 && !points.get(n).experiment().equals(points.get(n - 1).experiment())) {
        experiment++;
        method = 0;
      }
      halves.add((experiment + method++) % 2 == 0);
    }
    return halves;
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
    return rows.stream().filter(row -> !row.fitted && row.sameOutcome()).count();
  }

  private OptionalDouble medianError(Predicate<Row> which, ToDoubleFunction<Row> error) {
    double[] errors = rows.stream().filter(which).mapToDouble(error).filter(one -> !Double.isNaN(one)).map(Math::abs).sorted()
        .toArray();
    return errors.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(errors));
  }

  /** Lines of text. */
  public String text() {
    StringBuilder text = new StringBuilder(String.format("%-28s %-6s %-15s %-15s %8s %8s %8s %7s %8s %8s %8s %7s%n", "point", "half",
        "real", "simulated", "total s", "simul.", "error", "spread", "down s", "simul.", "error", "spread"));
    for (Row row : rows) {
      RealPoint real = row.real;
      text.append(String.format("%-28s %-6s %-15s %-15s %8s %8s %8s %7s %8s %8s %8s %7s%n",
          real.experiment().name() + " " + real.method(), row.fitted ? "fitted" : "judged", outcome(real.completed()),
          outcome(row.simulated.completed()), number(real.median(RealPoint.Trial::total)), number(row.simulated.total()),
          percent("%+.1f %%", row.totalError()), spread(real, RealPoint.Trial::total),
          number(real.median(RealPoint.Trial::downtime)), number(row.simulated.downtime()),
          percent("%+.1f %%", row.downtimeError()), spread(real, RealPoint.Trial::downtime)));
    }
    text.append(String.format("fitted on %d points: %s%n", rows.stream().filter(Row::fitted).count(), overheads));
    for (boolean fitted : new boolean[] {true, false}) {
      List<Row> half = rows.stream().filter(row -> row.fitted == fitted).toList();
      text.append(String.format("%s: median absolute error of migration time %s, of downtime %s; outcome as simulated in %d of %d%n",
          fitted ? "fitted" : "judged", percent(medianError(row -> row.fitted == fitted, Row::totalError)),
          percent(medianError(row -> row.fitted == fitted, Row::downtimeError)), half.stream().filter(Row::sameOutcome).count(),
          half.size()));
    }
    return text.toString();
  }

  /** Writes a row a point. */
  public void write(Path file) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(HEADER);
      for (Row row : rows) {
        RealPoint real = row.real;
        csv.write(List.of("residual", real.experiment().name(), real.experiment().benchmark().name(), real.experiment().problemClass(),
            real.method().toString(), "" + real.experiment().link().bitsPerSecond(), row.fitted ? "fitted" : "judged",
            "" + real.trials().size(), outcome(real.completed()), outcome(row.simulated.completed()),
            exact(real.median(RealPoint.Trial::total)), exact(row.simulated.total()), exact(row.totalError()),
            exact(real.spread(RealPoint.Trial::total).orElse(Double.NaN)), exact(real.median(RealPoint.Trial::downtime)),
            exact(row.simulated.downtime()), exact(row.downtimeError()),
            exact(real.spread(RealPoint.Trial::downtime).orElse(Double.NaN))));
      }
    }
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

  private static String number(double seconds) {
    return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, "%.2f", seconds);
  }

  private static String exact(double number) {
    return Double.isNaN(number) ? "" : String.format(Locale.ROOT, "%.6f", number);
  }
}
