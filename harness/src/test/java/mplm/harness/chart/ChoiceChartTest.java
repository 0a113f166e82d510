// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.migration.Method;
import mplm.engine.simulate.Bound;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import mplm.harness.result.Rows;
import mplm.harness.support.InFolder;
import org.knowm.xchart.XYChart;
import org.testng.annotations.Test;

public class ChoiceChartTest extends InFolder {
  private static final OptionalDouble NONE = OptionalDouble.empty();
  private static final List<MethodSummary> METHODS = List.of(
      summary("unmigrated", 3, 0, NONE, NONE, NONE), summary("mplm", 3, 0, OptionalDouble.of(14), OptionalDouble.of(2.5), OptionalDouble.of(3)),
      summary("precopy:0.3s", 0, 3, NONE, NONE, NONE),
      summary("precopy:20s", 2, 1, OptionalDouble.of(12), OptionalDouble.of(6), OptionalDouble.of(6.5)),
      summary("postcopy:after=1pass", 3, 0, OptionalDouble.of(11), OptionalDouble.of(0.1), OptionalDouble.of(-0.2)));

  private static final ChoiceChart.Best UNKNOWN = new ChoiceChart.Best(List.of(), "no trace is of this guest");
  private static final ChoiceChart.Best BEST = new ChoiceChart.Best(List.of(point(9, 4), point(9.001, 3.999), point(12, 1), point(13, 0.5)),
      "computed from a trace");

  private static Bound.Point point(double total, double downtime) {
    return new Bound.Point(Duration.ofNanos(Math.round(total * 1e9)), Duration.ofNanos(Math.round(downtime * 1e9)));
  }

  private static MethodSummary summary(String method, long completed, long open, OptionalDouble total, OptionalDouble downtime,
      OptionalDouble lost) {
    return new MethodSummary(Rows.completed("mplm", 1, 1, 1).planned().experiment(), Optional.of(Rows.completed("mplm", 1, 1, 1).setting()),
        Method.parse(method), Map.of(Outcome.COMPLETED, completed, Outcome.NOT_CONVERGED, open), total, downtime, NONE, NONE, lost, NONE,
        lost.isPresent() ? completed : 0, NONE, NONE, NONE);
  }

  @Test
  public void eachMethodThatCompletedIsAPointInBothPanelsAndTheOthersAreNamed() {
    List<XYChart> panels = ChoiceChart.draw(METHODS, UNKNOWN);
    assertThat(panels).hasSize(2).allSatisfy(panel -> assertThat(panel.getSeriesMap())
        .containsOnlyKeys("mplm (n = 3)", "precopy:0.3s (0 of 3 completed)", "precopy:20s (2 of 3 completed)",
            "postcopy:after=1pass (n = 3)"));
    assertThat(panels.get(0).getSeriesMap().get("mplm (n = 3)").getXData()).containsExactly(14);
    assertThat(panels.get(0).getSeriesMap().get("mplm (n = 3)").getYData()).containsExactly(3);
    assertThat(panels.get(1).getSeriesMap().get("mplm (n = 3)").getYData()).containsExactly(2.5);
    assertThat(panels.get(0).getSeriesMap().get("postcopy:after=1pass (n = 3)").getYData()).as("less than nothing is none").containsExactly(0);
  }

  /** It bounds the downtime, and not what a program loses: a frontier that is at one place twice is drawn there once. */
  @Test
  public void theBestPossibleIsALineOverTheDowntimeAlone() throws Exception {
    List<XYChart> panels = ChoiceChart.draw(METHODS, BEST);
    assertThat(panels.get(0).getSeriesMap()).doesNotContainKey("best possible, computed");
    assertThat(panels.get(1).getSeriesMap().get("best possible, computed").getXData()).containsExactly(9, 9, 12, 13, 1.1 * 14);
    assertThat(panels.get(1).getSeriesMap().get("best possible, computed").getYData()).containsExactly(1.1 * 6, 4, 1, 0.5, 0.5);
    assertThat(Files.readString(ChoiceChart.write(METHODS, BEST, folder, "best").get(1))).contains(">computed from a trace<");
    assertThat(Files.readString(ChoiceChart.write(METHODS, UNKNOWN, folder, "unknown").get(1))).contains(">no trace is of this guest<")
        .doesNotContain("best possible, computed");
  }

  @Test
  public void whereNobodyKnowsWhatTheProgramLostThereIsOnePanel() {
    List<MethodSummary> unknown = List.of(METHODS.get(0), summary("mplm", 3, 0, OptionalDouble.of(14), OptionalDouble.of(2.5), NONE));
    assertThat(ChoiceChart.draw(unknown, BEST)).singleElement().satisfies(panel -> assertThat(panel.getYAxisTitle()).isEqualTo("downtime, seconds"));
  }

  @Test
  public void theSameSummariesGiveTheSameBytesAndPointsSayTheirValues() throws Exception {
    List<Path> first = ChoiceChart.write(METHODS, BEST, folder, "first");
    List<Path> second = ChoiceChart.write(METHODS, BEST, folder, "second");
    for (int i = 0; i < 2; i++) {
      assertThat(second.get(i)).hasSameBinaryContentAs(first.get(i));
    }
    assertThat(Files.readString(first.get(1))).contains("<title>mplm (n = 3): migration time 14.00 s, time that the program lost 3.00 s</title>",
        "<title>postcopy:after=1pass (n = 3): migration time 11.00 s, downtime 0.10 s</title>");
  }
}
