// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import mplm.harness.derive.RecordedRun;
import mplm.harness.file.Folders;
import mplm.harness.support.InFolder;
import mplm.harness.support.Said;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import org.w3c.dom.Element;

/** The command over simulated rows, which {@code simulate} makes here, and over a recorded run. */
public class CompareCommandTest extends InFolder {
  private static final String GUEST = "synthetic:memory=256MiB,set=64MiB,at=128MiB,rate=5000,pattern=random,length=30s";

  private Path simulated;
  private Path run;

  @BeforeClass
  public void makeRows() throws Exception {
    simulated = folder.resolve("simulated.csv");
    // a scheduler that hardly ever sends what has not been dirtied yet, and the paper's
    assertThat(Said.by(new SimulateCommand(), GUEST, GUEST.replace("5000", "0"), "--link", "240Mbit/s", "--limit", "120s",
        "--methods", "mplm,mplm:share=95,mixed,precopy:5s,stop-and-copy", "--trials", simulated.toString(), "--charts",
        folder.resolve("charts").toString()).exitCode()).isZero();
    run = RecordedRun.unpack(folder.resolve("run"));
    Files.writeString(folder.resolve("few.csv"), "experiment,method,outcome,origin\nMG,mplm,completed,measured\n");
  }

  @Test
  public void aWorseSchedulerIsCaughtBySimulation() throws Exception {
    Path json = folder.resolve("verdict.json");
    Path junit = folder.resolve("verdict.xml");
    Path markdown = folder.resolve("verdict.md");
    Said said = compare(simulated, simulated, "--methods", "mplm,mplm:share=95,mixed", "--json", json.toString(), "--junit",
        junit.toString(), "--markdown", markdown.toString());
    assertThat(said.exitCode()).as(said.err()).isEqualTo(ExitCode.FAILED);
    assertThat(said.out())
        .containsPattern("rate-5000.* mplm -> mplm:share=95,mixed +migration time, s .* worse, computed: nothing varies")
        .containsPattern("rate-0.* same, computed").contains("verdict: worse (");
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.get("verdict").asText()).isEqualTo("worse");
    assertThat(root.get("differences")).hasSize(6).allSatisfy(d -> assertThat(d.get("base_n").asInt()).isEqualTo(1));
    Element suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(junit.toFile()).getDocumentElement();
    // all of these are required by Jenkins' schema, junit-10.xsd of its xUnit plugin
    for (String attribute : List.of("name", "tests", "failures", "errors")) {
      assertThat(suite.getAttribute(attribute)).as(attribute).isNotEmpty();
    }
    assertThat(suite.getAttribute("tests")).isEqualTo("6");
    assertThat(suite.getElementsByTagName("failure").getLength()).isPositive()
        .isEqualTo(Integer.parseInt(suite.getAttribute("failures")));
    assertThat(markdown).content().contains("| experiment | method |", "verdict: worse");
    // the other way round it takes less time, for more downtime
    assertThat(compare(simulated, simulated, "--methods", "mplm:share=95,mixed,mplm").out())
        .containsPattern("migration time, s .* better, ").containsPattern("downtime, s .* worse, ");
  }

  /** One file that needs no other: each ratio is a point that says its values, and what was judged alike is hidden together with its rows. */
  @Test
  public void aPageShowsAllRatios() throws Exception {
    Path page = folder.resolve("verdict.html");
    assertThat(compare(simulated, simulated, "--methods", "mplm,mplm:share=95,mixed", "--html", page.toString()).exitCode())
        .isEqualTo(ExitCode.FAILED);
    String html = Files.readString(page);
    assertThat(html).containsPattern("<figure><svg role=\"group\" aria-label=\"Ratio of [^\"]+; 1 is equal\"")
        .containsPattern("class=\"point curve-worse\"[^\n]+aria-label=\"[^\"\n]*rate-5000[^\"\n]* mplm -> mplm:share=95,mixed, migration time, s: "
            + "[\\d.]+ against [\\d.]+, ratio [\\d.]+, n = 1: worse")
        .contains("<tr class=\"curve-worse\">", "<tr class=\"curve-same\">").doesNotContain("<img ");
  }

  /** Its times are others in each experiment, and by the name that the suite gives it all of them are judged together. */
  @Test
  public void aMethodInProportionIsOneMethod() throws Exception {
    String columns = "run,repetition,experiment,method,method_name,scaled_method,outcome,origin,total_s,downtime_s,max_tolerable_downtime_s,"
        + "mplm_policy,mplm_epoch_s,mplm_batch_pages,mplm_dirty_share_percent,mplm_first_epoch_nondirty,mplm_strict_scan,lost_s\n";
    StringBuilder rows = new StringBuilder(columns);
    for (int n = 1; n <= 3; n++) {
      for (String guest : List.of("MG,1", "IS,2", "SP,3", "BT,4")) {
        String[] scaled = guest.split(",");
        rows.append(String.format(Locale.ROOT, "one,%d,%s,mplm:epoch=%ss,mplm,mplm,completed,measured,%d.%d,2,,,,,,,,5.%d\n", n, scaled[0],
            scaled[1], 10, n, n));
        rows.append(String.format(Locale.ROOT, "one,%d,%s,precopy:%ss,precopy,precopy:20s,completed,measured,%d.%d,1,,,,,,,,-0.%d\n", n, scaled[0],
            scaled[1], 15, n, n));
      }
    }
    Path file = Files.writeString(folder.resolve("scaled.csv"), rows);

    Said said = compare(file, file, "--methods", "mplm,precopy:20s");

    assertThat(said.exitCode()).as(said.err()).isEqualTo(ExitCode.FAILED);
    assertThat(said.out()).containsPattern("MG +mplm -> precopy:20s +migration time, s .* too few, a verdict needs \\d+ rounds")
        .containsPattern("(?m)^all .* migration time, s .* worse").containsPattern("(?m)^all .* downtime, s .* better")
        .containsPattern("(?m)^all .* program's lost time, s .* better");
  }

  @Test
  public void aControlIsNamedAsAnyMethodIs() throws Exception {
    Path json = folder.resolve("control.json");
    for (String control : new String[] {"precopy:5s", "precopy:5000ms"}) {
      Said said = compare(simulated, simulated, "--control", control, "--json", json.toString());
      assertThat(said.exitCode()).as(said.err()).isZero();
      assertThat(said.out()).contains("control: ");
      assertThat(new ObjectMapper().readTree(json.toFile()).get("differences")).filteredOn(d -> d.get("control").asBoolean())
          .isNotEmpty().allSatisfy(d -> assertThat(d.get("method").asText()).isEqualTo("precopy:5s"));
    }
  }

  /** The gate over all traces of the repository; the worse migration of IS does not end. */
  @Test
  public void aWorseSchedulerIsCaughtOnEachRecordedTrace() throws Exception {
    Path rows = folder.resolve("recorded.csv");
    assertThat(Said.by(new SimulateCommand(), "../reports/traces", "--link", "70Mbit/s", "--limit", "120s", "--methods",
        "mplm,mplm:share=95,mixed", "--trials", rows.toString()).exitCode()).isZero();
    Said said = compare(rows, rows, "--methods", "mplm,mplm:share=95,mixed");
    assertThat(said.exitCode()).as(said.err()).isEqualTo(ExitCode.FAILED);
    for (String kernel : new String[] {"mg", "is", "sp", "bt"}) {
      assertThat(said.out()).containsPattern("(?m)^" + kernel + "\\..* migration time, s .* worse, computed");
    }
    assertThat(said.out()).contains("no end").doesNotContain("CPU of hypervisors", "too few");
  }

  @Test
  public void theSameRowsAreTheSame() throws Exception {
    Said said = compare(simulated, simulated);
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).contains("verdict: same (", "judged by the threshold alone", "stop-and-copy");
    Said recorded = compare(run, run);
    assertThat(recorded.exitCode()).as(recorded.err()).isZero();
    assertThat(recorded.out())
        .containsPattern("measured +mplm:epoch=1s +downtime, s +1 .* 1\\.000 .* too few, a verdict needs \\d+ rounds")
        .containsPattern("busy +precopy:0.001s +migration time, s +1 +no end +no end +- ").contains("verdict: too few");
    assertThat(compare(run.resolve("trials.csv"), run).out()).isEqualTo(recorded.out().replace(run + "\n", run + "/trials.csv\n"));
  }

  /** Rows as those of any trial: charts are drawn of them, which say what they are. */
  @Test
  public void simulatedRowsHaveTheColumnsOfTrialsAndCharts() throws Exception {
    String header = Files.readAllLines(run.resolve("trials.csv")).get(0);
    assertThat(Files.readAllLines(simulated)).startsWith(header).hasSize(1 + 2 * 4).last().asString().endsWith(",simulated");
    try (var charts = Files.list(folder.resolve("charts"))) {
      assertThat(charts.filter(chart -> chart.toString().endsWith(".svg"))).hasSize(2)
          .allSatisfy(chart -> assertThat(chart).isNotEmptyFile());
    }
  }

  @DataProvider
  public Object[][] refused() {
    return new Object[][] {
      {new String[] {"RUN", "SIMULATED"}, "the rows cannot be compared, these differ: .*origin: measured, simulated.*--force.*"},
      {new String[] {"RUN", "none"}, "none: no such file or folder"},
      {new String[] {"RUN"}, ".*: name what it is compared with; this is not a run that compares engines"},
      {new String[] {"RUN", "RUN/methods.csv"},
          ".*methods.csv: is not a file with the columns of trials.csv: it has no column .*, outcome, origin.*"},
      {new String[] {"RUN", "RUN/run.json"}, ".*run.json:2: has \\d+ cells, allowed: 1, as many as the first line"},
      {new String[] {"FOLDER/few.csv", "FOLDER/few.csv"}, ".*few.csv: is not a file with the columns of trials.csv: it has no column .*"},
      {new String[] {"RUN", "RUN", "--threshold", "speed=5%"}, ".*'speed' is not a metric, allowed: time, downtime, .*"},
      {new String[] {"RUN", "RUN", "--threshold", "5"}, ".*'5' is not a threshold, allowed: .*"},
      {new String[] {"RUN", "RUN", "--control", "fast"}, ".*method 'fast': .*"},
      {new String[] {"RUN", "RUN", "--control", "precopy:7s"}, "--control precopy:7s: no trial that is compared is of it, allowed: none .*mplm.*"},
      {new String[] {"RUN", "RUN", "--alpha", "0.00005"}, "--alpha 5.0E-5: allowed: 0.001 or more, and below 1; .*"},
      {new String[] {"RUN", "RUN", "--alpha", "2"}, ".*alpha is above 0 and below 1, not 2.0"},
      {new String[] {"RUN", "RUN", "--methods", "mplm"}, "--methods mplm: allowed: METHOD,METHOD.*"},
      {new String[] {"RUN", "RUN", "--methods", "mplm:epoch=1s,mplm:epoch=2s"},
          "--methods: there is no trial of mplm:epoch=2s, allowed: .*"},
      {new String[] {"RUN", "RUN", "--json", "RUN/no/such/file"}, "--markdown, --html, --json, --junit: cannot be written: .*"},
    };
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {
      {"(?s)^.*$", "", ": is not a file with the columns of trials.csv: it has no column experiment, .*"},
      {"(?s)\n.*", "\n", ": has no rows"},
      {",mplm_strict_scan,", ",strict,", ": is not a file with the columns of trials.csv: it has no column mplm_strict_scan"},
      {",mplm,", ",fast,", ": row 1: method 'fast': a method is precopy:DURATION\\[,FEATURE\\.\\.\\.\\], .*"},
      {",completed,", ",done,", ": row 1: 'done' is not an outcome, allowed: completed, not converged, .*"},
      {",completed,,[^,]*,[^,]*", ",completed,,120,NaN", ": row 1: total_s: 'NaN' is not a number, allowed: 0 and above"},
      {",completed,,[^,]*,[^,]*", ",completed,,120,-3", ": row 1: total_s: '-3' is not a number, allowed: 0 and above"},
      {"(?s).{40}$", "\n", ":\\d+: has \\d+ cells, allowed: \\d+, as many as the first line"},
    };
  }

  @Test(dataProvider = "damages")
  public void damagedRowsAreRefusedInOneLine(String what, String by, String told) throws Exception {
    Path damaged = folder.resolve("damaged.csv");
    String text = Files.readString(simulated).replaceFirst(what, by);
    assertThat(text).isNotEqualTo(Files.readString(simulated));
    Files.writeString(damaged, text);
    Said said = compare(simulated, damaged);
    assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.err()).matches(damaged + told);
  }

  @Test
  public void rowsThatHaveNothingInCommonOrOtherLimitsAreRefused() throws Exception {
    Path faster = folder.resolve("faster.csv");
    assertThat(Said.by(new SimulateCommand(), GUEST, "--link", "300Mbit/s", "--methods", "mplm", "--trials",
        faster.toString()).exitCode()).isZero();
    Said said = compare(simulated, faster);
    assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.err()).isEqualTo("nothing can be compared: no experiment and method is in both");
    Path patient = folder.resolve("patient.csv");
    assertThat(Said.by(new SimulateCommand(), GUEST, "--link", "240Mbit/s", "--methods", "mplm", "--limit", "200s", "--trials",
        patient.toString()).exitCode()).isZero();
    said = compare(simulated, patient);
    assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.err()).matches("the rows cannot be compared, these differ: limit_s of synthetic.*: 120, 200 .*");
  }

  @Test(dataProvider = "refused")
  public void badInputIsOneLine(String[] arguments, String message) {
    String[] real = arguments.clone();
    for (int i = 0; i < real.length; i++) {
      real[i] = real[i].replace("RUN", run.toString()).replace("SIMULATED", simulated.toString())
          .replace("FOLDER", folder.toString());
    }
    Said said = Said.by(new CompareCommand(), real);
    assertThat(said.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.err()).matches(message).doesNotContain("\n");
  }

  @Test
  public void whatDiffersIsToldWhenItIsComparedAllTheSame() throws Exception {
    Path text = folder.resolve("other.csv");
    Files.writeString(text, Files.readString(run.resolve("trials.csv")).replace("namespaces", "loopback"));
    assertThat(Said.by(new CompareCommand(), run.toString(), text.toString()).err()).contains("testbed: namespaces, loopback");
    assertThat(compare(run, text, "--force").out()).contains("differs: testbed: namespaces, loopback");
  }

  /** Nobody takes a time on emulated hosts for speed. */
  @Test
  public void thatHostsAreEmulatedIsTold() throws Exception {
    Path text = folder.resolve("machines.csv");
    Files.writeString(text, Files.readString(run.resolve("trials.csv")).replace(",namespaces,tcg,no,", ",machines,kvm,yes,"));
    assertThat(compare(text, text).out()).contains("Measured on emulated hosts: ");
    assertThat(compare(run, run).out()).doesNotContain("emulated");
  }

  private Said compare(Path base, Path candidate, String... more) {
    return Said.by(new CompareCommand(),
        Stream.concat(Stream.of(base.toString(), candidate.toString()), Stream.of(more)).toArray(String[]::new));
  }

  /** Two merged runs, or two that began in one second on two machines: repetition 3 of the one was not made in turn with that of the other. */
  @Test
  public void twoRunsOfOneNameWereNotMadeInRounds() throws Exception {
    Path base = folder.resolve("base/merged");
    Path other = folder.resolve("other/merged");
    for (Path copy : List.of(base, other)) {
      Files.createDirectories(copy.getParent());
      Folders.copy(run, copy);
    }
    assertThat(compare(run, run).out()).contains("rounds");
    assertThat(compare(base, other).out()).contains("a verdict needs").doesNotContain("rounds");
    assertThat(compare(base.resolve("trials.csv"), base).out()).contains("rounds");
  }

  @Test
  public void rowsWithAndWithoutTlsAreRefused() throws Exception {
    String text = Files.readString(run.resolve("trials.csv"));
    Path protectedStream = Files.writeString(folder.resolve("tls.csv"), text.replace(",none,", ",tls,"));
    assertThat(text).isNotEqualTo(Files.readString(protectedStream));
    assertThat(compare(run, protectedStream).err()).contains("stream_protection: none, tls");
  }

  /** Beginnings in a trace are no rounds that somebody drew by lot. */
  @Test
  public void computedRowsAreNotSaidToBeDrawn() throws Exception {
    Path rows = folder.resolve("beginnings.csv");
    assertThat(Said.by(new SimulateCommand(), "../reports/traces/scaled-MG.trace.gz", "--link", "70Mbit/s", "--limit", "120s", "--beginnings", "8",
        "--methods", "mplm,precopy:20s", "--trials", rows.toString()).exitCode()).isZero();
    assertThat(compare(rows, rows, "--methods", "mplm,precopy:20s").out()).contains("computed from the same beginnings").doesNotContain("by lot");
  }
}
