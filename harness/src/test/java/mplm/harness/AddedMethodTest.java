// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.harness.chart.Figures;
import mplm.harness.command.ExitCode;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.result.Cell;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Rows;
import mplm.harness.support.OneRound;
import mplm.harness.support.Said;
import mplm.harness.verdict.Observation;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * What it takes to add a method: a class and a line of {@link Methods}. Nothing else in the kit knows it, and it is simulated, drawn,
 * compared and reported. {@code SuiteRunIT} moves a guest by it.
 */
public class AddedMethodTest {
  private static final String GUEST = "synthetic:memory=64MiB,set=16MiB,at=32MiB,rate=2000,pattern=random,length=30s";

  private Path folder;
  private AutoCloseable added;

  @BeforeMethod
  public void add() throws Exception {
    System.setProperty("java.awt.headless", "true");
    folder = Files.createTempDirectory("mplm-method");
    added = Methods.add(OneRound.FORM);
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws Exception {
    added.close();
    RecordedRun.remove(folder);
  }

  @Test
  public void itIsSimulatedDrawnAndCompared() throws Exception {
    Path rows = folder.resolve("rows.csv");
    Path charts = folder.resolve("charts");
    assertThat(Mplm.run("simulate", GUEST, "--link", "100Mbit/s", "--methods", "precopy:1s,one-round,mplm,stop-and-copy", "--trials",
        rows.toString(), "--charts", charts.toString())).isZero();
    List<Map<String, String>> table = RecordedRun.table(rows);
    assertThat(table).extracting(row -> row.get("method") + " " + row.get("method_name") + " " + row.get("outcome"))
        .containsExactly("precopy:1s precopy completed", "one-round one-round completed", "mplm mplm completed",
            "stop-and-copy stop-and-copy completed");
    // it has less to send with the guest stopped than all of it, and sends each page once before that
    assertThat(Double.parseDouble(table.get(1).get("downtime_s"))).isPositive()
        .isLessThan(Double.parseDouble(table.get(3).get("downtime_s")));
    // text in it is drawn as outlines; the names of its curves are looked at below
    assertThat(svg(charts)).contains("<svg");
    Path json = folder.resolve("verdict.json");
    assertThat(Mplm.run("compare", rows.toString(), rows.toString(), "--methods", "stop-and-copy,one-round", "--json",
        json.toString())).isLessThan(ExitCode.BAD_INPUT); // which is better is not the matter here
    assertThat(new ObjectMapper().readTree(json.toFile()).get("differences")).isNotEmpty().allSatisfy(difference ->
        assertThat(difference.get("method").asText()).isEqualTo("stop-and-copy -> one-round"));
  }

  @Test
  public void itIsListed() {
    assertThat(Said.by(() -> Mplm.run("list")).out()).containsPattern("\n  one-round +stops the guest after one round\n");
  }

  @Test
  public void itIsReported() {
    var rows = List.of(Rows.completed("precopy:1s", 1, 20, 0.9), Rows.completed("one-round", 1, 12, 2),
        Rows.completed("mplm", 1, 10, 3));
    assertThat(MethodSummary.of(rows)).extracting(summary -> summary.method().toString())
        .containsExactly("precopy:1s", "one-round", "mplm");
    assertThat(Figures.of(rows).get("MG").curves()).containsOnlyKeys("stock", "MPLM", "one-round");
    assertThat(Cell.mplm(Cell.of(rows)).orElseThrow().method()).isEqualTo(Method.parse("mplm"));
    assertThat(Observation.of(rows.get(1)).method()).isEqualTo("one-round");
    assertThat(new OneRound().scaled(0.5)).isEqualTo(new OneRound());
    assertThat(new OneRound().toleratedDowntime()).isEqualTo(Optional.<Duration>empty());
  }

  /** A recorded run in which one trial is taken as one by it: rows, tables and the report have it as they have any. */
  @Test
  public void aRunWithItHasItsReport() throws Exception {
    Path run = RecordedRun.unpack();
    try {
      Path manifest = run.resolve("run.json");
      Files.writeString(manifest, Files.readString(manifest).replace("precopy:20s", "one-round"));
      Path trials = run.resolve("trials");
      Files.move(trials.resolve("003-measured-mg.S-precopy-20s-1"), trials.resolve("003-measured-mg.S-one-round-1"));
      assertThat(RunDerivation.of(run).again()).contains(run.resolve("index.html"), run.resolve("charts/measured.svg"));
      assertThat(Files.readString(run.resolve("index.html"))).contains("measured mg.S one-round #1: completed");
      assertThat(Files.readString(run.resolve("report.md"))).contains("one-round");
      for (String table : List.of("trials.csv", "methods.csv", "figure.csv")) {
        assertThat(RecordedRun.table(run.resolve(table))).as(table).extracting(row -> row.get("method")).contains("one-round");
      }
      assertThat(Figures.of(RunDerivation.of(run).rows()).get("measured").curves()).containsKey("one-round");
    } finally {
      RecordedRun.remove(run);
    }
  }

  private static String svg(Path charts) throws Exception {
    try (var files = Files.list(charts)) {
      return Files.readString(files.filter(file -> file.toString().endsWith(".svg")).findFirst().orElseThrow());
    }
  }
}
