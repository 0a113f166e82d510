// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.paper.Claim;
import mplm.harness.paper.Elbow;
import mplm.harness.result.Cell;
import mplm.harness.result.Rows;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import org.testng.annotations.Test;

public class AnswerTest {
  private static final Experiment MG = Rows.experiment("MG", "W", 2, "1GiB", "60Mbit/s");
  private static final List<TrialRow> CURVE = List.of(Rows.completed("precopy:20s", 1, 26, 13), Rows.completed("precopy:5s", 1, 27, 4),
      Rows.completed("precopy:2s", 1, 60, 1.9), Rows.notConverged("precopy:0.3s", 1), Rows.completed("mplm", 1, 20.25, 6));

  @Test
  public void theElbowIsTheSettingNearestToNeitherTimeNorDowntime() {
    assertThat(Elbow.of(Cell.of(CURVE))).hasValueSatisfying(cell -> assertThat(cell.method()).hasToString("precopy:5s"));
    // what did not converge bends the curve, and two points are none
    assertThat(Elbow.of(Cell.of(List.of(CURVE.get(0), CURVE.get(1), CURVE.get(3))))).isPresent();
    assertThat(Elbow.of(Cell.of(List.of(CURVE.get(0), CURVE.get(1), CURVE.get(4))))).isEmpty();
    assertThat(Elbow.of(Cell.of(List.of(Rows.notConverged("precopy:1s", 1), Rows.notConverged("precopy:2s", 1),
        Rows.notConverged("precopy:3s", 1))))).isEmpty();
  }

  @Test
  public void anExperimentIsToldInSentences() {
    List<Cell> cells = Cell.of(CURVE);
    assertThat(Answer.of(cells, Claim.check(cells))).singleElement().satisfies(answer -> {
      assertThat(answer.found()).isEqualTo("MPLM took 20.25 s, with 6.00 s of downtime (n = 1). Stock pre-copy's elbow is at a maximum"
          + " tolerable downtime of 5.00 s, where it took 27.00 s, with 4.00 s of downtime (n = 1); MPLM's time is 0.750 times that,"
          + " its downtime 1.50 times. precopy:0.3s did not converge within 80.00 s (1 of 1).");
      assertThat(answer.claims()).contains("C1").contains("not run: ");
    });
    assertThat(Answer.lines(cells)).hasSize(2).first().asString().startsWith("MG: MPLM took 20.25 s");
    assertThat(Answer.lines(cells).get(1)).startsWith("claims ").contains("C4");
  }

  /** One sentence, not one for each of seven settings, before the chart is seen. */
  @Test
  public void methodsThatEndedAlikeAreToldTogether() {
    List<Cell> cells = Cell.of(List.of(Rows.notConverged("precopy:1s", 1), Rows.endedBefore(MG, "precopy:3s", 1, 30), Rows.notConverged("precopy:2s", 1),
        Rows.endedBefore(MG, "precopy:4s", 1, 30)));
    assertThat(Answer.lines(cells).get(0)).isEqualTo("MG: precopy:1s, precopy:2s did not converge within 80.00 s (1 of 1 each). precopy:3s, precopy:4s"
        + " were still migrating when the program was done, after 30.00 s (1 of 1 each).");
  }

  @Test
  public void whatCannotBeSaidIsNotSaid() {
    for (List<TrialRow> rows : List.of(List.of(Rows.completed("precopy:20s", 1, 26, 13)), List.of(Rows.failed("mplm", 1)),
        List.of(Rows.endedBefore(MG, "precopy:1s", 1, 30)))) {
      assertThat(Answer.lines(Cell.of(rows)).get(0)).doesNotContain("elbow", "MPLM took", "NaN");
    }
    assertThat(Answer.lines(Cell.of(List.of(Rows.failed("mplm", 1)))).get(0)).isEqualTo("MG: 1 trial has failed.");
    assertThat(Answer.lines(Cell.of(List.of(Rows.endedBefore(MG, "precopy:1s", 1, 30)))).get(0))
        .isEqualTo("MG: precopy:1s was still migrating when the program was done, after 30.00 s (1 of 1).");
  }

  /** Before the first rule, the first table of hosts and the first trial: sentence and chart of each experiment, and the claims. */
  @Test
  public void theReportBeginsWithWhatWasFound() throws Exception {
    Path run = RecordedRun.unpack();
    try {
      RunDerivation.of(run).again();
      for (String file : List.of("index.html", "report.md")) {
        String text = Files.readString(run.resolve(file));
        assertThat(text.indexOf("MPLM took ")).as(file).isBetween(0, text.indexOf("What ran where"));
      }
      String html = Files.readString(run.resolve("index.html"));
      assertThat(html.indexOf("MPLM took ")).isLessThan(html.indexOf("<figure"));
      assertThat(List.of("<figure", ">Claims<", "Rule: ", "What ran where", ">Trials<").stream().map(html::indexOf).toList())
          .isSorted().doesNotContain(-1);
      assertThat(html.substring(0, html.indexOf("Rule: "))).contains("<details><summary>The rules");
      assertThat(html).as("of what no trial was timed there is no table").doesNotContain("<tbody>\n</tbody>");
      assertThat(Files.readString(run.resolve("report.md"))).doesNotContain("--- |\n\n");
    } finally {
      RecordedRun.remove(run);
    }
  }

  /** What a reader of the repository opens is what a run gives today. */
  @Test
  public void theExampleInTheRepositoryIsOfThisReport() throws Exception {
    Path run = RecordedRun.unpack();
    try {
      RunDerivation.of(run).again();
      assertThat(words(Files.readString(Path.of("../reports/example/index.html"))))
          .isEqualTo(words(Files.readString(run.resolve("index.html"))));
    } finally {
      RecordedRun.remove(run);
    }
  }

  /** All but the name of the run's folder, and how pictures are drawn, which is a matter of fonts: of a chart, what its points say. */
  private static String words(String html) {
    return Pattern.compile("(?s)<svg .*?</svg>").matcher(html).replaceAll(svg -> Matcher.quoteReplacement(
        Pattern.compile("<title>[^<]*</title>").matcher(svg.group()).results().map(MatchResult::group).collect(Collectors.joining("\n"))))
        .replaceAll("base64,[^\"]*", "").replaceAll("mplm derive [^<]*", "mplm derive RUN");
  }
}
