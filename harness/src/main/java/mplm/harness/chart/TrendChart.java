// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.BasicStroke;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Medians of one cell, run after run, with the level of each stretch between changes.
 *
 * @param title what of which cell
 * @param unit of the values, with what they are
 * @param values run after run
 * @param levels of each run's stretch, its median
 */
public record TrendChart(String title, String unit, double[] values, double[] levels) {
  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. */
  public List<Path> write(Path folder, String name) throws IOException {
    return Chart.write(this::draw, folder, name);
  }

  /** Such as {@code x 1.200}; from nothing there is no factor. */
  public static String factor(double before, double after) {
    return before > 0 ? String.format(Locale.ROOT, "x %.3f", after / before) : "up from 0";
  }

  private XYChart draw() {
    XYChart chart = Chart.empty(title, "run", unit);
    double[] runs = IntStream.rangeClosed(1, values.length).mapToDouble(n -> n).toArray();
    double top = IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElse(1);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(top > 0 ? 1.2 * top : 1).setXAxisMin(0.5).setXAxisMax(values.length + 0.5);
    XYSeries points = chart.addSeries("median of a run", runs, values);
    points.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(Chart.DOWNTIME).setLineStyle(SeriesLines.NONE);
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      xs.addAll(List.of(runs[i] - 0.5, runs[i] + 0.5));
      ys.addAll(List.of(levels[i], levels[i]));
      if (i > 0 && levels[i] != levels[i - 1]) {
        chart.addAnnotation(new AnnotationText(factor(levels[i - 1], levels[i]), runs[i] - 0.5,
            1.08 * Math.max(levels[i], levels[i - 1]), false));
      }
    }
    XYSeries level = chart.addSeries("level between changes", xs, ys);
    level.setMarker(SeriesMarkers.NONE).setLineColor(Chart.QUIET).setLineStyle(new BasicStroke(2f));
    return chart;
  }
}
