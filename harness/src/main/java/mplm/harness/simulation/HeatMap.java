// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.engine.simulate.Simulated;
import mplm.engine.unit.Bandwidth;
import mplm.harness.chart.Chart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** Draws a simulated sweep over one guest: a cell for each link and method, the darker the longer; one that did not converge is empty. */
public final class HeatMap {
  private static final int CELL_WIDTH = 110;
  private static final int CELL_HEIGHT = 34;
  private static final int AROUND_WIDTH = 560;
  private static final int AROUND_HEIGHT = 240;
  private static final String FONT = "DejaVu Sans";
  private static final int DIGITS = 3;

  private HeatMap() {}

  /**
   * Writes a PNG and an SVG of the migration time and of the downtime.
   *
   * @param tables of one guest, a link each, with the same methods
   * @param name how the files begin
   * @return their paths; none if no migration came to its end, for then there is nothing to draw
   */
  public static List<Path> write(List<SimulationTable> tables, Path folder, String name) throws IOException {
    if (tables.stream().flatMap(table -> table.rows().stream()).noneMatch(row -> row.total().isPresent())) {
      return List.of();
    }
    List<Path> files = new ArrayList<>(Chart.write(
        () -> draw(tables, "migration time, seconds", row -> seconds(row.total())), folder, name + "-total"));
    files.addAll(Chart.write(
        () -> draw(tables, "downtime, seconds", row -> seconds(row.downtime())), folder, name + "-downtime"));
    return files;
  }

  private static OptionalDouble seconds(Optional<Duration> time) {
    return time.map(t -> OptionalDouble.of(t.toNanos() / 1e9)).orElse(OptionalDouble.empty());
  }

  private static HeatMapChart draw(List<SimulationTable> tables, String what, Function<Simulated, OptionalDouble> value) {
    List<String> links = tables.stream().map(SimulationTable::link).map(Bandwidth::toString).toList();
    // the y axis begins below
    List<String> methods = new ArrayList<>(tables.get(0).rows().stream().map(Simulated::method).toList());
    Collections.reverse(methods);
    HeatMapChart chart = new HeatMapChartBuilder()
        .width(AROUND_WIDTH + CELL_WIDTH * links.size()).height(AROUND_HEIGHT + CELL_HEIGHT * methods.size())
        .title("Simulated " + what).xAxisTitle("link; guest: " + tables.get(0).trace().source()).yAxisTitle("method").build();
    List<Number[]> cells = new ArrayList<>();
    for (int link = 0; link < links.size(); link++) {
      for (int method = 0; method < methods.size(); method++) {
        OptionalDouble seconds = value.apply(tables.get(link).rows().get(methods.size() - 1 - method));
        if (seconds.isPresent()) {
          // it shows what it is given
          cells.add(new Number[] {link, method, new BigDecimal(seconds.getAsDouble()).round(new MathContext(DIGITS)).doubleValue()});
        }
      }
    }
    if (cells.size() < links.size() * methods.size()) {
      chart.setTitle(chart.getTitle() + "; empty: not converged");
    }
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE).setChartFontColor(Color.BLACK).setChartPadding(16);
    styler.setChartTitleFont(new Font(FONT, Font.BOLD, 14)).setChartTitleBoxVisible(false);
    styler.setLocale(Locale.ROOT);
    styler.setLegendFont(new Font(FONT, Font.PLAIN, 11)).setLegendBorderColor(Color.WHITE);
    styler.setAxisTitleFont(new Font(FONT, Font.PLAIN, 11)).setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 11));
    styler.setHeatMapValueDecimalPattern("0.###");
    styler.setShowValue(true).setValueFont(new Font(FONT, Font.PLAIN, 11)).setValueFontColor(Color.BLACK);
    styler.setRangeColors(new Color[] {new Color(0xF4F7FC), new Color(0xE2A47F)});
    chart.addSeries("seconds", links, methods, cells);
    return chart;
  }
}
