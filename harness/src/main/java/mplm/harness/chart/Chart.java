// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.harness.chart.Figure.Converged;
import mplm.harness.chart.Figure.EndedBefore;
import mplm.harness.chart.Figure.NotConverged;
import mplm.harness.chart.Figure.Point;
import mplm.harness.file.WholeFile;
import mplm.harness.paper.Published;
import mplm.harness.statistics.Mean;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws a {@link Figure} as the paper does: two lines for stock pre-copy, single marks for MPLM, means with the 95 % confidence
 * interval where there is one. A migration that did not converge is an open mark at its time limit with an arrow upwards: it would
 * have taken longer. The published curve is thin behind. The same figure gives the same bytes.
 */
public final class Chart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 560;
  /** Room for a title, in pixels: it stands in the middle of the plot, beside which is the legend. */
  private static final int TITLE = 640;
  private static final int LARGEST_TITLE = 16;
  private static final int SMALLEST_TITLE = 12;
  private static final int TICK_SPACING = 95;
  /** The least span of the x axis, in powers of two: with less, ticks would stand between them. */
  private static final double NARROWEST = 6;
  /** A published value so many times above all that was measured is cut off. */
  private static final double FAR = 3;
  /** The place of the subtitle between plot and title, as a multiple of the y axis. */
  private static final double ABOVE = 1.075;
  /** The widest subtitle, in pixels, that has room over the middle of the plot, and how wide the plot is, about. */
  private static final double SUBTITLE = 720;
  private static final double PLOT = 660;
  static final String FONT = "DejaVu Sans";
  private static final Font NOTE = new Font(FONT, Font.PLAIN, 12);
  private static final Color TOTAL = new Color(0x1F4E9E);
  static final Color DOWNTIME = new Color(0xC2571A);
  static final Color QUIET = new Color(0x555555);

  /** How a curve is drawn, and whether its points are joined. */
  private record Look(Marker total, Marker downtime, boolean joined) {}

  private static final Map<String, Look> LOOKS = Map.of(Precopy.CURVE, new Look(SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, true),
      Mplm.CURVE, new Look(SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP, false));

  /** The looks of curves that the paper does not have, in their order. */
  private static final List<Look> OTHERS = List.of(new Look(SeriesMarkers.PLUS, SeriesMarkers.TRIANGLE_DOWN, false),
      new Look(SeriesMarkers.RECTANGLE, SeriesMarkers.TRAPEZOID, false), new Look(SeriesMarkers.OVAL, SeriesMarkers.CROSS, false));

  private Chart() {}

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths; none if it cannot be drawn. */
  public static List<Path> write(Figure figure, Path folder, String name) throws IOException {
    return write(() -> draw(figure), folder, name);
  }

  /** A chart that was painted once is not painted the same again. */
  public static List<Path> write(Supplier<? extends org.knowm.xchart.internal.chartpart.Chart<?, ?>> chart, Path folder, String name)
      throws IOException {
    return Drawing.of("chart " + name, () -> {
      Files.createDirectories(folder);
      Path png = folder.resolve(name + ".png");
      WholeFile.write(png, BitmapEncoder.getBitmapBytes(chart.get(), BitmapFormat.PNG));
      Path svg = folder.resolve(name + ".svg");
      var vectors = chart.get();
      WholeFile.write(svg, Svg.of(g -> vectors.paint(g, vectors.getWidth(), vectors.getHeight()), vectors.getWidth(), vectors.getHeight()));
      return List.of(png, svg);
    });
  }

  static XYChart draw(Figure all) {
    Figure figure = withLooks(all);
    XYChart chart = empty(figure.title(), "maximum tolerable downtime (MPLM: its own downtime), seconds", "seconds");
    axes(chart, figure);
    published(chart, figure.published());
    open(chart, "not converged", figure, NotConverged.class, TOTAL);
    open(chart, "program done first", figure, EndedBefore.class, QUIET);
    int others = 0;
    for (Map.Entry<String, List<Point>> curve : figure.curves().entrySet()) {
      Look look = LOOKS.containsKey(curve.getKey()) ? LOOKS.get(curve.getKey()) : OTHERS.get(others++ % OTHERS.size());
      line(chart, curve.getKey(), "migration time", curve.getValue(), Converged::total, TOTAL, look.total, look.joined);
      line(chart, curve.getKey(), "downtime", curve.getValue(), Converged::downtime, DOWNTIME, look.downtime, look.joined);
    }
    return chart;
  }

  /** Without the paper's curves nothing tells apart more of the others than there are looks. */
  private static Figure withLooks(Figure figure) {
    Map<String, List<Point>> papers = new LinkedHashMap<>(figure.curves());
    papers.keySet().retainAll(LOOKS.keySet());
    int others = figure.curves().size() - papers.size();
    return others <= OTHERS.size() || papers.isEmpty() ? figure
        : new Figure(figure.title(), figure.subtitle() + "; without " + others + " other methods", papers, figure.published());
  }

  /** Gives a chart its title: smaller if it is long, and cut off if it is too long even so. */
  static void title(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart, String title) {
    int size = LARGEST_TITLE;
    while (size > SMALLEST_TITLE && width(title, size) > TITLE) {
      size--;
    }
    String shown = title;
    for (int letters = title.length(); width(shown, size) > TITLE; letters--) {
      shown = title.substring(0, letters).strip() + " ...";
    }
    chart.setTitle(shown);
    chart.getStyler().setChartTitleFont(titleFont(size)).setChartTitleBoxVisible(false);
  }

  private static Font titleFont(int size) {
    return new Font(FONT, Font.BOLD, size);
  }

  private static double width(String title, int size) {
    return width(title, titleFont(size));
  }

  private static double width(String text, Font font) {
    return font.getStringBounds(text, new FontRenderContext(null, true, true)).getWidth();
  }

  /** A chart in this kit's look. */
  static XYChart empty(String title, String x, String y) {
    return empty(title, x, y, HEIGHT);
  }

  /** The same, of another height, in pixels. */
  static XYChart empty(String title, String x, String y, int height) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(height).xAxisTitle(x).yAxisTitle(y).build();
    title(chart, title);
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE).setChartFontColor(Color.BLACK).setChartPadding(16);
    styler.setChartTitlePadding(30);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setLegendFont(new Font(FONT, Font.PLAIN, 12)).setLegendBorderColor(Color.WHITE);
    styler.setLegendPadding(16).setLegendSeriesLineLength(28);
    styler.setAxisTitleFont(new Font(FONT, Font.PLAIN, 13)).setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 12));
    styler.setPlotGridLinesColor(new Color(0xE4E4E4)).setPlotGridLinesStroke(new BasicStroke(1f)).setLocale(Locale.ROOT);
    styler.setPlotBorderVisible(false).setMarkerSize(11);
    styler.setYAxisDecimalPattern("0.###");
    styler.setAnnotationTextFont(NOTE).setAnnotationTextFontColor(QUIET);
    styler.setErrorBarsColorSeriesColor(true);
    return chart;
  }

  private static void axes(XYChart chart, Figure figure) {
    var styler = chart.getStyler();
    double least = log2(xs(figure).min().orElse(1)) - 0.7;
    double most = Math.max(log2(xs(figure).max().orElse(1)) + 0.7, least + NARROWEST);
    double top = 1.2 * top(figure);
    styler.setXAxisMin(least).setXAxisMax(most).setYAxisMin(0.0).setYAxisMax(top);
    styler.setxAxisTickLabelsFormattingFunction(x -> number(Math.pow(2, x))).setXAxisTickMarkSpacingHint(TICK_SPACING);
    // a wider one begins where the widest begins, and ends above the legend
    double beyond = Math.max(0, width(figure.subtitle(), NOTE) - SUBTITLE) / 2;
    chart.addAnnotation(new AnnotationText(figure.subtitle(), (least + most) / 2 + beyond / PLOT * (most - least), top * ABOVE, false));
  }

  /** The x axis counts in powers of two: xchart's own logarithmic axis labels decades alone, or every tick until they overlap. */
  static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** Means, and their confidence intervals where there are any. */
  private static void line(XYChart chart, String curve, String what, List<Point> points, Function<Converged, Mean> y, Color color,
      Marker marker, boolean joined) {
    List<Converged> converged = points.stream().filter(Converged.class::isInstance).map(Converged.class::cast).toList();
    if (!converged.isEmpty()) {
      double[] intervals = converged.stream().mapToDouble(point -> y.apply(point).halfWidth().orElse(0)).toArray();
      XYSeries series = chart.addSeries(curve + ": " + what, converged.stream().mapToDouble(point -> log2(point.x())).toArray(),
          converged.stream().mapToDouble(point -> y.apply(point).value()).toArray(),
          DoubleStream.of(intervals).allMatch(half -> half == 0) ? null : intervals);
      tell(chart, series, marker, curve, color, converged.stream().map(point -> curve + " at " + number(point.x()) + " s: " + what + " "
          + number(y.apply(point).value()) + half(y.apply(point)) + " s (n = " + y.apply(point).n() + ")").toList());
      series.setLineStyle(joined ? new BasicStroke(2f) : SeriesLines.NONE);
    }
  }

  /** Gives a series its mark, what its points say, and a colour that no other series has: SVG has no other name for it. */
  private static void tell(XYChart chart, XYSeries series, Marker marker, String curve, Color color, List<String> texts) {
    Color own = new Color(color.getRed(), color.getGreen(), color.getBlue() + chart.getSeriesMap().size(), color.getAlpha());
    series.setMarker(new ToldMark(marker, word(curve), texts)).setMarkerColor(own).setLineColor(own);
  }

  /** A curve's name as a word of small letters, by which a page knows it. */
  public static String word(String curve) {
    return "curve-" + curve.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  private static String half(Mean mean) {
    return mean.halfWidth().isPresent() ? " ± " + number(mean.halfWidth().getAsDouble()) : "";
  }

  /** The paper's curves, thin, and its marks, small: where it has no value the curve is broken. */
  private static void published(XYChart chart, List<Published.Point> points) {
    thin(chart, "published: migration time", points, Published.Point::total, TOTAL);
    thin(chart, "published: downtime", points, Published.Point::downtime, DOWNTIME);
  }

  private static void thin(
      XYChart chart, String name, List<Published.Point> points, Function<Published.Point, OptionalDouble> y, Color color) {
    Color pale = new Color(color.getRed(), color.getGreen(), color.getBlue(), 150);
    for (boolean mplm : new boolean[] {false, true}) {
      List<Published.Point> drawn = points.stream().filter(point -> point.mplm() == mplm).toList();
      if (!drawn.isEmpty()) {
        XYSeries series = chart.addSeries(mplm ? name + ", MPLM" : name,
            drawn.stream().mapToDouble(point -> log2(x(point))).toArray(),
            drawn.stream().mapToDouble(point -> y.apply(point).orElse(Double.NaN)).toArray());
        List<String> texts = drawn.stream().filter(point -> y.apply(point).isPresent()).map(point -> name + (mplm ? ", MPLM" : "")
            + " at " + number(x(point)) + " s: " + number(y.apply(point).getAsDouble()) + " s").toList();
        tell(chart, series, mplm ? SeriesMarkers.CROSS : SeriesMarkers.NONE, "published", pale, texts);
        series.setLineStyle(mplm ? SeriesLines.NONE : new BasicStroke(1f)).setShowInLegend(!mplm);
      }
    }
  }

  private static double x(Published.Point point) {
    return point.maxTolerableDowntime().orElseGet(point.downtime()::getAsDouble);
  }

  private static void open(XYChart chart, String name, Figure figure, Class<? extends Point> kind, Color color) {
    for (String curve : figure.curves().keySet()) {
      List<Point> open = figure.curves().get(curve).stream().map(Point.class::cast).filter(kind::isInstance).toList();
      if (open.isEmpty()) {
        continue;
      }
      double edge = xs(figure).min().orElse(1);
      double[] xs = open.stream().mapToDouble(point -> log2(Double.isNaN(point.x()) ? edge : point.x())).toArray();
      XYSeries series = chart.addSeries(curve + ": " + name, xs, open.stream().mapToDouble(Point::top).toArray());
      tell(chart, series, OpenMark.UP, curve, color, open.stream().map(point -> curve
          + (Double.isNaN(point.x()) ? "" : " at " + number(point.x()) + " s") + ": " + name + ", over " + number(point.top()) + " s").toList());
      series.setLineStyle(SeriesLines.NONE);
      double beside = 0.075 * (chart.getStyler().getXAxisMax() - chart.getStyler().getXAxisMin());
      for (int i = 0; i < xs.length; i++) {
        chart.addAnnotation(new AnnotationText("over " + number(open.get(i).top()) + " s", xs[i] + beside, open.get(i).top(),
            false));
      }
    }
  }

  private static DoubleStream xs(Figure figure) {
    return DoubleStream.concat(
        figure.points().mapToDouble(Point::x),
        figure.published().stream().mapToDouble(Chart::x)).filter(x -> x > 0);
  }

  /** The axis is the measured values'; of the published curve it shows what is not far above them. */
  private static double top(Figure figure) {
    double measured = figure.points().mapToDouble(Point::top).max().orElse(1);
    return figure.published().stream().map(Published.Point::total).filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .filter(total -> total < FAR * measured).reduce(measured, Math::max);
  }

  static String number(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }
}
