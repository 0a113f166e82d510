// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;
import static mplm.engine.unit.Durations.seconds;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import mplm.harness.chart.Drawing;
import mplm.harness.derive.Timeline.Series;
import mplm.harness.file.WholeFile;
import mplm.harness.result.TrialRow;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * One trial over time, panels one below the other on one time axis: what is left to send, what the policy expected if it said so, the
 * rates, the guest's progress, the CPUs. The live stage is shaded lightly, the stop darkly.
 */
final class TimelineChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 260;
  private static final String FONT = "DejaVu Sans";
  private static final Color LIVE = new Color(0x1F4E9E);
  private static final Color STOP = new Color(0xC2571A);
  private static final Color OTHER = new Color(0x3B7A3B);
  /** The guest's progress is averaged over so many iterations, but over not less than {@link #SHORTEST_BIN} seconds. */
  private static final int ITERATIONS = 3;

  private static final double SHORTEST_BIN = 0.5;
  private static final double PAGE_MIB = (double) PAGE_BYTES / (1 << 20);

  private TimelineChart() {}

  /** Writes {@code timeline.png}, if it can be drawn. The same timeline gives the same bytes. */
  static void write(Timeline timeline, TrialRow row, Path folder) throws IOException {
    Drawing.of("timeline of " + row.name(), () -> draw(timeline, row, folder));
  }

  private static List<Path> draw(Timeline timeline, TrialRow row, Path folder) throws IOException {
    List<XYChart> panels = panels(timeline, row);
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT * panels.size(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < panels.size(); i++) {
      image.createGraphics().drawImage(BitmapEncoder.getBufferedImage(panels.get(i)), 0, i * HEIGHT, null);
    }
    Path file = folder.resolve("timeline.png");
    WholeFile.write(file, place -> ImageIO.write(image, "png", place.toFile()));
    return List.of(file);
  }

  static List<XYChart> panels(Timeline timeline, TrialRow row) {
    List<XYChart> panels = new ArrayList<>(List.of(memory(timeline, row)));
    if (!timeline.series(Series.FORECAST_STOP).isEmpty()) {
      panels.addAll(List.of(forecast(timeline, row), confidence(timeline)));
    }
    panels.addAll(List.of(rates(timeline), progress(timeline), cpus(timeline)));
    return panels;
  }

  /** What the policy expected, and beside it the downtime as it came out. */
  private static XYChart forecast(Timeline timeline, TrialRow row) {
    XYChart chart = panel(null, "policy expects, s");
    line(chart, "until the stop", timeline.series(Series.FORECAST_STOP), LIVE);
    line(chart, "downtime then", timeline.series(Series.FORECAST_DOWNTIME), STOP);
    line(chart, "guest's period", timeline.series(Series.FORECAST_PERIOD), OTHER);
    row.downtimes().headline().ifPresent(real -> {
      double seconds = seconds(real.value());
      double end = timeline.stages().end().orElseThrow() / 1e9;
      line(chart, "real downtime", List.of(new double[] {0, seconds}, new double[] {end, seconds}), STOP);
      chart.getSeriesMap().get("real downtime").setLineStyle(SeriesLines.DASH_DASH);
    });
    return finish(chart, timeline);
  }

  private static XYChart confidence(Timeline timeline) {
    XYChart chart = panel(null, "confidence, %");
    line(chart, "that writes repeat", timeline.series(Series.FORECAST_CONFIDENCE), OTHER);
    return finish(chart, timeline);
  }

  private static XYChart memory(Timeline timeline, TrialRow row) {
    XYChart chart = panel(row.planned().name() + ": " + row.outcome() + "   (light: live stage, dark: stop)", "MiB to send");
    line(chart, "all", scaled(timeline.series(Series.REMAINING), 1.0 / (1 << 20)), LIVE);
    line(chart, "dirty set", scaled(timeline.series(Series.DIRTY_SET), PAGE_MIB), STOP);
    line(chart, "non-dirty set", scaled(timeline.series(Series.NONDIRTY_SET), PAGE_MIB), OTHER);
    return finish(chart, timeline);
  }

  private static XYChart rates(Timeline timeline) {
    XYChart chart = panel(null, "Mbit/s");
    line(chart, "on the link", timeline.series(Series.THROUGHPUT), LIVE);
    line(chart, "dirtied (QEMU)", scaled(timeline.series(Series.DIRTY_RATE), PAGE_BYTES * 8 / 1e6), STOP);
    return finish(chart, timeline);
  }

  private static XYChart progress(Timeline timeline) {
    XYChart chart = panel(null, "iterations/s");
    line(chart, "guest's program", binned(timeline.series(Series.ITERATION_RATE)), OTHER);
    return finish(chart, timeline);
  }

  private static XYChart cpus(Timeline timeline) {
    XYChart chart = panel(null, "CPUs in use");
    line(chart, "source: vCPUs", perSecond(timeline.series(Series.SOURCE_VCPUS)), LIVE);
    line(chart, "source: others", perSecond(timeline.series(Series.SOURCE_OTHERS)), new Color(0x8FB0E0));
    line(chart, "destination: vCPUs", perSecond(timeline.series(Series.DESTINATION_VCPUS)), STOP);
    line(chart, "destination: others", perSecond(timeline.series(Series.DESTINATION_OTHERS)), new Color(0xE8B08F));
    return finish(chart, timeline);
  }

  private static XYChart panel(String title, String unit) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title == null ? "" : title)
        .xAxisTitle("seconds after the migration was asked for").yAxisTitle(unit).build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE).setChartFontColor(Color.BLACK).setChartPadding(10);
    styler.setChartTitleFont(new Font(FONT, Font.BOLD, 15)).setChartTitleBoxVisible(false).setChartTitleVisible(title != null);
    styler.setLegendPosition(LegendPosition.OutsideE).setLegendFont(new Font(FONT, Font.PLAIN, 12)).setLegendBorderColor(Color.WHITE);
    styler.setAxisTitleFont(new Font(FONT, Font.PLAIN, 12)).setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 11));
    styler.setPlotGridLinesColor(new Color(0xE4E4E4)).setLocale(Locale.ROOT);
    styler.setPlotBorderVisible(false);
    styler.setYAxisMin(0.0).setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.##");
    return chart;
  }

  /** Shades the stages to the height of what is drawn, and puts all panels on one axis. */
  private static XYChart finish(XYChart chart, Timeline timeline) {
    double top = chart.getSeriesMap().values().stream().mapToDouble(XYSeries::getYMax).max().orElse(1) * 1.1;
    double from = timeline.points().get(0).time() / 1e9;
    double to = timeline.points().get(timeline.points().size() - 1).time() / 1e9;
    Optional<Double> stop = timeline.stages().stop().map(t -> t / 1e9);
    Optional<Double> end = timeline.stages().end().map(t -> t / 1e9);
    end.ifPresent(e -> shade(chart, "live stage", 0, stop.orElse(e), top, LIVE));
    stop.ifPresent(s -> shade(chart, "stop", s, timeline.stages().resume().map(t -> t / 1e9).or(() -> end).orElse(s), top, STOP));
    chart.getStyler().setXAxisMin(Math.min(from, 0)).setXAxisMax(Math.max(to, 1)).setYAxisMax(top > 0 ? top : 1);
    return chart;
  }

  private static void shade(XYChart chart, String name, double from, double to, double top, Color color) {
    if (to > from) {
      XYSeries series = chart.addSeries(name, new double[] {from, to}, new double[] {top, top});
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area).setMarker(SeriesMarkers.NONE);
      series.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), name.equals("stop") ? 70 : 28));
      series.setLineColor(new Color(0, 0, 0, 0)).setShowInLegend(false);
    }
  }

  private static void line(XYChart chart, String name, List<double[]> points, Color color) {
    if (!points.isEmpty()) {
      XYSeries series = chart.addSeries(
          name, points.stream().mapToDouble(p -> p[0]).toArray(), points.stream().mapToDouble(p -> p[1]).toArray());
      series.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineStyle(new BasicStroke(1.5f));
    }
  }

  /** Points, one per iteration, as iterations in bins of equal length over that length. */
  private static List<double[]> binned(List<double[]> points) {
    if (points.isEmpty()) {
      return points;
    }
    double first = points.get(0)[0];
    double last = points.get(points.size() - 1)[0];
    double median = points.stream().mapToDouble(p -> 1 / p[1]).sorted().skip(points.size() / 2).findFirst().orElseThrow();
    double bin = Math.max(SHORTEST_BIN, ITERATIONS * median);
    double[] counts = new double[(int) ((last - first) / bin) + 1];
    points.forEach(p -> counts[(int) ((p[0] - first) / bin)]++);
    List<double[]> rates = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      rates.add(new double[] {first + (i + 0.5) * bin, counts[i] / bin});
    }
    return rates;
  }

  private static List<double[]> scaled(List<double[]> points, double factor) {
    return points.stream().map(p -> new double[] {p[0], p[1] * factor}).toList();
  }

  /** Turns seconds used so far into how many CPUs were in use meanwhile. */
  private static List<double[]> perSecond(List<double[]> points) {
    List<double[]> rates = new ArrayList<>();
    for (int i = 1; i < points.size(); i++) {
      double step = points.get(i)[0] - points.get(i - 1)[0];
      // a look that was cut off at the process's end shows less than the one before
      if (step > 0 && points.get(i)[1] >= points.get(i - 1)[1]) {
        rates.add(new double[] {points.get(i)[0], (points.get(i)[1] - points.get(i - 1)[1]) / step});
      }
    }
    return rates;
  }
}
