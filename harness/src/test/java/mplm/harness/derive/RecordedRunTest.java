// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.harness.chart.Figure;
import mplm.harness.chart.Figures;
import mplm.harness.command.DeriveCommand;
import mplm.harness.command.ReportCommand;
import mplm.harness.file.Folders;
import mplm.harness.host.Cause;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.support.InRecordedRun;
import mplm.harness.support.Said;
import mplm.harness.verdict.Metric;
import mplm.harness.verdict.Observation;
import org.assertj.core.data.Percentage;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * All of the deriving, from a run that was recorded in a testbed of namespaces under TCG on 2026-11-26: a small guest moved by both
 * methods, one that stayed, one with its memory compared, one that did not converge, one whose program was done first. Its CSV files
 * are in {@code recorded-run.zip} as they were then. When a column is meant to change, unpack it, {@code mplm derive} it, look at the
 * difference, and pack it again.
 */
public class RecordedRunTest extends InRecordedRun {
  @Test
  public void everyCsvIsByteForByteWhatTheRunItselfWrote() throws Exception {
    Map<Path, String> recorded = csvs();
    // rows, methods, six timelines, four records of an echo
    assertThat(recorded).hasSize(2 + 6 + 4);
    for (Path csv : recorded.keySet()) {
      if (!csv.endsWith("echo.csv")) {
        Files.delete(csv);
      }
    }
    RunDerivation.of(run).again();
    Map<Path, String> derived = csvs();
    // and those of the report, which the test below derives twice
    assertThat(derived.keySet()).containsAll(recorded.keySet()).hasSize(recorded.size() + 4);
    recorded.forEach((file, text) -> assertThat(derived.get(file)).as(run.relativize(file).toString()).isEqualTo(text));
  }

  /** In a file of before, {@code method} is the name alone, and the settings stand apart. */
  @Test
  public void rowsOfAnEarlierFormatAreTheSameObservations() throws Exception {
    Path old = run.resolve("old.csv");
    Files.copy(RecordedRunTest.class.getResourceAsStream("trials-format-1.csv"), old);
    assertThat(old).content().doesNotContain("method_name", "mplm:epoch=1s");
    // which did not know what a program lost
    assertThat(RowSet.read(old).observations()).isEqualTo(RowSet.read(run.resolve("trials.csv")).observations().stream()
        .map(RecordedRunTest::withoutLost).toList())
        .extracting(Observation::method).contains("mplm:epoch=1s", "precopy:0.001s", "unmigrated");
  }

  private static Observation withoutLost(Observation of) {
    Map<Metric, Double> values = new LinkedHashMap<>(of.values());
    values.remove(Metric.LOST);
    return new Observation(of.experiment(), of.method(), of.engine(), of.round(), of.simulated(), of.outcome(), values);
  }

  @Test
  public void chartsAndReportAreTheSameEachTime() throws Exception {
    List<Path> files = RunDerivation.of(run).again();
    assertThat(files).extracting(file -> run.relativize(file).toString()).containsExactly("trials.csv", "methods.csv",
        "charts/measured.png", "charts/measured.svg", "charts/busy.png", "charts/busy.svg", "charts/figure.png",
            "charts/figure.svg",
        "charts/table1.png", "charts/table1.svg", "charts/lost/measured.png", "charts/lost/measured.svg",
        "charts/choice/measured.png", "charts/choice/measured.svg", "figure.csv", "table1.csv", "claims.csv", "distances.csv", "index.html",
            "report.md");
    Map<Path, byte[]> first = new LinkedHashMap<>();
    try (Stream<Path> all = Files.walk(run)) {
      for (Path file : all.filter(file -> files.contains(file) || file.endsWith("timeline.png")).toList()) {
        first.put(file, Files.readAllBytes(file));
      }
    }
    // and one of each trial that has something to show over time
    assertThat(first).hasSize(files.size() + 6);
    RunDerivation.of(run).again();
    first.forEach((file, bytes) -> assertThat(file).hasBinaryContent(bytes));
  }

