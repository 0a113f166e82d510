// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import mplm.engine.migration.Method;
import mplm.engine.migration.Precopy;
import mplm.harness.report.Figure.Converged;
import mplm.harness.report.Figure.NotConverged;
import mplm.harness.report.Figure.Point;

/** From rows to the figure of each experiment. */
public final class Figures {
  private Figures() {}

  /**
   * The figure of every experiment of which a trial completed or did not converge, by the experiment's name. Trials whose downtime
   * means nothing, as their guest was held, are not in it.
   */
  public static Map<String, Figure> of(List<TrialRow> rows) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    Map<String, List<TrialRow>> experiments = rows.stream()
        .filter(row -> row.outcome() == Outcome.COMPLETED && row.downtimes().headline().isPresent()
            || row.outcome() == Outcome.NOT_CONVERGED)
        .collect(Collectors.groupingBy(row -> row.planned().experiment().name(), LinkedHashMap::new, Collectors.toList()));
    experiments.forEach((name, trials) -> figures.put(name, figure(trials)));
    return figures;
  }

  private static Figure figure(List<TrialRow> trials) {
    List<Point> stock = new ArrayList<>();
    List<Point> mplm = new ArrayList<>();
    Map<Method, List<TrialRow>> methods = trials.stream()
        .collect(Collectors.groupingBy(row -> row.planned().method(), LinkedHashMap::new, Collectors.toList()));
    methods.forEach((method, repetitions) -> (method instanceof Precopy ? stock : mplm).addAll(points(method, repetitions)));
    stock.sort(Comparator.comparingDouble(point -> point instanceof Converged c ? c.x() : ((NotConverged) point).x()));
    TrialRow one = trials.get(0);
    Setting setting = one.setting();
    String subtitle = "under " + setting.accelerator().name().toUpperCase(Locale.ROOT)
        + (setting.testbed().equals("none") ? "" : ", testbed " + setting.testbed())
        + ", link shaped by " + setting.shaping() + ", measured on " + setting.started().substring(0, 10)
        + ", n = " + repetitions(methods);
    return new Figure(one.planned().experiment().title(), subtitle, stock, mplm);
  }

  private static List<Point> points(Method method, List<TrialRow> repetitions) {
    List<Point> points = new ArrayList<>();
    List<TrialRow> completed = repetitions.stream().filter(row -> row.outcome() == Outcome.COMPLETED).toList();
    if (!completed.isEmpty()) {
      double downtime = mean(completed, row -> row.downtimes().headline().orElseThrow().value());
      double x = method instanceof Precopy precopy ? seconds(precopy.maxTolerableDowntime()) : downtime;
      points.add(new Converged(x, mean(completed, row -> row.migration().orElseThrow().totalTime().orElseThrow()), downtime));
    }
    repetitions.stream()
        .filter(row -> row.outcome() == Outcome.NOT_CONVERGED)
        .map(row -> row.limit().orElseThrow())
        .max(Comparator.naturalOrder())
        .ifPresent(limit -> points.add(new NotConverged(
            method instanceof Precopy precopy ? seconds(precopy.maxTolerableDowntime()) : Double.NaN, seconds(limit))));
    return points;
  }

  /** Trials a method: one number if all have as many. */
  private static String repetitions(Map<Method, List<TrialRow>> methods) {
    List<Integer> counts = methods.values().stream().map(List::size).distinct().sorted().toList();
    return counts.get(0) + (counts.size() == 1 ? "" : " to " + counts.get(counts.size() - 1));
  }

  private static double mean(List<TrialRow> rows, Function<TrialRow, Duration> value) {
    return rows.stream().mapToDouble(row -> seconds(value.apply(row))).average().orElseThrow();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
