// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import mplm.engine.migration.Method;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import mplm.harness.result.Rows;
import mplm.harness.support.InFolder;
import org.assertj.core.data.Offset;
import org.knowm.xchart.CategoryChart;
import org.testng.annotations.Test;

public class LostChartTest extends InFolder {
  private static final OptionalDouble NONE = OptionalDouble.empty();
  private static final List<MethodSummary> METHODS = List.of(summary("mplm", 0.5, 3, 0.25), summary("postcopy:after=1pass", -0.01, 0.1, 4));

  private static MethodSummary summary(String method, double before, double blackout, double after) {
    return new MethodSummary(Rows.completed("mplm", 1, 1, 1).planned().experiment(), Optional.of(Rows.completed("mplm", 1, 1, 1).setting()),
        Method.parse(method), Map.of(Outcome.COMPLETED, 3L), NONE, NONE, NONE, NONE, OptionalDouble.of(before + blackout + after), NONE, 3,
        OptionalDouble.of(before), OptionalDouble.of(blackout), OptionalDouble.of(after));
  }

  @Test
  public void aBarPerMethodIsPartedIntoBeforeBlackoutAndAfter() {
    CategoryChart chart = LostChart.draw(METHODS);
    assertThat(chart.getStyler().isStacked()).isTrue();
    assertThat(chart.getSeriesMap().keySet()).containsExactly("slowed before", "blackout", "slowed after");
    assertThat(chart.getSeriesMap().values()).allSatisfy(series ->
        assertThat(List.<Object>copyOf(series.getXData())).containsExactly("mplm", "postcopy:after=1pass"));
    assertThat(values(chart, "slowed before")).as("less than nothing is none").containsExactly(0.5, 0.0);
    assertThat(values(chart, "blackout")).containsExactly(3.0, 0.1);
    assertThat(values(chart, "slowed after")).containsExactly(0.25, 4.0);
  }

  /** With its value and the number of trials; a part that is none can be pointed at too. */
  @Test
  public void aBarSaysWhatItIsToWhoPointsAtIt() throws Exception {
    String svg = Files.readString(LostChart.write(METHODS, folder, "told").get(1));
    assertThat(svg).contains("<title>mplm: slowed before 0.50 s; lost in all 3.75 s (medians, n = 3)</title>",
        "<title>mplm: blackout 3.00 s; lost in all", "<title>postcopy:after=1pass: slowed before -0.01 s; ",
        "<title>postcopy:after=1pass: slowed after 4.00 s; lost in all 4.09 s");
    Pattern bar = Pattern.compile("<rect class=\"point (\\S+)\" x=\"([0-9.]+)\" y=\"([0-9.]+)\" width=\"([0-9.]+)\" height=\"([0-9.]+)\"");
    List<MatchResult> bars = bar.matcher(svg).results().toList();
    assertThat(bars.stream().map(found -> found.group(1)))
        .containsExactly("curve-slowed-before", "curve-slowed-before", "curve-blackout", "curve-blackout", "curve-slowed-after", "curve-slowed-after");
    double[] heights = bars.stream().mapToDouble(found -> Double.parseDouble(found.group(5))).toArray();
    assertThat(heights[2] / heights[0]).as("3 s and 0.5 s").isCloseTo(6, Offset.offset(0.2));
    assertThat(svg).as("the bars of a part are hidden by its name").containsPattern("<(path|rect) class=\"curve-blackout\" ");
  }

  @Test
  public void theSameSummariesGiveTheSameBytes() throws Exception {
    List<Path> first = LostChart.write(METHODS, folder, "first");
    List<Path> second = LostChart.write(METHODS, folder, "second");
    for (int i = 0; i < 2; i++) {
      assertThat(second.get(i)).hasSameBinaryContentAs(first.get(i));
    }
  }

  private static List<Double> values(CategoryChart chart, String part) {
    return chart.getSeriesMap().get(part).getYData().stream().map(Number::doubleValue).toList();
  }
}
