// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Mplm;
import mplm.harness.derive.RecordedRun;
import mplm.harness.file.Folders;
import mplm.harness.input.BadInput;
import mplm.harness.statistics.Median;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * Trials that were measured once, and traces of their guests: those of the recorded run with a trace that {@code mplm record smoke
 * --length 10s} recorded, those of {@code reports/scaled-example} with {@code reports/traces}, and those of
 * {@code reports/scaled-by-omega} with its own.
 */
public class RecordedTrialsTest {
  private static final Path SCALED = Path.of("../reports/scaled-example");
  private static final Path OTHERS = SCALED.resolve("other-methods");
  private static final Path IS_AGAIN = SCALED.resolve("is-again");
  private static final Path BY_OMEGA = Path.of("../reports/scaled-by-omega");
  private static final Path TRACES = Path.of("../reports/traces");

  private Path run;
  private Path traces;

  @BeforeClass
  public void unpack() throws IOException {
    run = RecordedRun.unpack();
    traces = Files.createTempDirectory("mplm-traces");
    for (String name : List.of("smoke-MG.trace.gz", "smoke-MG.json")) {
      Files.copy(RecordedTrialsTest.class.getResourceAsStream(name), traces.resolve(name));
    }
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(run);
    RecordedRun.remove(traces);
  }

  @Test
  public void aRunThatComparesEnginesIsRefused() throws Exception {
    Path compared = RecordedRun.unpack();
    try {
      ObjectMapper json = new ObjectMapper();
      File manifest = compared.resolve("run.json").toFile();
      ObjectNode tree = (ObjectNode) json.readTree(manifest);
      tree.putObject("engines").put("budget", "60s").putObject("properties").set("base", tree.get("engine"));
      json.writeValue(manifest, tree);
      assertThatThrownBy(() -> RealPoint.of(compared)).isInstanceOf(BadInput.class).hasMessage(
          compared + ": compares engines, allowed: a run of one engine; mplm run without --engine makes it");
    } finally {
      RecordedRun.remove(compared);
    }
  }

  /** Such as that of a guest whose own clock stood still. */
  @Test
  public void aTrialWhoseDowntimeIsNotKnownIsPassedOver() throws Exception {
    Path odd = Files.createTempDirectory("mplm-odd");
    try {
      Files.copy(SCALED.resolve("run.json"), odd.resolve("run.json"));
      List<String> lines = Files.readAllLines(SCALED.resolve("trials.csv"));
      List<Map<String, String>> rows = RecordedRun.table(SCALED.resolve("trials.csv"));
      int mplm = rows.indexOf(rows.stream().filter(row -> row.get("method").startsWith("mplm")).findFirst().orElseThrow());
      String downtime = rows.get(mplm).get("downtime_qemu_s");
      assertThat(lines.get(mplm + 1)).containsOnlyOnce("," + downtime + ",");
      lines.set(mplm + 1, lines.get(mplm + 1).replace("," + downtime + ",", ",,"));
      Files.write(odd.resolve("trials.csv"), lines);
      assertThat(RealPoint.of(odd)).hasSizeLessThan(RealPoint.of(SCALED).size()).isNotEmpty();
    } finally {
      Folders.remove(odd);
    }
  }

  @Test
  public void simulationsComeNearThem() throws Exception {
    Map<RealPoint, Path> points = points(run, traces);
    assertThat(points.keySet()).extracting(point -> point.experiment().name()).containsOnly("measured");
    try (AllCores cores = new AllCores()) {
      ErrorTable table = new Judge(points, cores).fitted(false, tried -> {});
      assertThat(table.sameOutcomes()).isEqualTo(table.rows().stream().filter(row -> !row.fitted()).count());
      assertThat(table.totalError().orElseThrow()).as(table.text()).isLessThan(0.05);
      // MPLM's downtime, tenths of a second, is mostly the switch-over, of which a point with one of seconds says nothing
      for (ErrorTable.Row row : table.rows()) {
        double seconds = row.simulated().downtime();
        assertThat(seconds).as(table.text()).isBetween(row.real().method() instanceof Mplm ? 0.03 : 3.5,
            row.real().method() instanceof Mplm ? 0.6 : 4.5);
      }
    }
  }