  /** One file: it shows pictures, of which none is loaded; what it links to is there. */
  @Test
  public void theReportNeedsNoOtherFileAndItsLinksAreRight() throws Exception {
    RunDerivation.of(run).again();
    String html = Files.readString(run.resolve("index.html"));
    // six trials over time, two figures, Table I, and what the program of one experiment lost, in two pictures
    assertThat(Pattern.compile("<img [^>]*src=\"data:image/png;base64,").matcher(html).results()).hasSize(6);
    assertThat(Pattern.compile("<figure><svg role=\"group\" aria-label").matcher(html).results()).hasSize(2 + 1 + 2);
    assertThat(html.replace("xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "").replace("xmlns=\"http://www.w3.org/2000/svg\"", "")
        .replaceAll("url\\(#\\w+\\)", "")).doesNotContain("http://", "https://", "src=\"/", "<link", "@import", "url(")
        .doesNotContain(run.toString());
    // whole without the script, and what it needs
    assertThat(html.substring(0, html.indexOf("<script>"))).contains("<title>MPLM at ", "<tr class=\"curve-mplm\">", "<thead>");
    List<String> links = Pattern.compile("href=\"([^\"]*)\"").matcher(html).results().map(match -> match.group(1)).toList();
    assertThat(links).contains("trials.csv", "claims.csv", "charts/figure.svg", "trials/001-measured-mg.S-mplm-epoch-1s-1")
        .allSatisfy(link -> assertThat(run.resolve(link)).exists());
    String markdown = Files.readString(run.resolve("report.md"));
    for (String text : List.of("not full size: class S (there: C)", "mplm run recorded --seed 1 --repetitions 1",
        "| C4 | not run |",
        "| C5 | reproduced |",
        "![time that the program lost by each method, before, in and after its stop](charts/lost/measured.png)",
        "![each method at its migration time, over the time that the program lost, and over the downtime](charts/choice/measured.png)")) {
      assertThat(markdown).contains(text);
    }
    assertThat(html).contains("<td class=\"not-run\">not run</td>").contains("prefers-color-scheme: dark");
  }

  @Test
  public void whatIsScaledIsCalledSoEverywhere() throws Exception {
    RecordedRun.scale(run);
    RunDerivation.of(run).again();
    assertThat(rows().get("measured mplm")).containsEntry("scaled_to", "paper").containsEntry("scaled_factor", "0.333")
        .containsEntry("scaled_method", "mplm").containsEntry("ballast_bytes", "8388608");
    assertThat(rows().get("busy precopy")).containsEntry("scaled_to", "").containsEntry("ballast_bytes", "0");
    assertThat(Files.readString(run.resolve("methods.csv"))).containsPattern("measured,mplm:epoch=1s,.*,scaled")
        .containsPattern("busy,.*,not full size");
    // 21.21 s there are 7.07 s here
    assertThat(Files.readString(run.resolve("figure.csv"))).containsPattern("measured,measured,mg,mplm:epoch=1s,.*,scaled,9\n")
        .contains("published,measured,mg,mplm,,,20.75,,7.07,").contains("published,,mg,mplm,,,62.25,,21.21,");
    assertThat(Files.readString(run.resolve("table1.csv"))).containsPattern("measured,measured,mg,.*,scaled");
    assertThat(Files.readString(run.resolve("claims.csv"))).containsPattern("C5,[\\s\\S]*,measured,.*,scaled");
    assertThat(Files.readString(run.resolve("distances.csv"))).containsPattern("measured,mplm:epoch=1s,total,.*,20.75,.*,yes,");
    assertThat(Files.readString(run.resolve("proportions.csv"))).contains("in the live stage\",,6.8,6.8,",
        "measured,epoch over tau,,0.111111,0.111111,").containsPattern("measured,\"omega: rewritten .*\",,0.785556,[0-9.]+,[0-9.]+,");
    Figure figure = Figures.of(RunDerivation.of(run).rows()).get("measured");
    assertThat(figure.title()).endsWith(", scaled");
    assertThat(figure.subtitle()).startsWith("scaled, published x 0.333; ");
    for (String text : List.of("## Proportions", "measured in units of tau, one pass", "measured: set as in the paper",
        "MG class S, 1 vCPU, 256MiB, 8MiB ballast, 150Mbit/s, scaled", "measured 8MiB, verified 0B",
        "no disk (there: an image on NFS)")) {
      assertThat(Files.readString(run.resolve("report.md"))).contains(text);
    }
  }

  /** What a disk has lost of a trial costs no other its row. */
  @Test
  public void aTrialWhoseRecordsMakeNoSenseHasFailed() throws Exception {
    List<TrialRow> before = RunDerivation.of(run).rows();
    Path trials = run.resolve("trials");
    Path qmp = trials.resolve(before.get(0).planned().fileName()).resolve("qmp.jsonl");
    Files.writeString(qmp, Files.readString(qmp).substring(100));
    Path serial = trials.resolve(before.get(2).planned().fileName()).resolve("destination/serial.txt");
    Files.writeString(serial, "0.5 @mplm result repetition=x\n" + Files.readString(serial));
    RunDerivation.of(run).again();
    List<TrialRow> after = RunDerivation.of(run).rows();
    assertThat(RecordedRun.rows(run)).hasSameSizeAs(before).element(0).satisfies(row -> assertThat(row)
        .containsEntry("outcome", "failed").containsEntry("total_s", "").hasEntrySatisfying("reason", reason ->
            assertThat(reason).startsWith("its records make no sense: ").doesNotContain("\n")));
    for (int n = 1; n < before.size(); n++) {
      assertThat(after.get(n)).isEqualTo(before.get(n));
    }
  }

