// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static mplm.engine.unit.Durations.seconds;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import mplm.engine.simulate.Bound;
import mplm.harness.result.MethodSummary;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws what one has to choose between: each method of an experiment at its migration time, over the time that the program lost if that
 * is known of any, and over the downtime, there with the best possible. Medians of the trials that completed; who has none stands in the
 * legend alone. Nearer to the corner is better.
 */
public final class ChoiceChart {
  private static final List<Marker> MARKERS = List.of(SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE,
      SeriesMarkers.TRIANGLE_UP, SeriesMarkers.TRIANGLE_DOWN);
  private static final String BEST = "best possible, computed";
  /** Points of the frontier that are nearer to each other, as a share of an axis, look like one. */
  private static final double NEAR = 0.004;
  /** The place of the subtitle between plot and title, as a multiple of the y axis. */
  private static final double ABOVE = 1.075;

  private ChoiceChart() {}

  /**
   * The best possible on a guest and its link.
   *
   * @param frontier total migration time ascends, downtime descends; no point if it is not known
   * @param origin what it is computed from, or why it is not known, in half a line
   */
  public record Best(List<Bound.Point> frontier, String origin) {}

  /**
   * Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same summaries give the same bytes.
   *
   * @param methods of one experiment
   */
  public static List<Path> write(List<MethodSummary> methods, Best best, Path folder, String name) throws IOException {
    return isLostKnown(methods) ? Sheet.write(() -> draw(methods, best), folder, name)
        : Chart.write(() -> draw(methods, best).get(0), folder, name);
  }

  static List<XYChart> draw(List<MethodSummary> methods, Best best) {
    List<XYChart> panels = new ArrayList<>();
    if (isLostKnown(methods)) {
      panels.add(panel(methods, "time that the program lost", MethodSummary::lost, MethodSummary::lostKnown, new Best(List.of(), "")));
    }
    panels.add(panel(methods, "downtime", MethodSummary::downtime, MethodSummary::completed, best));
    return panels;
  }

  private static boolean isLostKnown(List<MethodSummary> methods) {
    return methods.stream().anyMatch(method -> method.lost().isPresent());
  }

  private static XYChart panel(List<MethodSummary> methods, String what, Function<MethodSummary, OptionalDouble> value,
      ToLongFunction<MethodSummary> known, Best best) {
    XYChart chart = Chart.empty(title(methods.get(0)), "migration time, seconds", what + ", seconds");
    double right = 0;
    double top = 0;
    for (int i = 0; i < methods.size(); i++) {
      MethodSummary method = methods.get(i);
      OptionalDouble y = value.apply(method);
      Color color = Color.getHSBColor((float) i / methods.size(), 0.85f, 0.7f);
      Marker marker = MARKERS.get(i % MARKERS.size());
      if (method.total().isEmpty() || y.isEmpty()) {
        if (method.method().migrates()) {
          chart.addSeries(name(method, known), new double[] {0}, new double[] {Double.NaN}).setMarker(marker).setMarkerColor(color)
              .setLineColor(color).setLineStyle(SeriesLines.NONE);
        }
        continue;
      }
      double x = method.total().getAsDouble();
      // a loss that is below zero, within its error, is none
      double shown = Math.max(0, y.getAsDouble());
      right = Math.max(right, x);
      top = Math.max(top, shown);
      XYSeries series = chart.addSeries(name(method, known), new double[] {x}, new double[] {shown});
      String text = String.format(Locale.ROOT, "%s: migration time %.2f s, %s %.2f%s s", name(method, known), x, what, y.getAsDouble(),
          y.equals(method.lost()) && method.lostError().isPresent()
              ? String.format(Locale.ROOT, " ± %.2f", method.lostError().getAsDouble()) : "");
      series.setMarker(new ToldMark(marker, Chart.word(method.name()), List.of(text)))
          .setMarkerColor(color).setLineColor(color).setLineStyle(SeriesLines.NONE);
    }
    if (right > 0) {
      double width = 1.1 * right;
      double height = Math.max(1.1 * top, 1e-3);
      chart.getStyler().setXAxisMin(0.0).setXAxisMax(width).setYAxisMin(0.0).setYAxisMax(height);
      frontier(chart, best.frontier, width, height);
      if (!best.origin.isEmpty()) {
        chart.addAnnotation(new AnnotationText(best.origin, width / 2, height * ABOVE, false));
      }
    }
    return chart;
  }

  /** Where nothing can be left of and below: down to the first point, from point to point, beyond the last one straight on. */
  private static void frontier(XYChart chart, List<Bound.Point> points, double width, double height) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (Bound.Point point : points) {
      double x = seconds(point.total());
      double y = seconds(point.downtime());
      int last = xs.size() - 1;
      if (last < 0 || x - xs.get(last) > NEAR * width || ys.get(last) - y > NEAR * height || point.equals(points.get(points.size() - 1))) {
        xs.add(x);
        ys.add(y);
      }
    }
    if (!xs.isEmpty()) {
      xs.add(0, xs.get(0));
      ys.add(0, Math.max(height, ys.get(0)));
      xs.add(Math.max(width, xs.get(xs.size() - 1)));
      ys.add(ys.get(ys.size() - 1));
      XYSeries series = chart.addSeries(BEST, xs, ys);
      series.setMarker(SeriesMarkers.NONE).setLineColor(Chart.QUIET).setLineStyle(new BasicStroke(2f));
    }
  }

  private static String title(MethodSummary method) {
    return method.setting().isPresent() ? method.experiment().title()
        : "SIMULATED on " + method.experiment().link() + ": " + method.experiment().benchmark().title();
  }

  /** The method, and the number of trials that its median is of. */
  private static String name(MethodSummary method, ToLongFunction<MethodSummary> known) {
    long all = method.outcomes().values().stream().mapToLong(count -> count).sum();
    long completed = method.completed();
    long values = Math.min(known.applyAsLong(method), completed);
    return method.name() + (completed < all ? " (" + completed + " of " + all + " completed" + (values < completed ? ", n = " + values : "") + ")"
        : " (n = " + values + ")");
  }
}