  /** The README's tables of errors, and the files behind them, are what simulations come to today. */
  @Test(timeOut = 300_000)
  public void theScaledRunsAreSimulatedAsTheReadmeSays() throws Exception {
    Map<RealPoint, Path> points = points(SCALED, TRACES);
    ErrorTable table;
    try (AllCores cores = new AllCores()) {
      table = new Judge(points, cores).fitted(false, tried -> {});
    }
    assertThat(table.totalError().orElseThrow()).as(table.text()).isLessThan(0.05);
    assertThat(table.downtimeError().orElseThrow()).as(table.text()).isLessThan(0.1);
    for (String kernel : List.of("MG", "IS", "SP", "BT")) {
      List<ErrorTable.Row> rows = table.rows().stream().filter(row -> row.real().experiment().name().equals(kernel)).toList();
      assertThat(rows).as(kernel).hasSizeGreaterThanOrEqualTo(6);
      assertThat(rows.stream().filter(ErrorTable.Row::sameOutcome).count()).as(table.text()).isGreaterThanOrEqualTo(rows.size() - 1);
      assertThat(median(rows, ErrorTable.Row::totalError)).as(table.text()).isLessThan(0.05);
      assertThat(median(rows, ErrorTable.Row::downtimeError)).as(table.text()).isLessThan(0.1);
    }
    isAsInFile(table, SCALED, "mplm simulate --against reports/scaled-example --bound --csv ...");
    // methods and knobs of which none was tried when the overheads were fitted
    ErrorTable others;
    ErrorTable again;
    try (AllCores cores = new AllCores()) {
      others = new Judge(points(OTHERS, TRACES), cores).known(table.overheads(), false);
      again = new Judge(points(IS_AGAIN, TRACES), cores).known(table.overheads(), false);
    }
    assertThat(again.sameOutcomes()).as(again.text()).isEqualTo(again.rows().size());
    assertThat(again.totalError().orElseThrow()).as(again.text()).isLessThan(0.05);
    assertThat(again.downtimeError().orElseThrow()).as(again.text()).isLessThan(0.1);
    isAsInFile(again, IS_AGAIN, "mplm simulate --against " + IS_AGAIN + " --overheads " + table.overheads() + " --csv ...");
    assertThat(others.sameOutcomes()).as(others.text()).isGreaterThanOrEqualTo(others.rows().size() - 1);
    assertThat(others.totalError().orElseThrow()).as(others.text()).isLessThan(0.05);
    assertThat(others.downtimeError().orElseThrow()).as(others.text()).isLessThan(0.1);
    assertThat(others.rows().stream().filter(row -> row.totalSpanned() && row.downtimeSpanned()).count()).as(others.text())
        .isGreaterThanOrEqualTo(others.rows().stream().filter(ErrorTable.Row::comparable).count() - 1);
    isAsInFile(others, OTHERS, "mplm simulate --against " + OTHERS + " --overheads " + table.overheads() + " --bound --csv ...");
  }

  /** Overheads are fitted on half of the stock points, those of IS apart; nothing is fitted on MPLM's trials. */
  @Test(timeOut = 300_000)
  public void theRunsByOmegaAreSimulatedAsTheirReadmeSays() throws Exception {
    Path stock = BY_OMEGA.resolve("stock");
    Path is = BY_OMEGA.resolve("stock-is");
    Path mplm = BY_OMEGA.resolve("mplm");
    Path traces = BY_OMEGA.resolve("traces");
    Map<RealPoint, Path> byMplm = points(mplm, traces);
    byMplm.putAll(points(BY_OMEGA.resolve("mplm-mg"), traces));
    ErrorTable three;
    ErrorTable ofIs;
    ErrorTable byThree;
    ErrorTable byIs;
    try (AllCores cores = new AllCores()) {
      three = new Judge(points(stock, traces), cores).fitted(false, tried -> {});
      ofIs = new Judge(points(is, traces), cores).fitted(false, tried -> {});
      byThree = new Judge(byMplm, cores).known(three.overheads(), false);
      byIs = new Judge(byMplm, cores).known(ofIs.overheads(), false);
    }
    assertThat(three.rows()).hasSize(21);
    assertThat(three.sameOutcomes()).as(three.text()).isEqualTo(10);
    assertThat(three.totalError().orElseThrow()).as(three.text()).isLessThan(0.05);
    assertThat(three.downtimeError().orElseThrow()).as(three.text()).isLessThan(0.1);
    assertThat(ofIs.sameOutcomes()).as(ofIs.text()).isEqualTo(3);
    assertThat(byThree.rows()).hasSize(4);
    for (int n = 0; n < 4; n++) {
      boolean isIs = byThree.rows().get(n).real().experiment().name().equals("IS");
      ErrorTable.Row row = (isIs ? byIs : byThree).rows().get(n);
      assertThat(row.sameOutcome() && row.totalSpanned() && row.downtimeSpanned()).as("%s %s", row.real().experiment().name(), row).isTrue();
      assertThat(Math.abs(row.totalError())).as("%s", row).isLessThan(isIs ? 0.15 : 0.05);
      assertThat(Math.abs(row.downtimeError())).as("%s", row).isLessThan(0.1);
    }
    String again = "mplm simulate, as in the README, with --csv ...,";
    isAsInFile(three, stock, again);
    isAsInFile(ofIs, is, again);
    isAsInFile(byThree, mplm, again);
  }

  private static void isAsInFile(ErrorTable table, Path run, String command) throws Exception {
    List<Map<String, String>> told = RecordedRun.table(run.resolve("simulation-errors.csv"));
    assertThat(told).hasSameSizeAs(table.rows());
    String again = command + " makes the file again\n" + table.text();
    for (int n = 0; n < told.size(); n++) {
      ErrorTable.Row row = table.rows().get(n);
      assertThat(told.get(n)).containsEntry("experiment", row.real().experiment().name())
          .containsEntry("method", row.real().method().toString());
      assertThat(row.totalError()).as(again).isCloseTo(number(told.get(n).get("total_error")), within(0.01));
      assertThat(row.downtimeError()).as(again).isCloseTo(number(told.get(n).get("downtime_error")), within(0.01));
    }
  }

  private static double median(List<ErrorTable.Row> rows, ToDoubleFunction<ErrorTable.Row> error) {
    return Median.of(rows.stream().mapToDouble(error).filter(one -> !Double.isNaN(one)).map(Math::abs).toArray());
  }

  private static double number(String text) {
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }

  private static Map<RealPoint, Path> points(Path run, Path traces) throws IOException {
    TraceLibrary library = new TraceLibrary(List.of(traces));
    Map<RealPoint, Path> points = new LinkedHashMap<>();
    for (RealPoint point : RealPoint.of(run)) {
      library.of(point.experiment(), point.kernelArguments(), Accelerator.TCG).ifPresent(trace -> points.put(point, trace));
    }
    return points;
  }
}
