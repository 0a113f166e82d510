// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.harness.chart.Figure.Converged;
import mplm.harness.chart.Figure.EndedBefore;
import mplm.harness.chart.Figure.NotConverged;
import mplm.harness.chart.Figure.Point;
import mplm.harness.paper.Published;
import mplm.harness.paper.Size;
import mplm.harness.result.Cell;
import mplm.harness.result.Origin;
import mplm.harness.result.Outcome;
import mplm.harness.result.Setting;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;

/** Makes the figure of each experiment from rows. */
public final class Figures {
  private static final Published PUBLISHED = Published.read();

  private Figures() {}

  /**
   * The figure of every experiment of which a trial completed, did not converge or was outrun by its program, by the experiment's
   * name. Trials whose downtime means nothing, as their guest was held, are not in it.
   */
  public static Map<String, Figure> of(List<TrialRow> rows) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    Cell.byExperiment(Cell.of(rows)).forEach((name, cells) -> {
      Figure figure = figure(cells);
      if (figure.points().findAny().isPresent()) {
        figures.put(name, figure);
      }
    });
    return figures;
  }

  private static Figure figure(List<Cell> cells) {
    // the two that the paper compares are drawn first, and alike in all figures
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    List.of(Precopy.CURVE, Mplm.CURVE).forEach(curve -> curves.put(curve, new ArrayList<>()));
    List<Integer> counts = new ArrayList<>();
    for (Cell cell : cells) {
      List<Point> points = points(cell);
      curves.computeIfAbsent(cell.method().curve(), curve -> new ArrayList<>()).addAll(points);
      if (!points.isEmpty()) {
        counts.add((int) (cell.completed().size() + cell.count(Outcome.NOT_CONVERGED) + cell.count(Outcome.ENDED_BEFORE)));
      }
    }
    curves.values().removeIf(List::isEmpty);
    // points at their own downtime stay in the order of the run
    cells.stream().filter(cell -> cell.maxTolerableDowntime().isPresent()).map(cell -> curves.get(cell.method().curve()))
        .filter(Objects::nonNull).forEach(points -> points.sort(Comparator.comparingDouble(Point::x)));
    Experiment experiment = cells.get(0).experiment();
    List<Published.Point> published = PUBLISHED.of(experiment);
    return cells.get(0).isMeasured()
        ? new Figure(experiment.title(), (published.isEmpty() ? "" : label(experiment, cells.get(0).setting()))
            + where(cells) + ", n = " + repetitions(counts), curves, published)
        : new Figure(experiment.benchmark().title() + ", " + experiment.link(), "SIMULATED, not measured", curves, published);
  }

  private static String where(List<Cell> cells) {
    Setting setting = cells.get(0).setting();
    Stream<Setting> all = cells.stream().flatMap(cell -> cell.trials().stream()).flatMap(row -> row.measured().stream()).map(Origin.Measured::setting);
    return "under " + setting.acceleratorTitle() + (setting.testbed().equals("none") ? "" : ", testbed " + setting.testbed())
        + ", link shaped by " + setting.shaping() + ", measured on " + Setting.days(all);
  }

  private static String label(Experiment experiment, Setting setting) {
    return switch (Size.of(experiment, setting)) {
      case FULL -> "";
      case OTHER -> Size.OTHER + "; ";
      case SCALED -> String.format(Locale.ROOT, "%s, published x %.3f; ", Size.SCALED,
          experiment.scaling().orElseThrow().factor());
    };
  }

  private static List<Point> points(Cell cell) {
    List<Point> points = new ArrayList<>();
    double x = cell.maxTolerableDowntime().orElse(Double.NaN);
    cell.downtime().ifPresent(downtime ->
        points.add(new Converged(Double.isNaN(x) ? downtime.value() : x, cell.total().orElseThrow(), downtime)));
    cell.lasted(Outcome.NOT_CONVERGED).max(Comparator.naturalOrder()).ifPresent(limit -> points.add(new NotConverged(x, limit)));
    cell.lasted(Outcome.ENDED_BEFORE).max(Comparator.naturalOrder()).ifPresent(lasted -> points.add(new EndedBefore(x, lasted)));
    return points;
  }

  /** Trials per method: one number if all have as many. */
  private static String repetitions(List<Integer> counts) {
    List<Integer> sorted = counts.stream().distinct().sorted().toList();
    return sorted.isEmpty() ? "0" : sorted.get(0) + (sorted.size() == 1 ? "" : " to " + sorted.get(sorted.size() - 1));
  }
}