  @DataProvider
  public Object[][] nonsense() {
    return new Object[][] {{"qmp.jsonl"}, {"echo.csv"}, {"source/serial.txt"}};
  }

  @Test(dataProvider = "nonsense")
  public void whateverStandsInARecordNoOtherRowIsLost(String record) throws Exception {
    List<TrialRow> before = RunDerivation.of(run).rows();
    Path file = run.resolve("trials").resolve(before.get(0).planned().fileName()).resolve(record);
    assertThat(file).exists();
    for (byte[] bytes : List.of(new byte[] {(byte) 0xff, '\n'}, "a\n".getBytes(StandardCharsets.UTF_8))) {
      Files.write(file, bytes);
      List<TrialRow> after = RunDerivation.of(run).rows();
      assertThat(after.subList(1, after.size())).isEqualTo(before.subList(1, before.size()));
      assertThat(after.get(0).outcome()).isEqualTo(Outcome.FAILED);
    }
  }

  @Test
  public void aDamagedJournalAndARunWithoutRecordsAreRefusedAndKeepTheirRows() throws Exception {
    String rows = Files.readString(run.resolve("trials.csv"));
    Path journal = run.resolve("trials/001-measured-mg.S-mplm-epoch-1s-1/journal.jsonl");
    String text = Files.readString(journal);
    for (String damaged : List.of("{]}\n", text.replace("\"t\"", "\"when\""), text.replace("completed", "done"))) {
      Files.writeString(journal, damaged);
      assertThatThrownBy(() -> RunDerivation.ofRecords(run).again()).isInstanceOf(BadInput.class)
          .hasMessageStartingWith(journal + ": is not the journal of a trial, or damaged: ").hasMessageNotContaining("\n");
    }
    RecordedRun.remove(run.resolve("trials"));
    assertThatThrownBy(() -> RunDerivation.ofRecords(run)).isInstanceOf(BadInput.class)
        .hasMessage(run + ": has no folder trials with what was recorded; its rows alone, trials.csv, are for mplm compare");
    assertThat(run.resolve("trials.csv")).hasContent(rows);
  }

  /** Rows are never fewer without a word: what a folder was renamed or removed by, nobody asked for that. */
  @Test
  public void rowsWhoseRecordsAreNotThereAreKeptUnlessTheyAreToBeDropped() throws Exception {
    String rows = Files.readString(run.resolve("trials.csv"));
    RecordedRun.remove(run.resolve("trials/002-measured-mg.S-unmigrated-1"));
    assertThatThrownBy(() -> RunDerivation.ofRecords(run)).isInstanceOf(BadInput.class)
        .hasMessage(run + ": trials.csv has rows of trials whose records are not there, or not whole: trials/002-measured-mg.S-unmigrated-1;"
            + " mplm derive --drop-missing " + run + " drops these rows");
    assertThat(run.resolve("trials.csv")).hasContent(rows);
    // a full disk or a kill has cut its last line off, in a quoted cell
    Files.writeString(run.resolve("trials.csv"), rows + "recorded,\"recor");
    assertThatThrownBy(() -> RunDerivation.ofRecords(run)).isInstanceOf(BadInput.class).hasMessageContaining("002-measured");
    Files.writeString(run.resolve("trials.csv"), rows);
    RunDerivation.ofSomeRecords(run).again();
    assertThat(rows()).hasSize((int) rows.lines().count() - 2);
    // and now no row is lost any more
    assertThat(RunDerivation.ofRecords(run).missing()).extracting(PlannedTrial::number).containsExactly(2);
  }

  /** A row is kept before anything is drawn of it, and whatever that comes to. */
  @Test
  public void aTimelineThatCannotBeWrittenComesAfterTheRow() throws Exception {
    RunDerivation derivation = RunDerivation.of(run);
    PlannedTrial first = derivation.manifest().plan().get(0);
    Path timeline = derivation.folder(first).timeline();
    Files.delete(timeline);
    Files.createDirectory(timeline);
    List<TrialRow> kept = new ArrayList<>();
    assertThatThrownBy(() -> derivation.trial(first, kept::add)).isInstanceOf(IOException.class);
    assertThat(kept).hasSize(1);
  }

