// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import mplm.harness.report.Figure.Converged;
import mplm.harness.report.Figure.NotConverged;
import org.assertj.core.data.Offset;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

public class ChartTest {
  private Path folder;

  @BeforeClass
  public void place() throws Exception {
    System.setProperty("java.awt.headless", "true");
    folder = Files.createTempDirectory("mplm-chart");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws Exception {
    for (Path file : Files.list(folder).toList()) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  @Test
  public void theSameFigureGivesTheSameBytes() throws Exception {
    Figure figure = Figures.of(Rows.ofEveryKind()).get("MG");
    List<Path> first = Chart.write(figure, folder, "first");
    List<Path> second = Chart.write(figure, folder, "second");
    for (int i = 0; i < 2; i++) {
      assertThat(second.get(i)).hasSameBinaryContentAs(first.get(i));
    }
    assertThat(first.get(0)).satisfies(png -> assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G'));
  }

  @Test
  public void whatDidNotConvergeIsAnOpenMarkAtTheLimitAndNotOnTheLine() throws Exception {
    XYChart chart = Chart.draw(Figures.of(Rows.ofEveryKind()).get("MG"));
    XYSeries open = chart.getSeriesMap().get("stock: not converged");
    assertThat(open.getMarker()).isSameAs(OpenMark.UP);
    assertThat(open.getYData()).containsExactly(80);
    assertThat(Math.pow(2, open.getXData()[0])).isCloseTo(0.3, Offset.offset(1e-9));
    assertThat(chart.getSeriesMap().get("stock: migration time").getYData()).containsExactly(23.864);
    assertThat(Chart.draw(Figures.of(Rows.ofEveryKind().subList(1, 3)).get("MG")).getSeriesMap())
        .containsOnlyKeys("stock: migration time", "stock: downtime", "MPLM: migration time", "MPLM: downtime");
    // and the mark is painted: in the plot and in the legend
    assertThat(openMarks(Rows.ofEveryKind())).isEqualTo(2);
    assertThat(openMarks(Rows.ofEveryKind().subList(1, 3))).isZero();
  }

  @Test
  public void theFigureSaysWhatWasMigratedAndHowItWasMeasured() {
    Figure figure = Figures.of(Rows.ofEveryKind()).get("MG");
    assertThat(figure.title()).isEqualTo("MG class W, 2 vCPUs, 1GiB, 60Mbit/s");
    assertThat(figure.subtitle())
        .isEqualTo("under TCG, testbed namespaces, link shaped by tc tbf, measured on 2026-01-02, n = 1");
  }

  @Test
  public void repetitionsAreAveragedAndOutcomesNeverMixed() {
    Map<String, Figure> figures = Figures.of(List.of(
        Rows.completed("precopy:5s", 1, 20, 4), Rows.completed("precopy:5s", 2, 24, 5), Rows.notConverged("precopy:5s", 3),
        Rows.failed("precopy:5s", 4), Rows.completed("mplm", 1, 30, 6), Rows.completed("mplm", 2, 20, 8)));
    assertThat(figures).containsOnlyKeys("MG");
    Figure figure = figures.get("MG");
    assertThat(figure.stock()).hasSize(2).contains(new NotConverged(5, 80));
    assertThat(figure.stock().get(0)).isInstanceOfSatisfying(Converged.class, point -> {
      assertThat(point.x()).isEqualTo(5);
      assertThat(point.total()).isCloseTo(22, Offset.offset(1e-9));
      assertThat(point.downtime()).isCloseTo(4.5, Offset.offset(1e-9));
    });
    // MPLM stands at its own downtime
    assertThat(figure.mplm()).singleElement().isInstanceOfSatisfying(Converged.class, point -> {
      assertThat(point.x()).isCloseTo(7, Offset.offset(1e-9));
      assertThat(point.downtime()).isEqualTo(point.x());
    });
    assertThat(figure.subtitle()).endsWith("n = 2 to 3");
  }

  @Test
  public void trialsThatFailedGiveNoFigure() {
    assertThat(Figures.of(List.of(Rows.failed("mplm", 1)))).isEmpty();
  }

  @Test
  public void mplmThatDidNotConvergeIsDrawnToo() {
    List<TrialRow> rows = new ArrayList<>(Rows.ofEveryKind());
    rows.set(2, Rows.notConverged("mplm", 1));
    assertThat(Chart.draw(Figures.of(rows).get("MG")).getSeriesMap()).containsKey("MPLM: not converged");
  }

  private long openMarks(List<TrialRow> rows) throws Exception {
    Path svg = Chart.write(Figures.of(rows).get("MG"), folder, "marks").get(1);
    return Pattern.compile("<(ellipse|circle)[^>]*fill:rgb\\(255,255,255\\)").matcher(Files.readString(svg)).results().count();
  }
}
