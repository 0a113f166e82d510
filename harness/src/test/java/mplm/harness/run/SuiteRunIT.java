// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.opencsv.CSVReaderHeaderAware;
import com.opencsv.CSVReaderHeaderAwareBuilder;
import com.opencsv.RFC4180Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifacts;
import mplm.harness.artifact.Build;
import mplm.harness.derive.RunDerivation;
import mplm.harness.file.Folders;
import mplm.harness.host.Host;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Suite;
import mplm.harness.support.OneRound;
import mplm.harness.terminal.Display;
import org.assertj.core.data.Offset;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Real migrations in a testbed, whose hosts file {@code MPLM_HOSTS} names: a run with a trial of every outcome. */
@Test(groups = "testbed", timeOut = 900_000)
public class SuiteRunIT {
  /** A busy guest announces itself at once, and again within this if that was lost. */
  private static final double LEARNING_S = 2;

  private static final String THROTTLED_FROM = "100Mbit/s";
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

  private AutoCloseable added;
  private Hosts hosts;
  private Path runs;
  private Path copy;
  private boolean good;
  private boolean throttled;
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  @BeforeClass(timeOut = 900_000)
  public void run() throws Exception {
    added = Methods.add(OneRound.FORM);
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    runs = Files.createTempDirectory("mplm-it");
    copy = Files.createTempDirectory("mplm-clone");
    Path engine = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null).engine();
    Artifacts artifacts = new Artifacts(engine, guestWithCustomWorkload());
    NpbConfigs configs = new NpbConfigs(copy.resolve("npb-configs"));
    Benchmark mg = configs.benchmark("mg");
    Benchmark unknown = new Benchmark("unknown", "not in the guest's image", "", null, mg.classes());
    Benchmark other = new Benchmark("mg", "a class that the guest does not have", "", null, Map.of("Z", mg.classes().get("S")));
    Suite suite = new Suite("it", "a trial of every outcome", 1, List.of(
        experiment("moved", mg, "S", "200Mbit/s", true, true, "precopy:20s", "mplm", "stop-and-copy", "one-round"),
        experiment("measured", mg, "S", "100Mbit/s", true, false, "precopy:20s", "mplm", "unmigrated", "stop-and-copy"),
        experiment("throttled", mg, "S", THROTTLED_FROM, true, false, "precopy:20s"),
        experiment("damaged", mg, "S", "200Mbit/s", true, true, "mplm"),
        experiment("killed", mg, "S", "20Mbit/s", true, false, "mplm"),
        experiment("custom", configs.benchmark("lu"), "S", "200Mbit/s", true, true, "mplm"),
        experiment("reset", configs.benchmark("lu"), "A", "200Mbit/s", true, false, "mplm"),
        experiment("broken", unknown, "S", "200Mbit/s", true, false, "mplm"),
        experiment("refused", other, "Z", "200Mbit/s", true, false, "mplm"),
        experiment("paced", mg, "W", "200Mbit/s", true, false, "mplm"),
        experiment("busy", mg, "W", "100Mbit/s", true, false, "precopy:1ms"),
        experiment("short", mg, "S", "20Mbit/s", false, false, "precopy:1ms")));
    try (Intruder intruder = new Intruder(hosts)) {
      good = SuiteRun.run(RunRequest.of(suite), List.of(hosts), artifacts, runs, Display.on(intruder, false));
      throttled = intruder.hasThrottled();
    }
    try (CSVReaderHeaderAware csv = new CSVReaderHeaderAwareBuilder(Files.newBufferedReader(folder().resolve("trials.csv")))
        .withCSVParser(new RFC4180Parser()).build()) {
      for (Map<String, String> row = csv.readMap(); row != null; row = csv.readMap()) {
        rows.put(row.get("experiment") + " " + row.get("method_name"), row);
      }
    }
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws Exception {
    added.close();
    for (Path folder : List.of(runs, copy)) {
      Folders.remove(folder);
    }
  }

