// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import mplm.harness.derive.Timeline.Series;
import mplm.harness.record.RawTrial;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.support.InRecordedRun;
import org.knowm.xchart.XYChart;
import org.testng.annotations.Test;

/** What a policy that makes forecasts said of them, in the timeline of its trial and in the picture. */
public class TimelineTest extends InRecordedRun {
  private static final Pattern FIGURES = Pattern.compile("\"mplm\":\\{\"end\"");

  /** The recorded trial, as if from its second look on the policy had planned a stop that comes nearer. */
  private Timeline foreseen() throws Exception {
    Path qmp = folder().path().resolve("qmp.jsonl");
    Matcher answers = FIGURES.matcher(Files.readString(qmp));
    int[] look = {0};
    Files.writeString(qmp, answers.replaceAll(found -> look[0]++ == 0 ? found.group() : "\"mplm\":{\"forecast-period\":900,"
        + "\"forecast-confidence\":85,\"forecast-stop\":" + (4000 - 100 * Math.min(look[0], 40)) + ",\"forecast-downtime\":1500,\"end\""));
    assertThat(look[0]).isGreaterThan(10);
    return Timeline.of(RawTrial.read(folder()), row());
  }

  private TrialFolder folder() {
    return RunDerivation.of(run).folder(planned());
  }

  private PlannedTrial planned() {
    return RunDerivation.of(run).manifest().plan().get(0);
  }

  private TrialRow row() throws Exception {
    return RunDerivation.of(run).rows().get(0);
  }

  @Test
  public void aForecastIsInEachLookThatHasOne() throws Exception {
    Timeline timeline = foreseen();
    int looks = timeline.series(Series.EPOCHS).size();
    assertThat(timeline.series(Series.FORECAST_STOP)).hasSize(looks - 1).first().satisfies(point -> assertThat(point[1]).isEqualTo(3.8));
    assertThat(timeline.series(Series.FORECAST_PERIOD)).allSatisfy(point -> assertThat(point[1]).isEqualTo(0.9));
    assertThat(timeline.series(Series.FORECAST_CONFIDENCE)).allSatisfy(point -> assertThat(point[1]).isEqualTo(85));
    assertThat(timeline.series(Series.FORECAST_DOWNTIME)).allSatisfy(point -> assertThat(point[1]).isEqualTo(1.5));
  }

  @Test
  public void whatWasExpectedIsDrawnBesideWhatCame() throws Exception {
    Timeline timeline = foreseen();
    TrialRow row = row();
    List<XYChart> panels = TimelineChart.panels(timeline, row);
    assertThat(panels).hasSize(6);
    assertThat(panels.get(1).getSeriesMap()).containsKeys("until the stop", "downtime then", "guest's period");
    double real = row.downtimes().headline().orElseThrow().value().toNanos() / 1e9;
    assertThat(panels.get(1).getSeriesMap().get("real downtime").getYData()[0]).isCloseTo(real, within(1e-9));
    assertThat(panels.get(2).getSeriesMap().get("that writes repeat").getYData()).containsOnly(85);
    TimelineChart.write(timeline, row, folder().path());
    assertThat(ImageIO.read(folder().path().resolve("timeline.png").toFile()).getHeight()).isEqualTo(6 * 260);
  }

  @Test
  public void aPolicyWithoutForecastsHasNoPanelOfThem() throws Exception {
    Timeline timeline = Timeline.of(RawTrial.read(folder()), row());
    assertThat(timeline.series(Series.FORECAST_STOP)).isEmpty();
    assertThat(TimelineChart.panels(timeline, row())).hasSize(4);
  }
}
