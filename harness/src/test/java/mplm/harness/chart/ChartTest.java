// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import mplm.harness.chart.Figure.Converged;
import mplm.harness.chart.Figure.NotConverged;
import mplm.harness.paper.Published;
import mplm.harness.paper.RateTable;
import mplm.harness.result.Cell;
import mplm.harness.result.Rows;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.support.InFolder;
import org.assertj.core.data.Offset;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.testng.annotations.Test;

public class ChartTest extends InFolder {
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
    assertThat(((ToldMark) open.getMarker()).shape()).isSameAs(OpenMark.UP);
    assertThat(open.getYData()).containsExactly(80);
    assertThat(Math.pow(2, open.getXData()[0])).isCloseTo(0.3, Offset.offset(1e-9));
    assertThat(chart.getSeriesMap().get("stock: migration time").getYData()).containsExactly(23.864);
    assertThat(Chart.draw(Figures.of(Rows.ofEveryKind().subList(1, 3)).get("MG")).getSeriesMap())
        .doesNotContainKeys("stock: not converged", "MPLM: not converged")
        .containsKeys("stock: migration time", "stock: downtime", "MPLM: migration time", "MPLM: downtime");
    // and the mark is painted: in the plot and in the legend
    assertThat(openMarks(Rows.ofEveryKind())).isEqualTo(2);
    assertThat(openMarks(Rows.ofEveryKind().subList(1, 3))).isZero();
  }

  /** Who searches, selects or listens to a chart has its words; who points at a point has its value. */
  @Test
  public void anSvgHasItsTextsAsTextAndItsPointsSayTheirValues() throws Exception {
    List<TrialRow> rows = List.of(Rows.completed("precopy:5s", 1, 20, 4), Rows.completed("precopy:5s", 2, 24, 5),
        Rows.completed("precopy:5s", 3, 28, 6), Rows.notConverged("precopy:0.3s", 1), Rows.completed("mplm", 1, 20.25, 6));
    String svg = Files.readString(Chart.write(Figures.of(rows).get("MG"), folder, "texts").get(1));
    List<String> texts = Pattern.compile("<text[^>]*>([^<]*)</text>").matcher(svg).results().map(match -> match.group(1)).toList();
    assertThat(texts).contains("MG class W, 2 vCPUs, 1GiB, 60Mbit/s", "stock: migration time", "MPLM: downtime", "seconds",
        "maximum tolerable downtime (MPLM: its own downtime), seconds", "over 80 s", "published: downtime", "4", "80")
        .anyMatch(text -> text.startsWith("not full size; under TCG, testbed namespaces"));
    // nobody points at what is far above the plot
    String low = Files.readString(Chart.write(Figures.of(List.of(Rows.completed("mplm", 1, 2, 1))).get("MG"), folder, "low").get(1));
    assertThat(low).contains("<title>MPLM at 1 s: migration time 2 s (n = 1)</title>").doesNotContain("<title>published: migration time");
    assertThat(svg).contains("<title>stock at 5 s: migration time 24 ± 9.94 s (n = 3)</title>",
        "<title>MPLM at 6 s: downtime 6 s (n = 1)</title>", "<title>stock at 0.3 s: not converged, over 80 s</title>",
        "<title>published: downtime, MPLM at 21.2 s: 21.2 s</title>");
    // lines, marks and error bars of a curve can be hidden together
    assertThat(Pattern.compile("<line class=\"curve-stock\"").matcher(svg).results().count()).isGreaterThanOrEqualTo(6);
    assertThat(svg).contains("class=\"curve-mplm\"", "class=\"point curve-published\"");
  }

  /** XChart sets a title in the middle of the plot and cuts off what is left of the picture. */
  @Test
  public void aLongTitleIsSmallerAndIsCutWhereItDoesNotFitSoNoneBeginsOutsideOfThePicture() throws Exception {
    for (int letters : new int[] {20, 70, 90, 200}) {
      String title = "An integer sort of 1.A ".repeat(10).substring(0, letters);
      Figure figure = new Figure(title, "measured", Figures.of(Rows.ofEveryKind()).get("MG").curves(), List.of());
      String svg = Files.readString(Chart.write(figure, folder, "title-" + letters).get(1));
      var drawn = Pattern.compile("translate\\(([-0-9.]+) [^>]*>\\s*<text[^>]*>(An integer[^<]*)</text>").matcher(svg);
      assertThat(drawn.find()).as(letters + " letters").isTrue();
      assertThat(Double.parseDouble(drawn.group(1))).as(letters + " letters").isNotNegative();
      assertThat(drawn.group(2)).isEqualTo(letters < 200 ? title.strip() : drawn.group(2));
      assertThat(drawn.group(2).endsWith(" ...")).isEqualTo(letters == 200);
    }
  }

  /** They have no maximum tolerable downtime to stand at, and there are not looks enough for them. */
  @Test
  public void moreOtherMethodsThanThereAreLooksAreNotDrawn() throws Exception {
    List<TrialRow> rows = new ArrayList<>(Rows.ofEveryKind());
    for (String method : List.of("kubevirt", "small-gain", "stop-and-copy")) {
      rows.add(Rows.completed(method, 1, 20, 4));
    }
    Figure three = Figures.of(rows).get("MG");
    assertThat(Chart.draw(three).getSeriesMap()).containsKeys("kubevirt: downtime", "small-gain: downtime", "stop-and-copy: downtime");
    assertThat(Files.readString(Chart.write(three, folder, "three").get(1))).doesNotContain("other methods");
    rows.add(Rows.notConverged("nova", 1));
    Figure four = Figures.of(rows).get("MG");
    assertThat(Chart.draw(four).getSeriesMap()).containsKeys("stock: downtime", "MPLM: downtime")
        .doesNotContainKeys("kubevirt: downtime", "small-gain: downtime", "stop-and-copy: downtime", "nova: not converged");
    assertThat(Files.readString(Chart.write(four, folder, "four").get(1))).contains("; without 4 other methods</text>");
  }

  /** As of a figure of several days, of which some methods stand elsewhere. */
  @Test
  public void aLongSubtitleIsWithinThePicture() throws IOException {
    Figure figure = Figures.of(Rows.ofEveryKind()).get("MG");
    for (int more : new int[] {0, 12, 24, 36}) {
      String said = figure.subtitle() + " to 2026-01-03" + "; more".repeat(more / 6);
      Path svg = Chart.write(new Figure(figure.title(), said, figure.curves(), figure.published()), folder, "long").get(1);
      Matcher text = Pattern.compile("translate\\(([0-9.-]+) [0-9.]+\\)\">\\s*<text [^>]*>" + Pattern.quote(said) + "</text>").matcher(Files.readString(svg));
      assertThat(text.find()).isTrue();
      double width = new Font(Chart.FONT, Font.PLAIN, 12).getStringBounds(said, new FontRenderContext(null, true, true)).getWidth();
      double x = Double.parseDouble(text.group(1));
      assertThat(x).as(text.group(1)).isPositive();
      assertThat(x + width).as(text.group(1)).isLessThan(1000);
    }
  }

  @Test
  public void theFigureSaysWhatWasMigratedAndHowItWasMeasured() {
    Figure figure = Figures.of(Rows.ofEveryKind()).get("MG");
    assertThat(figure.title()).isEqualTo("MG class W, 2 vCPUs, 1GiB, 60Mbit/s");
    assertThat(figure.subtitle())
        .isEqualTo("not full size; under TCG, testbed namespaces, link shaped by tc tbf, measured on 2026-01-02, n = 1");
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
      assertThat(point.total().value()).isCloseTo(22, Offset.offset(1e-9));
      assertThat(point.downtime().value()).isCloseTo(4.5, Offset.offset(1e-9));
    });
    // MPLM stands at its own downtime
    assertThat(figure.mplm()).singleElement().isInstanceOfSatisfying(Converged.class, point -> {
      assertThat(point.x()).isCloseTo(7, Offset.offset(1e-9));
      assertThat(point.downtime().value()).isEqualTo(point.x());
    });
    assertThat(figure.subtitle()).endsWith("n = 2 to 3");
  }

  @Test
  public void aProgramThatWasDoneFirstIsAnOpenMarkOfItsOwn() {
    XYChart chart = Chart.draw(Figures.of(List.of(Rows.endedBefore(Rows.fullSize("MG"), "precopy:0.3s", 1, 42),
        Rows.endedBefore(Rows.fullSize("MG"), "precopy:0.3s", 2, 44))).get("MG"));
    XYSeries open = chart.getSeriesMap().get("stock: program done first");
    assertThat(((ToldMark) open.getMarker()).shape()).isSameAs(OpenMark.UP);
    assertThat(open.getYData()).containsExactly(44);
    assertThat(chart.getSeriesMap()).doesNotContainKeys("stock: not converged", "stock: migration time");
  }

  @Test
  public void threeRepetitionsHaveAConfidenceIntervalAndTwoHaveNone() {
    List<TrialRow> rows = List.of(Rows.completed("precopy:5s", 1, 20, 4), Rows.completed("precopy:5s", 2, 24, 5),
        Rows.completed("precopy:5s", 3, 28, 6));
    Converged three = (Converged) Figures.of(rows).get("MG").stock().get(0);
    // s = 4, n = 3: t(0.975, 2) = 4.3027
    assertThat(three.total()).satisfies(mean -> assertThat(mean.halfWidth().orElseThrow()).isCloseTo(9.937, Offset.offset(1e-3)));
    assertThat(Chart.draw(Figures.of(rows).get("MG")).getSeriesMap().get("stock: migration time").getExtraValues()).hasSize(1);
    Figure two = Figures.of(rows.subList(0, 2)).get("MG");
    assertThat(((Converged) two.stock().get(0)).total().halfWidth()).isEmpty();
    assertThat(Chart.draw(two).getSeriesMap().get("stock: migration time").getExtraValues()).isNull();
  }

  @Test
  public void thePublishedCurveIsBehindABenchmarkOfThePaperAndNoOther() {
    XYChart chart = Chart.draw(Figures.of(Rows.ofEveryKind()).get("MG"));
    assertThat(chart.getSeriesMap().get("published: migration time").getYData()).containsExactly(90.5, 91.5, 81.5, 80, 61.5, 29.5,
        27.7);
    assertThat(chart.getSeriesMap().get("published: migration time, MPLM").getYData()).containsExactly(62.25);
    // SP's 984 s do not squash what was measured
    XYChart sp = Chart.draw(Figures.of(List.of(Rows.completed(Rows.fullSize("SP"), "mplm", 1, 24, 5, 1))).get("SP"));
    assertThat(sp.getStyler().getYAxisMax()).isLessThan(100);
    List<TrialRow> lu = List.of(Rows.completed(Rows.experiment("WRITER", "S", 2, "1GiB", "1Gbit/s"), "mplm", 1, 24, 5, 1));
    assertThat(Chart.draw(Figures.of(lu).get("WRITER")).getSeriesMap()).containsOnlyKeys("MPLM: migration time", "MPLM: downtime");
  }

  @Test
  public void scaledExperimentsAreCalledSoAndHavePublishedValuesInProportion() {
    Experiment scaled = Rows.scaled("MG");
    List<TrialRow> rows = List.of(Rows.completed(scaled, scaled.methods().get(7).toString(), 1, 20, 7, 9000));
    Figure figure = Figures.of(rows).get("MG");
    assertThat(figure.title()).endsWith(", scaled");
    assertThat(figure.subtitle()).startsWith("scaled, published x 0.333; under TCG");
    assertThat(Chart.draw(figure).getSeriesMap().get("published: migration time, MPLM").getYData()).containsExactly(62.25 / 3);
    XYChart rates = RateChart.draw(RateTable.of(Cell.of(rows), Published.read()));
    assertThat(rates.getXAxisTitle()).contains("share of the link");
    assertThat(rates.getSeriesMap()).containsOnlyKeys("published", "measured, scaled");
    // of the published ones MG alone, since nothing says how long a pass of the others took
    assertThat(rates.getSeriesMap().get("published").getYData()).containsExactly(21.21 / 27);
    assertThat(rates.getSeriesMap().get("measured, scaled").getYData()[0]).isCloseTo(7.0 / 9, Offset.offset(1e-4));
  }

  @Test
  public void aSheetHasAllPanelsTwoBesideEachOther() throws Exception {
    Figure figure = Figures.of(Rows.ofEveryKind()).get("MG");
    List<Path> sheet = Sheet.write(List.of(figure, figure, figure), folder, "sheet");
    BufferedImage image = ImageIO.read(sheet.get(0).toFile());
    XYChart panel = Chart.draw(figure);
    assertThat(image.getWidth()).isEqualTo(2 * panel.getWidth());
    assertThat(image.getHeight()).isEqualTo(2 * panel.getHeight());
    // one in each plot, one in each legend
    assertThat(openMarks(sheet.get(1))).isEqualTo(3 * 2);
    List<Path> again = Sheet.write(List.of(figure, figure, figure), folder, "again");
    for (int i = 0; i < 2; i++) {
      assertThat(again.get(i)).hasSameBinaryContentAs(sheet.get(i));
    }
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
    return openMarks(Chart.write(Figures.of(rows).get("MG"), folder, "marks").get(1));
  }

  private static long openMarks(Path svg) throws Exception {
    return Pattern.compile("<(ellipse|circle)[^>]*fill:rgb\\(255,255,255\\)").matcher(Files.readString(svg)).results().count();
  }

  @Test
  public void theMarksOfTheRateChartSayTheirValuesInTheUnitThatCanBeCompared() throws Exception {
    Experiment mg = Rows.fullSize("MG");
    List<TrialRow> rows = List.of(Rows.completed(mg, "mplm", 1, 60, 20, 30_000), Rows.completed(mg, "mplm", 2, 62, 22, 30_000),
        Rows.completed(mg, "mplm", 3, 64, 24, 30_000));
    String svg = Files.readString(RateChart.write(RateTable.of(Cell.of(rows), Published.read()), folder, "rates").get(1));
    assertThat(svg).contains("<title>MG: 30.00 thousand pages/s, downtime 22.00 ± 4.97 s (n = 3)</title>",
        ">dirty page rate in the live stage, 1000 pages/s<")
        .containsPattern("<title>MG: [\\d.]+ thousand pages/s, downtime 21\\.21 s, published</title>");
    Experiment scaled = Rows.scaled("MG");
    List<TrialRow> one = List.of(Rows.completed(scaled, scaled.methods().get(7).toString(), 1, 20, 7, 9000));
    assertThat(Files.readString(RateChart.write(RateTable.of(Cell.of(one), Published.read()), folder, "passes").get(1)))
        .containsPattern("<title>MG: dirtied against sent \\d\\.\\d\\d, downtime 0\\.\\d\\d passes \\(n = 1\\)</title>")
        .containsPattern("downtime 0\\.79 passes, published</title>");
  }
}