  /** The example of a custom workload, with a tiny program in place of NPB's, in an image made from a copy of this clone. */
  private Path guestWithCustomWorkload() throws IOException, InterruptedException {
    Files.createDirectory(copy.resolve("engine"));
    for (String folder : List.of("guest-images", "npb-configs", "engine/bin")) {
      try (Stream<Path> files = Files.walk(CLONE.resolve(folder))) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(CLONE.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Process compiler = new ProcessBuilder("cc", "-static", "-O2", "-o", copy.resolve("tiny").toString(),
        copy.resolve("guest-images/tests/program.c").toString()).inheritIO().start();
    assertThat(compiler.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(compiler.exitValue()).isZero();
    String example = Files.readString(copy.resolve("npb-configs/examples/lu.yaml"));
    Files.writeString(copy.resolve("npb-configs/lu.yaml"),
        example.replaceAll("\"/opt/\\S+S.x\"", "\"../tiny\", \"40\"")
            .replaceAll("\"/opt/\\S+A.x\"", "\"../tiny\", \"40\", \"reset\""));
    return Build.run(copy.resolve("guest-images/build"), List.of());
  }

  @Test
  public void eachMethodMovesTheGuestWithEveryByteAndItsProgramVerifiesThere() {
    for (String method : List.of("precopy", "mplm")) {
      Map<String, String> row = rows.get("moved " + method);
      assertThat(row).as(method)
          .containsEntry("outcome", "completed")
          .containsEntry("memory_compared", "equal")
          .containsEntry("memory_exempt", "")
          .containsEntry("verification", "successful")
          .containsEntry("downtime_s", "")
          .containsEntry("downtime_stop_resume_s", "")
          .containsEntry("downtime_guest_s", "")
          .hasEntrySatisfying("downtime_missing", why -> assertThat(why).contains("held"))
          .containsEntry("max_bandwidth_bytes_per_s", "0");
      double total = number(row, "total_s");
      assertThat(number(row, "downtime_qemu_s")).isPositive().isLessThanOrEqualTo(total);
      // every page of the guest was sent once at least, those that are used in full
      assertThat(number(row, "normal_pages") + number(row, "zero_pages")).isGreaterThanOrEqualTo(256 * 256);
      assertThat(number(row, "transferred_bytes")).isGreaterThan(number(row, "normal_pages") * 4096);
      assertThat(number(row, "used_memory_bytes")).isBetween(number(row, "guest_resident_bytes"), 256.0 * 1048576);
    }
  }

  /** Nothing in the kit knows this method but the line that adds it. */
  @Test
  public void aMethodThatIsAddedMovesTheGuest() {
    Map<String, String> row = rows.get("moved one-round");
    assertThat(row).containsEntry("outcome", "completed").containsEntry("memory_compared", "equal")
        .containsEntry("verification", "successful").containsEntry("method", "one-round").containsEntry("mplm_policy", "");
  }

  @Test
  public void aGuestThatIsStoppedFirstStandsStillForItsWholeMigration() {
    assertThat(rows.get("moved stop-and-copy")).containsEntry("outcome", "completed").containsEntry("memory_compared", "equal")
        .containsEntry("verification", "successful").containsEntry("downtime_s", "");
    Map<String, String> row = rows.get("measured stop-and-copy");
    assertThat(row).containsEntry("outcome", "completed").containsEntry("verification", "successful").containsEntry("live_s", "0")
        .containsEntry("downtime_qemu_s", "").containsEntry("downtime_final_memory_s", "").containsEntry("downtime_disagreement", "");
    assertThat(number(row, "downtime_s")).isGreaterThan(0.95 * number(row, "total_s"));
  }

  /** Each within its own error of the others, and the parts are QEMU's whole. */
  @Test
  public void theDowntimeIsSeenInIndependentWaysThatAgree() {
    for (String method : List.of("precopy", "mplm")) {
      Map<String, String> row = rows.get("measured " + method);
      assertThat(row).as(method).containsEntry("outcome", "completed").containsEntry("guest_clock_stood_still", "yes")
          .containsEntry("downtime_by", "guest");
      double headline = number(row, "downtime_s");
      double error = number(row, "downtime_error_s");
      assertThat(Math.abs(number(row, "downtime_stop_resume_s") - headline)).as(method + " by STOP and RESUME")
          .isLessThanOrEqualTo(error + number(row, "downtime_stop_resume_error_s"));
      assertThat(Math.abs(number(row, "downtime_qemu_s") - headline)).as(method + " by QEMU")
          .isLessThanOrEqualTo(error + number(row, "downtime_qemu_error_s"));
      assertThat(number(row, "downtime_guest_gap_s")).isGreaterThanOrEqualTo(headline - error);
      double parts = 0;
      for (String part : List.of("stop", "last_fetch", "final_memory", "device_state", "load", "resume")) {
        parts += number(row, "downtime_" + part + "_s");
      }
      assertThat(parts).as(method + " in parts").isCloseTo(number(row, "downtime_qemu_s"), Offset.offset(0.003));
    }
  }

  /** At most as long as it takes the network to learn where the guest is, and a busy guest to answer, longer. */
  @Test
  public void theNetworkSeesTheDowntimeToo() {
    for (String method : List.of("precopy", "mplm")) {
      Map<String, String> row = rows.get("measured " + method);
      if (hosts.guestAddress().isEmpty()) {
        assertThat(row).containsEntry("downtime_network_s", "")
            .containsEntry("downtime_network_missing", hosts.noGuestNetwork().orElseThrow());
      } else {
        double error = number(row, "downtime_network_error_s") + number(row, "downtime_stop_resume_error_s");
        assertThat(number(row, "downtime_network_s")).as(method)
            .isBetween(number(row, "downtime_stop_resume_s") - error, number(row, "downtime_stop_resume_s") + error + LEARNING_S);
      }
    }
  }

  /** Half the rate from the stop on, not before: the memory that was left took twice as long. */
  @Test
  public void aLinkThatSlowsDownInTheStopShowsInThatPart() {
    if (!throttled) {
      throw new SkipException("testbed " + hosts.testbed() + ": its link cannot be changed from outside");
    }
    Map<String, String> row = rows.get("throttled precopy");
    assertThat(row).containsEntry("outcome", "completed");
    double memory = number(row, "downtime_final_memory_s");
    assertThat(memory).isGreaterThan(0.7 * number(row, "downtime_qemu_s"));
    double before = number(rows.get("measured precopy"), "downtime_final_memory_s");
    // the same guest and the same maximum tolerable downtime at the rate that the link had until then
    assertThat(memory / before).isBetween(1.5, 3.0);
  }

  @Test
  public void aDamagedPageIsFoundAndNamed() {
    Map<String, String> row = rows.get("damaged mplm");
    assertThat(row).containsEntry("outcome", "corrupted").containsEntry("memory_compared", "different");
    assertThat(row.get("reason")).startsWith("memory differs in 1 blocks: 0x" + Long.toHexString(Intruder.DAMAGED_BLOCK)
        + " (1 pages: 0x" + Long.toHexString(Intruder.DAMAGED_BYTE) + ")");
  }

  @Test
  public void aHypervisorThatIsKilledOnTheWayIsNamed() {
    assertThat(rows.get("killed mplm")).containsEntry("outcome", "failed").containsEntry("total_s", "")
        .hasEntrySatisfying("reason", reason -> assertThat(reason).startsWith("source: QEMU was killed by signal 9 "));
  }

  @Test
  public void whatTheMoveCostTheProgramIsComparedWithAGuestThatStayed() throws IOException {
    Map<String, String> stayed = rows.get("measured unmigrated");
    assertThat(stayed).containsEntry("outcome", "completed").containsEntry("verification", "successful").containsEntry("total_s", "");
    double moved = number(rows.get("measured precopy"), "program_s");
    assertThat(moved).isGreaterThan(number(rows.get("measured precopy"), "downtime_s"));
    String methods = Files.readString(folder().resolve("methods.csv"));
    assertThat(methods).contains("measured,unmigrated,1,0,0,0,0,0,,,0,1").contains("measured,precopy:20s,1,0,0,0,0,0,")
        .contains("damaged,mplm,0,0,0,1,0,0,");
  }

  /** A program whose iterations take long enough that the migration would begin before three are known. */
  @Test
  public void aProgramIsHeardBeforeItIsMovedSoThatItsLostTimeIsKnown() throws Exception {
    Map<String, String> row = rows.get("paced mplm");
    assertThat(row).containsEntry("outcome", "completed")
        // on a busy machine the speed of before may not come back soon enough, which is told
        .hasEntrySatisfying("lost_missing", why -> assertThat(why).doesNotContain("before the migration"));
    if (row.get("lost_missing").isEmpty()) {
      assertThat(number(row, "lost_error_s")).isPositive();
      // from arrival to arrival; downtime_stop_resume_s has off how late these were
      double seen = RunDerivation.of(folder()).rows().stream().filter(one -> one.planned().experiment().name().equals("paced"))
          .findFirst().orElseThrow().migration().orElseThrow().downtimeSeen().orElseThrow().toNanos() / 1e9;
      assertThat(number(row, "lost_blackout_s")).isCloseTo(seen, Offset.offset(1e-6));
    }
  }

  /** Or all its trials would tell of one moment of its repetition. */
  @Test
  public void aProgramIsMovedAtAMomentThatTheSeedDraws() throws Exception {
    Map<String, Double> moment = new HashMap<>();
    double begins = 0;
    for (String line : Files.readAllLines(trial("paced-mg.W-mplm-1").resolve("journal.jsonl"))) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.path("event").asText().equals("moment")) {
        for (String field : List.of("t", "repetition_s", "share", "wait_s")) {
          moment.put(field, event.required(field).asDouble());
        }
      }
      begins = event.path("part").asText().equals("migration") ? event.required("t").asDouble() : begins;
    }
    PlannedTrial paced = RunManifest.read(folder()).plan().stream().filter(one -> one.experiment().name().equals("paced")).findFirst().orElseThrow();
    double share = paced.moment(RunManifest.read(folder()).seed());
    assertThat(moment.get("repetition_s")).isPositive();
    assertThat(moment.get("share")).isEqualTo(share);
    assertThat(moment.get("wait_s")).isBetween(0.0, Math.min(60, moment.get("repetition_s")));
    assertThat(begins).isGreaterThanOrEqualTo(moment.get("t") + moment.get("wait_s") - 0.01);
  }

  @Test
  public void aTrialIsShownOverTime() throws Exception {
    Path trial = trial("measured-mg.S-mplm-1");
    assertThat(trial.resolve("timeline.png")).exists();
    Map<String, Integer> looks = new LinkedHashMap<>();
    try (CSVReaderHeaderAware csv = new CSVReaderHeaderAwareBuilder(Files.newBufferedReader(trial.resolve("timeline.csv")))
        .withCSVParser(new RFC4180Parser()).build()) {
      for (Map<String, String> row = csv.readMap(); row != null; row = csv.readMap()) {
        row.forEach((column, value) -> looks.merge(column, value.isEmpty() ? 0 : 1, Integer::sum));
      }
    }
    // the paper's policy expects nothing
    assertThat(looks).allSatisfy((column, count) -> assertThat(count > 0).as(column).isNotEqualTo(column.startsWith("mplm_forecast_")));
  }

  /** All that was computed, from the raw data alone. */
  @Test
  public void derivingAgainChangesNoByte() throws IOException {
    Map<Path, String> before = contents();
    RunDerivation.of(folder()).again();
    assertThat(contents()).isEqualTo(before);
    assertThat(before).hasSizeGreaterThan(50);
  }

  @Test
  public void theRunSaysOnWhatItWasMeasured() {
    RunManifest manifest = RunManifest.read(runFolder());
    for (String host : List.of("source", "destination")) {
      assertThat(manifest.environment().get(host)).containsKeys("kernel", "cpu", "cores", "governor", "smt", "numa_nodes", "memory_kib",
          "transparent_hugepages", "ksm");
      assertThat(manifest.environment().get(host).get("cores")).matches("\\d+");
    }
    double goodput = Double.parseDouble(manifest.environment().get("link").get("goodput_bits_per_s_at.200Mbit/s"));
    // a relay's rate is that of the payload
    assertThat(goodput).isBetween(0.7 * 200e6, 1.02 * 200e6);
  }

  @Test
  public void aCustomWorkloadMovesLikeAnyBenchmark() {
    assertThat(rows.get("custom mplm")).containsEntry("benchmark", "lu").containsEntry("outcome", "completed")
        .containsEntry("memory_compared", "equal").containsEntry("verification", "successful");
    // 4 MiB that it fills, and the program
    assertThat(number(rows.get("custom mplm"), "guest_resident_bytes")).isBetween(4.0 * 1048576, 8.0 * 1048576);
  }

  @Test
  public void mplmReportsItsOwnFigures() {
    Map<String, String> row = rows.get("moved mplm");
    assertThat(row).containsEntry("mplm_policy", "paper").containsEntry("mplm_end", "nondirty-empty")
        .containsEntry("mplm_nondirty_left_pages", "0");
    assertThat(number(row, "mplm_epochs")).isPositive();
    assertThat(number(row, "mplm_live_s")).isPositive().isLessThan(number(row, "total_s"));
    assertThat(rows.get("moved precopy")).containsEntry("mplm_policy", "").containsEntry("mplm_epochs", "");
  }

  @Test
  public void aFaultCostsItsTrialAndTheRunGoesOn() {
    assertThat(rows).hasSize(18);
    Map.of(
        "broken mplm", "the guest failed: unknown benchmark unknown",
        "refused mplm", "the guest failed: unknown class 'Z' of MG, allowed: one of SWABC").forEach((trial, why) ->
            assertThat(rows.get(trial)).as(trial).containsEntry("outcome", "failed").containsEntry("total_s", "")
                .hasEntrySatisfying("reason", reason -> assertThat(reason).endsWith(why)));
    assertThat(rows.get("reset mplm")).containsEntry("outcome", "failed").hasEntrySatisfying("reason",
        reason -> assertThat(reason).startsWith("source: the guest reset itself, as after a panic of its kernel or a triple fault ("));
    assertThat(good).isFalse();
  }

  @Test
  public void whatDoesNotConvergeIsCancelledAtItsLimitAndKeptAsThat() {
    Map<String, String> row = rows.get("busy precopy");
    assertThat(row).containsEntry("outcome", "not converged").containsEntry("total_s", "").containsEntry("downtime_s", "").containsEntry("downtime_qemu_s", "");
    double limit = number(row, "limit_s");
    assertThat(limit).isGreaterThanOrEqualTo(3 * number(row, "used_memory_bytes") * 8 / number(row, "link_bits_per_s"));
    assertThat(number(row, "elapsed_s")).isGreaterThanOrEqualTo(limit);
    // the link was used meanwhile, and not beyond its rate
    assertThat(number(row, "transferred_bytes")).isGreaterThan(number(row, "used_memory_bytes"));
    assertThat(number(row, "transferred_bytes") * 8).isLessThan(1.1 * number(row, "elapsed_s") * number(row, "link_bits_per_s"));
  }

  @Test
  public void aProgramThatIsDoneFirstIsToldApart() {
    assertThat(rows.get("short precopy")).containsEntry("outcome", "ended before migration did");
  }

  @Test
  public void eachTrialLeavesItsRawData() throws IOException {
    Path trial = trial("moved-mg.S-mplm-1");
    assertThat(Files.readString(trial.resolve("journal.jsonl"))).contains("\"event\":\"end\"");
    assertThat(Files.readString(trial.resolve("source/cpu.txt"))).contains("(CPU 0/TCG)");
    assertThat(Files.readString(trial.resolve("source/serial.txt"))).contains(" @mplm ready ");
    assertThat(Files.readString(trial.resolve("source/serial.log"))).contains("@mplm boot").contains("@mplm ready");
    assertThat(Files.readString(trial.resolve("destination/serial.log"))).contains("verification=successful").contains("@mplm end");
    assertThat(Files.readString(trial.resolve("qmp.jsonl")))
        .contains("\"migrate\"").contains("\"STOP\"").contains("query-migrate");
    assertThat(folder().resolve("run.json")).exists();
    assertThat(folder().resolve("charts/measured.png")).exists();
    assertThat(folder().resolve("charts/measured.svg")).exists();
    assertThat(folder().resolve("charts/broken.png")).doesNotExist();
    // a guest that was held has no downtime to draw
    assertThat(folder().resolve("charts/moved.png")).doesNotExist();
  }

  @Test
  public void testngReportsEveryTrialByItsName() throws IOException {
    List<String> reports = new ArrayList<>();
    for (Path report : list(folder().resolve("testng/junitreports"))) {
      reports.add(Files.readString(report));
    }
    assertThat(String.join("", reports)).contains("tests=\"18\"").contains("name=\"moved mg.S mplm #1\"").contains("failures=\"5\"");
    assertThat(Files.readString(folder().resolve("testng/testng-results.xml"))).contains("moved mg.S precopy:20s #1");
  }

  @Test
  public void nothingIsLeftOnTheHosts() {
    for (var config : List.of(hosts.source(), hosts.destination())) {
      try (Host host = Host.connect(config)) {
        Duration soon = Duration.ofSeconds(10);
        assertThat(host.check(soon, "ls", config.workFolder())).doesNotContain("trial-");
        // other runs on this machine have theirs, where hosts are not isolated
        assertThat(host.check(soon, "ls", "/dev/shm")).doesNotContain("mplm" + config.workFolder().replace('/', '-'));
        assertThat(host.check(soon, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"))
            .doesNotContain(config.workFolder() + "/trial");
      }
    }
  }

  private static Experiment experiment(
      String name, Benchmark benchmark, String problemClass, String link, boolean repeats, boolean verifyMemory, String... methods) {
    return new Experiment(name, benchmark, problemClass, 1, DataSize.parse("256MiB"), Bandwidth.parse(link),
        Stream.of(methods).map(Method::parse).toList(), repeats, Duration.ofSeconds(60), Duration.ofSeconds(60), 3,
        Duration.ofSeconds(5), verifyMemory);
  }

  /** Every file of the run, as a digest would tell it. */
  private Map<Path, String> contents() throws IOException {
    Map<Path, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  private Path trial(String name) throws IOException {
    return list(folder().resolve("trials")).stream().filter(path -> path.toString().endsWith("-" + name)).findFirst().orElseThrow();
  }

  private Path runFolder() {
    try {
      return folder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path folder() throws IOException {
    return list(runs).stream().filter(Files::isDirectory).findFirst().orElseThrow();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static double number(Map<String, String> row, String column) {
    return Double.parseDouble(row.get(column));
  }
}