  /** SIGSTOP for 8 s amid its migration, as its journal tells it: nothing of it is a measurement, and no other trial suffers. */
  @Test
  public void aTrialWhoseControllerStoodStillIsNoMeasurement() throws Exception {
    List<TrialRow> before = RunDerivation.of(run).rows();
    Path journal = run.resolve("trials").resolve(before.get(0).planned().fileName()).resolve("journal.jsonl");
    String text = Files.readString(journal);
    int end = text.lastIndexOf("{\"t\"");
    String absent = text.substring(end, text.indexOf(",\"event\"", end)) + ",\"event\":\"absent\",\"s\":8.04}\n";
    Files.writeString(journal, text.substring(0, end) + absent + text.substring(end));
    RunDerivation.of(run).again();
    assertThat(RecordedRun.rows(run)).hasSameSizeAs(before).element(0).satisfies(row -> assertThat(row)
        .containsEntry("outcome", "failed").containsEntry("total_s", "").containsEntry("downtime_s", "").containsEntry("program_s", "")
        .containsEntry("reason", "the controller stood still for 8.0 s (stopped, suspended or paused) while it measured:"
            + " nothing that it measured holds"));
    // after a minute the hosts have ended what they ran for it, which is no lack of memory
    Files.writeString(journal, text.substring(0, end) + absent.replace("8.04", "61.04") + text.substring(end)
        .replace("\"outcome\":\"completed\"", "\"outcome\":\"failed\",\"reason\":\"source: QEMU was killed by signal 9 (SIGKILL)\""));
    assertThat(RunDerivation.of(run).rows().get(0).reason()).hasValueSatisfying(reason -> assertThat(reason)
        .startsWith("the controller stood still for 61.0 s").endsWith("(source: QEMU was killed by signal 9 (SIGKILL))")
        .satisfies(told -> assertThat(Cause.of(told)).contains(Cause.CONTROLLER_STOOD)));
    // before it measures, while the guest boots, it may
    Files.writeString(journal, "{\"t\":0.000001,\"event\":\"absent\",\"s\":8.04}\n" + text);
    assertThat(RunDerivation.of(run).rows()).isEqualTo(before);
  }

  /** The source's clock is set back an hour between two events: STOP is an hour early by its own time. */
  @Test
  public void aClockThatIsSetMeanwhileMovesNoDowntime() throws Exception {
    RunDerivation derivation = RunDerivation.of(run);
    derivation.again();
    double before = Double.parseDouble(RecordedRun.rows(run).get(0).get("downtime_s"));
    Path qmp = run.resolve("trials").resolve(derivation.manifest().plan().get(0).fileName()).resolve("qmp.jsonl");
    List<String> lines = new ArrayList<>();
    boolean set = false;
    for (String line : Files.readAllLines(qmp)) {
      Matcher seconds = Pattern.compile("\"seconds\":(\\d+)").matcher(line);
      set |= line.contains("\"event\":\"STOP\"");
      lines.add(set && line.contains("\"peer\":\"source\"") && seconds.find()
          ? seconds.replaceFirst("\"seconds\":" + (Long.parseLong(seconds.group(1)) - 3600)) : line);
    }
    assertThat(set).isTrue();
    Files.write(qmp, lines);
    derivation.again();
    assertThat(RecordedRun.rows(run)).element(0).satisfies(row -> {
      assertThat(row).containsEntry("outcome", "completed");
      assertThat(row.get("downtime_disagreement")).isEmpty();
      assertThat(Double.parseDouble(row.get("downtime_s"))).isCloseTo(before, Percentage.withPercentage(5));
      assertThat(Double.parseDouble(row.get("downtime_stop_resume_s"))).isCloseTo(before, Percentage.withPercentage(10));
    });
  }

