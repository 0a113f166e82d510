// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.paper.Published;
import mplm.harness.paper.RateTable;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws a {@link RateTable}: filled marks are measured, crosses published; both as ratios to the link where seconds cannot be
 * compared.
 */
public final class RateChart {
  private static final double THOUSAND = 1000;

  private RateChart() {}

  /** A mark, with half its confidence interval, and of how many trials. */
  private record Mark(String name, double x, double y, double half, int n) {
    /** What it says to who points at it. */
    private String told(boolean passes) {
      return String.format(Locale.ROOT, passes ? "%s: dirtied against sent %.2f, downtime %.2f%s passes%s"
          : "%s: %.2f thousand pages/s, downtime %.2f%s s%s", name, x, y, half > 0 ? String.format(Locale.ROOT, " ± %.2f", half) : "", n > 0 ? " (n = " + n + ")" : ", published");
    }
  }

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same table gives the same bytes. */
  public static List<Path> write(RateTable table, Path folder, String name) throws IOException {
    return Chart.write(() -> draw(table), folder, name);
  }

  static XYChart draw(RateTable table) {
    boolean passes = table.inPasses();
    XYChart chart = passes
        ? Chart.empty("MPLM's downtime against the dirty page rate", "dirty page rate in the live stage, share of the link",
            "passes over used memory")
        : Chart.empty("MPLM's downtime against the dirty page rate", "dirty page rate in the live stage, 1000 pages/s", "seconds");
    List<Mark> published = new ArrayList<>();
    for (Published.Rate rate : table.published()) {
      if (!passes) {
        published.add(new Mark(rate.benchmark(), rate.dirtyRate() / THOUSAND, rate.downtime(), 0, 0));
      } else {
        table.share(rate).ifPresent(share -> published.add(new Mark(rate.benchmark(), RateTable.rho(rate), share, 0, 0)));
      }
    }
    List<Mark> measured = table.measured().stream().map(line -> {
      String name = line.experiment().name().toUpperCase(Locale.ROOT);
      double half = line.downtime().halfWidth().orElse(0);
      return passes ? new Mark(name, line.rho(), line.share(), half / line.pass(), line.downtime().n())
          : new Mark(name, line.dirtyRate().value() / THOUSAND, line.downtime().value(), half,
              line.downtime().n());
    }).toList();
    double right = 1.15 * Stream.concat(published.stream(), measured.stream()).mapToDouble(Mark::x).max().orElse(1);
    double top = 1.2 * Stream.concat(published.stream(), measured.stream()).mapToDouble(mark -> mark.y + mark.half).max().orElse(1);
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(right).setYAxisMin(0.0).setYAxisMax(top);
    if (!published.isEmpty()) {
      XYSeries series = chart.addSeries("published", xs(published), ys(published));
      series.setMarker(told(SeriesMarkers.CROSS, "published", published, passes)).setMarkerColor(Chart.QUIET).setLineStyle(SeriesLines.NONE);
      published.forEach(mark -> label(chart, mark.name, mark.x + 0.02 * right, mark.y - 0.05 * top));
    }
    String sizes = table.measured().stream().map(line -> line.size().toString()).distinct().collect(Collectors.joining(", "));
    XYSeries series = chart.addSeries("measured, " + sizes, xs(measured), ys(measured),
        measured.stream().mapToDouble(Mark::half).toArray());
    series.setMarker(told(SeriesMarkers.DIAMOND, "measured", measured, passes)).setMarkerColor(Chart.DOWNTIME);
    series.setLineColor(Chart.DOWNTIME).setLineStyle(SeriesLines.NONE);
    measured.forEach(mark -> label(chart, mark.name, mark.x - 0.02 * right, mark.y + 0.05 * top));
    return chart;
  }

  private static Marker told(Marker shape, String curve, List<Mark> marks, boolean passes) {
    return new ToldMark(shape, Chart.word(curve), marks.stream().map(mark -> mark.told(passes)).toList());
  }

  private static double[] xs(List<Mark> marks) {
    return marks.stream().mapToDouble(Mark::x).toArray();
  }

  private static double[] ys(List<Mark> marks) {
    return marks.stream().mapToDouble(Mark::y).toArray();
  }

  private static void label(XYChart chart, String text, double x, double y) {
    chart.addAnnotation(new AnnotationText(text, x, y, false));
  }
}
