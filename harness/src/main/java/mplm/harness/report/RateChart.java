// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a {@link RateTable}: filled marks are measured, crosses published. */
public final class RateChart {
  private RateChart() {}

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same table gives the same bytes. */
  public static List<Path> write(RateTable table, Path folder, String name) throws IOException {
    return Chart.write(() -> draw(table), folder, name);
  }

  static XYChart draw(RateTable table) {
    XYChart chart = Chart.empty("MPLM's downtime against the dirty page rate", "dirty page rate in the live stage, 1000 pages/s",
        "seconds");
    double right = 0;
    double top = 0;
    for (RateTable.Line line : table.measured()) {
      right = Math.max(right, line.dirtyRate().value() / 1000);
      top = Math.max(top, line.downtime().value() + line.downtime().halfWidth().orElse(0));
    }
    for (Published.Rate rate : table.published()) {
      right = Math.max(right, rate.dirtyRate() / 1000);
      top = Math.max(top, rate.downtime());
    }
    right *= 1.15;
    top *= 1.2;
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(right).setYAxisMin(0.0).setYAxisMax(top);
    XYSeries published = chart.addSeries("published", table.published().stream().mapToDouble(rate ->
        rate.dirtyRate() / 1000).toArray(),
        table.published().stream().mapToDouble(Published.Rate::downtime).toArray());
    published.setMarker(SeriesMarkers.CROSS).setMarkerColor(Chart.QUIET).setLineStyle(SeriesLines.NONE);
    for (Published.Rate rate : table.published()) {
      label(chart, rate.benchmark(), rate.dirtyRate() / 1000 + 0.02 * right, rate.downtime() - 0.05 * top);
    }
    XYSeries measured = chart.addSeries("measured", table.measured().stream().mapToDouble(line ->
        line.dirtyRate().value() / 1000).toArray(),
        table.measured().stream().mapToDouble(line -> line.downtime().value()).toArray(),
        table.measured().stream().mapToDouble(line -> line.downtime().halfWidth().orElse(0)).toArray());
    measured.setMarker(SeriesMarkers.DIAMOND).setMarkerColor(Chart.DOWNTIME);
    measured.setLineColor(Chart.DOWNTIME).setLineStyle(SeriesLines.NONE);
    for (RateTable.Line line : table.measured()) {
      label(chart, line.experiment().name().toUpperCase(Locale.ROOT), line.dirtyRate().value() / 1000 - 0.02 * right,
          line.downtime().value() + 0.05 * top);
    }
    return chart;
  }

  private static void label(XYChart chart, String text, double x, double y) {
    chart.addAnnotation(new AnnotationText(text, x, y, false));
  }
}