  /** A trial that is there twice would have two rows, and be counted twice. */
  @Test
  public void aRunWithATrialOrAnExperimentTwiceIsRefused() throws Exception {
    Path file = run.resolve("run.json");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"number\" : 2", "\"number\" : 1"));
    assertThatThrownBy(() -> RunDerivation.of(run)).isInstanceOf(BadInput.class).message()
        .matches(file + ":\\d+: trials: 1 is there twice");
    Files.writeString(file, text.replaceFirst("\"name\" : \"busy\"", "\"name\" : \"measured\""));
    assertThatThrownBy(() -> RunDerivation.of(run)).isInstanceOf(BadInput.class).message()
        .matches(file + ":\\d+: experiments: measured is there twice");
  }

  @Test
  public void rowsOfTwoRunsOfOneKindStandInOneReport() throws Exception {
    Path other = run.resolve("other");
    Files.createDirectories(other);
    Files.writeString(other.resolve("run.json"), Files.readString(run.resolve("run.json")));
    RunDerivation one = RunDerivation.of(run);
    List<TrialRow> rows = new ArrayList<>(one.rows());
    rows.addAll(one.rows());
    Report both = new Report(run.resolve("both"), List.of(one, RunDerivation.of(other)));
    assertThat(both.write(rows)).allSatisfy(file -> assertThat(file).exists());
    assertThat(Files.readString(run.resolve("both/figure.csv"))).containsPattern("measured,measured,mg,mplm:epoch=1s,,2,");
    assertThat(Files.readString(run.resolve("both/index.html"))).contains("href=\"../trials.csv\"", "12 of 12: ");
  }

  /** The rows themselves, by what is known of this run from its raw data. */
  @Test
  public void rowsSayWhatWasRecorded() throws Exception {
    Map<String, Map<String, String>> rows = rows();
    assertThat(rows).hasSize(6);
    assertThat(rows.get("measured unmigrated")).containsEntry("outcome", "completed").containsEntry("total_s", "");
    assertThat(rows.get("busy precopy")).containsEntry("outcome", "not converged").containsEntry("downtime_s", "");
    assertThat(rows.get("short precopy")).containsEntry("outcome", "ended before migration did");
    assertThat(rows.get("verified mplm")).containsEntry("memory_compared", "equal").containsEntry("downtime_s", "");
    Map<String, String> mplm = rows.get("measured mplm");
    assertThat(mplm).containsEntry("downtime_by", "guest").containsEntry("mplm_end", "nondirty-empty")
        .containsEntry("downtime_disagreement", "");
    // fetches of the live stage over their time; the rows keep both, so the quotient can be formed again
    double rate = Double.parseDouble(mplm.get("dirty_pages_per_s"));
    double pages = Double.parseDouble(mplm.get("mplm_fetched_pages"));
    assertThat(pages / rate).isLessThanOrEqualTo(Double.parseDouble(mplm.get("mplm_live_s")) + 0.1).isPositive();
  }

  /** A run that is going on, or was killed: what is finished is derived, the rest is not there. */
  @Test
  public void aTrialWithoutAnEndHasNoRow() throws Exception {
    RecordedRun.cutOff(run, "003-measured-mg.S-precopy-20s-1");
    RunDerivation.of(run).again();
    assertThat(rows()).hasSize(5).doesNotContainKey("measured precopy");
  }

  @Test
  public void runsOfTheSameKindCanBeComparedAndOthersNot() throws Exception {
    RunDerivation here = RunDerivation.of(run);
    RunComparison comparison = new RunComparison(here, here);
    assertThat(comparison.obstacles()).isEmpty();

    Path other = run.resolve("other");
    Files.createDirectories(other);
    String manifest = Files.readString(run.resolve("run.json"));
    Files.writeString(other.resolve("run.json"), manifest.replaceAll("\"cores\" : \"2\"", "\"cores\" : \"64\"")
        .replace("\"protection\" : \"none\"", "\"protection\" : \"tls\"")
        .replaceAll("(\"goodput_bits_per_s_at.400Mbit/s\" : \"\\d)", "$19").replace("\"link\" : \"20Mbit/s\"", "\"link\" : \"21Mbit/s\""));
    assertThat(new RunComparison(here, RunDerivation.of(other)).obstacles()).hasSize(5)
        .contains("destination.cores: 2, 64", "source.cores: 2, 64", "stream_protection: none, tls",
            "experiment short: MG class S, 1 vCPU, 256MiB, 20Mbit/s, MG class S, 1 vCPU, 256MiB, 21Mbit/s")
        .anyMatch(text -> text.startsWith("link.goodput_bits_per_s_at.400Mbit/s: "));
  }

  /** A suite that takes too long for one night is made a benchmark at a time. */
  @Test
  public void runsOfOneSuitesExperimentsMakeOneReport() throws Exception {
    List<RunDerivation> parts = new ArrayList<>();
    for (String experiment : List.of("measured", "short")) {
      parts.add(RunDerivation.of(part(experiment)));
    }
    assertThat(new RunComparison(parts.get(0), parts.get(1)).obstacles()).isNotEmpty();
    assertThat(new RunComparison(parts.get(0), parts.get(1)).obstaclesToOneReport()).isEmpty();

    List<TrialRow> rows = new ArrayList<>();
    for (RunDerivation part : parts) {
      rows.addAll(part.rows());
    }
    new Report(run.resolve("both"), parts).write(rows);
    assertThat(Files.readString(run.resolve("both/report.md"))).contains("## measured: MG class S", "## short: MG class S",
        "| measured | MG class S", "| short | MG class S");
    assertThat(RecordedRun.table(run.resolve("both/figure.csv"))).extracting(row -> row.get("experiment")).contains("measured", "short");

    String other = Files.readString(parts.get(1).run().resolve("run.json")).replaceFirst("\"engine_hash\" : \"", "$0f");
    Files.writeString(parts.get(1).run().resolve("run.json"), other.replace("\"name\" : \"short\"", "\"name\" : \"measured\"")
        .replace("\"link\" : \"20Mbit/s\"", "\"link\" : \"21Mbit/s\""));
    assertThat(new RunComparison(parts.get(0), RunDerivation.of(parts.get(1).run())).obstaclesToOneReport())
        .anyMatch(text -> text.startsWith("engine: ")).anyMatch(text -> text.startsWith("experiment measured: "));
  }

  /** A run that differs from the one before it need not differ from the first. */
  @Test
  public void eachRunOfAReportIsHeldAgainstAllBefore() throws Exception {
    Path first = part("measured");
    Path second = part("short");
    Path third = Files.createDirectory(run.resolve("third"));
    Files.createSymbolicLink(third.resolve("trials"), run.resolve("trials"));
    Files.writeString(third.resolve("run.json"), Files.readString(second.resolve("run.json"))
        .replace("\"run\" : \"short\"", "\"run\" : \"third\"").replace("\"link\" : \"20Mbit/s\"", "\"link\" : \"21Mbit/s\""));
    Path report = run.resolve("report");

    Said two = report(report, first, third);
    assertThat(two.exitCode()).as(two.err()).isZero();
    assertThat(RecordedRun.table(report.resolve("trials.csv"))).extracting(row -> row.get("experiment")).contains("measured", "short");
    assertThat(report.resolve("methods.csv")).isNotEmptyFile();
    Folders.remove(report);
    Said all = report(report, first, second, third);
    assertThat(all.exitCode()).isEqualTo(2);
    assertThat(all.err()).contains("the rows of " + second + " and " + third + " cannot stand together", "experiment short: ");
    assertThat(report).doesNotExist();
  }

  private static Said report(Path output, Path... runs) {
    return Said.by(new ReportCommand(),
        Stream.concat(Stream.of("--output", output.toString()), Stream.of(runs).map(Path::toString)).toArray(String[]::new));
  }

  /** The experiments of one are on other pairs of hosts than those of the other. */
  @Test
  public void aReportOfRunsNamesThePairsOfAll() throws Exception {
    List<RunDerivation> parts = new ArrayList<>();
    List<TrialRow> rows = new ArrayList<>();
    for (String experiment : List.of("measured", "short")) {
      Path file = part(experiment).resolve("run.json");
      String pair = "pair-of-" + experiment;
      String manifest = Files.readString(file).replace("\"testbed\" : \"namespaces\"", "\"testbed\" : \"none\"");
      Files.writeString(file, manifest.replace("\"pairs\" : { }", "\"pairs\" : { \"" + experiment + "\" : \"" + pair + "\" }"));
      parts.add(RunDerivation.of(file.getParent()));
      rows.addAll(parts.get(parts.size() - 1).rows());
    }
    new Report(run.resolve("both"), parts).write(rows);
    assertThat(Files.readString(run.resolve("both/report.md"))).contains("2 pairs of hosts",
        "measured on pair-of-measured, short on pair-of-short");
  }

  /** The run as if it had been made with that experiment only. */
  private Path part(String experiment) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json.readTree(run.resolve("run.json").toFile());
    for (Map.Entry<String, String> of : Map.of("experiments", "name", "trials", "experiment").entrySet()) {
      Iterator<JsonNode> all = manifest.get(of.getKey()).elements();
      while (all.hasNext()) {
        if (!all.next().get(of.getValue()).asText().equals(experiment)) {
          all.remove();
        }
      }
    }
    ((ObjectNode) manifest.get("setting")).put("run", experiment);
    ((ObjectNode) manifest.get("environment").get("link")).put("goodput_bits_per_s_at." + experiment, "1"); // as of its own rate
    Path part = Files.createDirectory(run.resolve(experiment));
    json.writerWithDefaultPrettyPrinter().writeValue(part.resolve("run.json").toFile(), manifest);
    Files.createSymbolicLink(part.resolve("trials"), run.resolve("trials"));
    return part;
  }

  /** Without it the command would build another engine than the one that ran. */
  @Test
  public void theCommandThatRepeatsARunNamesTheSourceOfItsEngine() throws Exception {
    Path file = run.resolve("run.json");
    String manifest = Files.readString(file);
    RunDerivation.of(run).again();
    assertThat(Files.readString(run.resolve("report.md"))).doesNotContain("--qemu-source")
        .contains("harness/bin/mplm run recorded --seed 1", "engine/qemu/build --qemu 10.0 prints");
    for (String source : List.of("folder 0123", "tarball 4567")) {
      Files.writeString(file, manifest.replaceFirst("\"qemu.source\" : \"debian [^\"]*", "\"qemu.source\" : \"" + source));
      RunDerivation.of(run).again();
      assertThat(Files.readString(run.resolve("report.md"))).as(source).doesNotContain("MPLM_ENGINE")
          .containsPattern("harness/bin/mplm run .* --qemu-source qemu-10\\.\\d");
    }
  }

  /** By its name alone another suite would be run, or none. */
  @Test
  public void theCommandThatRepeatsARunNamesTheFileOfItsSuite() throws Exception {
    Path file = run.resolve("run.json");
    String manifest = Files.readString(file);
    for (Map.Entry<String, String> asked : Map.of("mine/recorded.yaml", "mine/recorded.yaml", "John's suites/recorded.yaml",
        "'John'\\''s suites/recorded.yaml'").entrySet()) {
      Files.writeString(file, manifest.replaceFirst("\"suite\"", "\"asked\" : \"" + asked.getKey() + "\",\n  \"suite\""));
      RunDerivation.of(run).again();
      assertThat(Files.readString(run.resolve("report.md"))).contains("harness/bin/mplm run " + asked.getValue() + " --seed 1");
    }
  }

  /** A reader who meets "loopback" wants to know whether somebody chose it; results do not differ by that. */
  @Test
  public void theReportSaysWhyTheTestbedIsNoBetterOne() throws Exception {
    Path file = run.resolve("run.json");
    String loopback = Files.readString(file).replace("\"testbed\" : \"namespaces\"", "\"testbed\" : \"loopback\"");
    Files.writeString(file, loopback);
    RunDerivation plain = RunDerivation.of(run);
    plain.again();
    assertThat(Files.readString(run.resolve("report.md"))).contains("| testbed | loopback, on one machine |");
    Path why = Files.createDirectories(run.resolve("why"));
    Files.writeString(why.resolve("run.json"), loopback.replaceFirst("\"environment\" : \\{",
        "$0 \"testbed\" : {\"namespaces\" : \"the kernel lacks sch_tbf\"},"));
    assertThat(new RunComparison(plain, RunDerivation.of(why)).obstacles()).isEmpty();
    Files.move(why.resolve("run.json"), file, StandardCopyOption.REPLACE_EXISTING);
    RunDerivation.of(run).again();
    assertThat(Files.readString(run.resolve("report.md")))
        .contains("| testbed | loopback, on one machine; not namespaces: the kernel lacks sch\\_tbf |");
  }

  /** What a newer version wrote may mean something else: nothing is made of it, of its rows alone neither. */
  @Test
  public void aRunOfANewerFormatIsRefused() throws Exception {
    Path file = run.resolve("run.json");
    String manifest = Files.readString(file);
    assertThat(RunManifest.read(run).formatVersion()).isEqualTo(1); // it was recorded before run.json said it
    Files.writeString(file, manifest.replaceFirst("\\{", "{ \"format_version\" : 3,"));
    assertThat(RunManifest.read(run).formatVersion()).isEqualTo(RunManifest.FORMAT);
    Files.writeString(file, manifest.replaceFirst("\\{", "{ \"format_version\" : 4, \"new_key\" : [],"));
    String told = file + ": format_version: 4, allowed: up to 3; a newer version of the kit wrote this run, which that version or a"
        + " newer one can read";
    assertThatThrownBy(() -> RunDerivation.of(run)).isInstanceOf(BadInput.class).hasMessage(told);
    assertThatThrownBy(() -> RowSet.read(run.resolve("trials.csv"))).isInstanceOf(BadInput.class).hasMessage(told);
  }

  @Test
  public void aFolderThatHoldsNoRunIsRefused() {
    assertThatThrownBy(() -> RunDerivation.of(run.resolve("trials"))).isInstanceOf(BadInput.class).hasMessageContaining("run.json");
  }

  private Map<Path, String> csvs() throws IOException {
    Map<Path, String> csvs = new TreeMap<>();
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".csv")).toList()) {
        csvs.put(file, Files.readString(file));
      }
    }
    return csvs;
  }

  private Map<String, Map<String, String>> rows() throws Exception {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (Map<String, String> row : RecordedRun.rows(run)) {
      rows.put(row.get("experiment") + " " + row.get("method_name"), row);
    }
    return rows;
  }

  /** Its row has all that was measured; what is left of its records has hardly anything. */
  @Test
  public void aRowIsNotReplacedByOneOfAPartOfItsRecords() throws Exception {
    String rows = Files.readString(run.resolve("trials.csv"));
    for (String gone : List.of("qmp.jsonl", "source/serial.txt")) {
      Path file = run.resolve("trials/003-measured-mg.S-precopy-20s-1").resolve(gone);
      byte[] before = Files.readAllBytes(file);
      Files.delete(file);
      Said refused = Said.by(new DeriveCommand(), run.toString());
      assertThat(refused.exitCode()).as(gone).isEqualTo(2);
      assertThat(refused.err()).contains("not whole: trials/003-measured-mg.S-precopy-20s-1; mplm derive --drop-missing " + run);
      assertThat(run.resolve("trials.csv")).hasContent(rows);
      Files.write(file, before);
    }
  }

  @Test
  public void theCommandDropsRowsWhenAskedAndNamesEachTrialWithoutOne() throws Exception {
    RecordedRun.cutOff(run, "003-measured-mg.S-precopy-20s-1");
    Said refused = Said.by(new DeriveCommand(), run.toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("mplm derive --drop-missing " + run);
    Said dropped = Said.by(new DeriveCommand(), "--drop-missing", run.toString());
    assertThat(dropped.exitCode()).as(dropped.err()).isZero();
    assertThat(dropped.out()).startsWith(run.resolve("trials.csv").toString())
        .contains("no row: trial 3, measured mg.S precopy:20s #1: its records are not there, or not whole");
  }

  @Test
  public void aRunThatComparesEnginesHasNoOtherReport() throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json.readTree(run.resolve("run.json").toFile());
    manifest.putObject("engines").put("budget", "60s").putObject("properties").set("base", manifest.get("engine"));
    json.writeValue(run.resolve("run.json").toFile(), manifest);
    Said said = report(run.resolve("report"), run);
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).contains(run + ": compares engines; its report is its verdict: mplm compare " + run);
    assertThat(run.resolve("report")).doesNotExist();
  }

  @Test
  public void aReportOfSeveralRunsStandsBesideTheLastAndInNoOther() throws Exception {
    Path measured = part("measured");
    Path other = part("short");
    Said said = Said.by(new ReportCommand(), measured.toString(), other.toString());
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(run.resolve("short-and-1-more/index.html")).isNotEmptyFile();
    assertThat(said.out()).contains(run.resolve("short-and-1-more/trials.csv").toString());
    Said refused = report(measured, measured, other);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).isEqualTo("--output " + measured
        + ": is the folder of a run, whose report stands there; allowed: any other folder");
    assertThat(measured.resolve("index.html")).doesNotExist();
    // the name says which run is last, and not which the others are
    byte[] rows = Files.readAllBytes(run.resolve("short-and-1-more/trials.csv"));
    Said another = Said.by(new ReportCommand(), part("busy").toString(), other.toString());
    assertThat(another.exitCode()).isEqualTo(2);
    assertThat(another.err()).isEqualTo(run.resolve("short-and-1-more") + ": has the report of measured, short; --output DIR names another folder");
    assertThat(run.resolve("short-and-1-more/trials.csv")).hasBinaryContent(rows);
    assertThat(Said.by(new ReportCommand(), measured.toString(), other.toString()).exitCode()).isZero();
  }

  /** Nobody may take trials of two days for those of one. */
  @Test
  public void aReportOfSeveralRunsHasTheDaysOfAll() throws Exception {
    Path first = part("measured");
    Path second = part("short");
    Path manifest = second.resolve("run.json");
    Files.writeString(manifest, Files.readString(manifest).replaceFirst("(\"started\" ?: ?\")\\d{4}-\\d\\d-\\d\\d", "$12099-12-31"));
    assertThat(report(run.resolve("days"), first, second).exitCode()).isZero();
    assertThat(run.resolve("days/report.md")).content().containsPattern("Measured on 20\\d\\d-\\d\\d-\\d\\d to 2099-12-31 under ");
  }

  /** What was measured of its guest before says how long a pass takes. */
  @Test
  public void aScaledCellWithoutAGuestHasThePublishedValuesEvenSo() throws Exception {
    RecordedRun.scale(run);
    Files.writeString(run.resolve("trials/003-measured-mg.S-scaled-precopy-20s-1/journal.jsonl"),
        "{\"t\":1.0,\"event\":\"end\",\"outcome\":\"failed\",\"reason\":\"no boot\"}\n");
    RunDerivation.ofSomeRecords(run).again();
    assertThat(run.resolve("report.md")).content().contains("in units of tau").doesNotContain("NaN");
  }

  @Test
  public void runsOfOtherProgramsCannotBeCompared() throws Exception {
    Path other = Files.createDirectories(run.resolve("once"));
    String manifest = Files.readString(run.resolve("run.json"));
    Files.writeString(other.resolve("run.json"), manifest.replaceFirst("\"iterations\" : null", "\"iterations\" : 3"));
    assertThat(new RunComparison(RunDerivation.of(run), RunDerivation.of(other)).obstacles())
        .anyMatch(text -> text.matches("program of measured: all iterations, .*, 3 iterations, .*"));
  }
}
