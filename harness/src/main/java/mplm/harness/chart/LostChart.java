// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.harness.result.MethodSummary;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws what the program lost by each method of an experiment: a bar per method, parted into before, blackout and after. Medians. */
public final class LostChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 560;
  private static final Color BEFORE = new Color(0x1F4E9E);
  private static final Color AFTER = new Color(0x3B7A3B);

  private LostChart() {}

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same summaries give the same bytes. */
  public static List<Path> write(List<MethodSummary> methods, Path folder, String name) throws IOException {
    return Chart.write(() -> draw(methods), folder, name);
  }

  static CategoryChart draw(List<MethodSummary> methods) {
    CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle("seconds").build();
    Chart.title(chart, "Time that the program lost: " + methods.get(0).experiment().title());
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE).setChartFontColor(Color.BLACK).setChartPadding(16);
    styler.setLegendPosition(LegendPosition.OutsideE).setLegendFont(new Font(Chart.FONT, Font.PLAIN, 12)).setLegendBorderColor(Color.WHITE);
    styler.setAxisTitleFont(new Font(Chart.FONT, Font.PLAIN, 13)).setAxisTickLabelsFont(new Font(Chart.FONT, Font.PLAIN, 12));
    styler.setStacked(true).setAvailableSpaceFill(0.6).setXAxisLabelRotation(30).setPlotBorderVisible(false);
    styler.setYAxisDecimalPattern("0.###").setYAxisMin(0.0).setLocale(Locale.ROOT);
    bars(chart, "slowed before", methods, MethodSummary::lostBefore, BEFORE);
    bars(chart, "blackout", methods, MethodSummary::lostBlackout, Chart.DOWNTIME);
    bars(chart, "slowed after", methods, MethodSummary::lostAfter, AFTER);
    return chart;
  }

  /** A part that is below zero, within its error, is none. */
  private static void bars(CategoryChart chart, String name, List<MethodSummary> methods, Function<MethodSummary, OptionalDouble> part,
      Color color) {
    chart.addSeries(name, methods.stream().map(MethodSummary::name).toList(),
        methods.stream().map(summary -> Math.max(0, part.apply(summary).orElse(0))).toList())
        .setFillColor(new ToldColor(color, Chart.word(name), methods.stream().map(summary -> told(summary, name, part)).toList()));
  }

  /** What a bar says to who points at it. */
  private static String told(MethodSummary summary, String name, Function<MethodSummary, OptionalDouble> part) {
    return String.format(Locale.ROOT, "%s: %s %s; lost in all %s%s (medians, n = %d)", summary.name(), name, time(part.apply(summary)),
        time(summary.lost()), summary.lostError().isPresent() ? String.format(Locale.ROOT, " ± %.2f", summary.lostError().getAsDouble()) : "",
        summary.lostKnown());
  }

  private static String time(OptionalDouble seconds) {
    return seconds.isPresent() ? String.format(Locale.ROOT, "%.2f s", seconds.getAsDouble()) : "not known";
  }
}
