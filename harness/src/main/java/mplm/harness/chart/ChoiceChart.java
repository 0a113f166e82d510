// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws what one has to choose between: each method of an experiment at its migration time, once over the time that the program lost and
 * once over the downtime. Medians of the trials that completed; who has none has no point. Nearer to the corner is better in both.
 */
public final class ChoiceChart {
  private static final List<Marker> MARKERS = List.of(SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE,
      SeriesMarkers.TRIANGLE_UP, SeriesMarkers.TRIANGLE_DOWN);

  private ChoiceChart() {}

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same summaries give the same bytes. */
  public static List<Path> write(List<MethodSummary> methods, Path folder, String name) throws IOException {
    return Sheet.write(() -> draw(methods), folder, name);
  }

  static List<XYChart> draw(List<MethodSummary> methods) {
    return List.of(panel(methods, "time that the program lost", MethodSummary::lost), panel(methods, "downtime", MethodSummary::downtime));
  }

  private static XYChart panel(List<MethodSummary> methods, String what, Function<MethodSummary, OptionalDouble> value) {
    XYChart chart = Chart.empty(methods.get(0).experiment().title(), "migration time, seconds", what + ", seconds");
    double right = 0;
    double top = 0;
    for (int i = 0; i < methods.size(); i++) {
      MethodSummary method = methods.get(i);
      OptionalDouble y = value.apply(method);
      if (method.total().isEmpty() || y.isEmpty()) {
        continue;
      }
      double x = method.total().getAsDouble();
      // a loss that is below zero, within its error, is none
      double shown = Math.max(0, y.getAsDouble());
      right = Math.max(right, x);
      top = Math.max(top, shown);
      XYSeries series = chart.addSeries(name(method), new double[] {x}, new double[] {shown});
      Color color = Color.getHSBColor((float) i / methods.size(), 0.85f, 0.7f);
      String text = String.format(Locale.ROOT, "%s: migration time %.2f s, %s %.2f s", method.method(), x, what, y.getAsDouble());
      series.setMarker(new ToldMark(MARKERS.get(i % MARKERS.size()), Chart.word(method.method().toString()), List.of(text)))
          .setMarkerColor(color).setLineColor(color).setLineStyle(SeriesLines.NONE);
    }
    if (right > 0) {
      chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.1 * right).setYAxisMin(0.0).setYAxisMax(Math.max(1.1 * top, 1e-3));
    }
    return chart;
  }

  /** With how many trials completed, if not all did. */
  private static String name(MethodSummary method) {
    long all = method.outcomes().values().stream().mapToLong(count -> count).sum();
    long completed = method.outcomes().getOrDefault(Outcome.COMPLETED, 0L);
    return method.method() + (completed == all ? "" : " (" + completed + " of " + all + " completed)");
  }
}
