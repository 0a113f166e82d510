// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import mplm.harness.verdict.Difference;
import mplm.harness.verdict.Judgement;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws a comparison: a line for each ratio, with its interval, over a logarithmic axis on which half and double are equally far from
 * 1. What has no ratio, because there is no value or no end, has no line.
 */
public final class RatioChart {
  private static final int LINE = 24;
  private static final int BESIDE_LINES = 190;
  /** The most letters of an experiment and a method that leave room for the lines. */
  private static final int NAME = 36;

  private static final String CONTROL = "control";
  private static final Map<String, Color> COLORS = Map.of(Judgement.WORSE.toString(), new Color(0xB3261E), Judgement.BETTER.toString(),
      new Color(0x2E7D32), Judgement.SAME.toString(), new Color(0x1F4E9E), Judgement.TOO_FEW.toString(), new Color(0x8A6D00), CONTROL,
      new Color(0x777777));

  private final List<Difference> lines;
  private final Function<Difference, String> text;

  private RatioChart(List<Difference> differences, Function<Difference, String> text) {
    this.lines = differences.stream().filter(d -> d.ratio().isPresent() && d.ratio().getAsDouble() > 0
        && Double.isFinite(d.ratio().getAsDouble())).toList();
    this.text = text;
  }

  /**
   * Writes {@code NAME.png} and {@code NAME.svg} into the folder.
   *
   * @param text what a point says
   * @return both paths; none if there is no ratio, or it cannot be drawn
   */
  public static List<Path> write(String title, List<Difference> differences, Function<Difference, String> text, Path folder, String name)
      throws IOException {
    RatioChart chart = new RatioChart(differences, text);
    return chart.lines.isEmpty() ? List.of() : Chart.write(() -> chart.draw(title), folder, name);
  }

  /** What is drawn alike, and hidden together: what was judged alike, and all controls. */
  public static String curve(Difference difference) {
    return difference.control() ? CONTROL : difference.judgement().toString();
  }

  private XYChart draw(String title) {
    double furthest = lines.stream().mapToDouble(line -> Math.abs(x(line))).max().orElse(0);
    // the axis is the ratios'; an interval that goes far beyond, or has no end, goes to its edge
    double edge = 1.1 * lines.stream().flatMap(line -> line.interval().stream()).flatMapToDouble(i -> DoubleStream.of(i.low(), i.high()))
        .map(Chart::log2).map(Math::abs).filter(end -> end <= 2 * furthest + 0.5).reduce(Math.max(furthest, 0.1), Math::max);
    XYChart chart = Chart.empty(title, "ratio, with its 95 % interval", "", BESIDE_LINES + LINE * lines.size());
    var styler = chart.getStyler();
    styler.setXAxisMin(-edge).setXAxisMax(edge).setYAxisMin(0.5).setYAxisMax(lines.size() + 0.5);
    styler.setxAxisTickLabelsFormattingFunction(x -> Chart.number(Math.pow(2, x)));
    styler.setyAxisTickLabelsFormattingFunction(this::name).setYAxisTickMarkSpacingHint(LINE - 4);
    XYSeries one = chart.addSeries("equal", new double[] {0, 0}, new double[] {0.5, lines.size() + 0.5});
    one.setMarker(SeriesMarkers.NONE).setLineColor(Chart.QUIET).setLineStyle(new BasicStroke(1f)).setShowInLegend(false);
    lines.stream().map(RatioChart::curve).distinct().sorted().forEach(curve -> draw(chart, curve, edge));
    return chart;
  }

  private void draw(XYChart chart, String curve, double edge) {
    List<Difference> own = lines.stream().filter(line -> curve(line).equals(curve)).toList();
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (Difference line : own) {
      line.interval().ifPresent(interval -> {
        double high = Math.min(Chart.log2(interval.high()), edge);
        xs.addAll(List.of(Math.max(Chart.log2(interval.low()), -edge), high, high));
        ys.addAll(List.of(y(line), y(line), Double.NaN)); // which breaks the line
      });
    }
    if (!xs.isEmpty()) {
      XYSeries intervals = chart.addSeries(curve + ": interval", xs, ys);
      intervals.setMarker(SeriesMarkers.NONE).setLineColor(COLORS.get(curve)).setLineStyle(new BasicStroke(2f)).setShowInLegend(false);
    }
    XYSeries points = chart.addSeries(curve, own.stream().mapToDouble(RatioChart::x).toArray(), own.stream().mapToDouble(this::y).toArray());
    points.setMarker(new ToldMark(SeriesMarkers.CIRCLE, Chart.word(curve), own.stream().map(text).toList()));
    points.setMarkerColor(COLORS.get(curve)).setLineColor(COLORS.get(curve)).setLineStyle(SeriesLines.NONE);
  }

  private static double x(Difference line) {
    return Chart.log2(line.ratio().getAsDouble());
  }

  /** The first is on top. */
  private double y(Difference line) {
    return lines.size() - lines.indexOf(line);
  }

  /** What the axis says there. It asks beyond its ends and between lines too, and shows nothing if two labels are the same. */
  private String name(double y) {
    int line = (int) Math.round(lines.size() - y);
    if (Math.abs(lines.size() - y - line) > 0.01 || line < 0 || line >= lines.size()) {
      return " ".repeat(1 + (int) Math.abs(Math.round(10 * y)));
    }
    String cell = lines.get(line).experiment() + " " + lines.get(line).method();
    return (cell.length() <= NAME ? cell : (line + 1) + ": " + cell.substring(0, NAME) + "...") + ", " + lines.get(line).metric();
  }
}
