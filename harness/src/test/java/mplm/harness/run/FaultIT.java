// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.Artifacts;
import mplm.harness.calibration.Calibrations;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.record.Journal;
import mplm.harness.record.RawTrial;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.ITestResult;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * Real migrations in a testbed into which faults are brought, each at each stage of a trial where it makes sense. The property {@code
 * mplm.faults}, a pattern of names, picks some of them.
 *
 * <p>A destination port that is taken is not among them: the destination's kernel chooses a free one when QEMU binds port 0.
 */
@Test(groups = "testbed", timeOut = 900_000)
public class FaultIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Patience.of(Duration.ofSeconds(20));
  /** The size of the hosts' work folders here: what is provided takes half of it. */
  private static final String WORK_FOLDER_SIZE = "192M";

  private Hosts hosts;
  private boolean namespaces;
  private boolean machines;
  private Artifacts artifacts;
  private Benchmark mg;
  private Path runs;
  private List<Fault> faults;
  private Path run;
  private FaultInjector injector;
  private final Set<Fault> missed = new HashSet<>();
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  @BeforeClass(timeOut = 7_200_000) // all trials of the matrix, on emulated machines
  public void run() throws Exception {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    if (hosts.testbed().equals("loopback")) {
      throw new SkipException("testbed loopback: its hosts and its link are this machine's own");
    }
    namespaces = hosts.testbed().equals("namespaces");
    machines = hosts.testbed().equals("machines");
    runs = Files.createTempDirectory("mplm-faults");
    artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    mg = new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg");
    String picked = System.getProperty("mplm.faults", ".*");
    faults = (machines ? Fault.ofMachines() : Fault.all()).stream()
        .filter(fault -> namespaces || machines || !fault.needsNamespaces())
        .filter(fault -> fault.name().matches(picked)).toList();
    assertThat(faults).as("faults that match " + picked).isNotEmpty();
    smallWorkFolders();
    injector = new FaultInjector(hosts, faults, Path.of(System.getenv("MPLM_HOSTS")).getParent());
    Suite suite = new Suite("faults", "a fault a trial", 1, faults.stream().map(this::experiment).toList());
    boolean good = SuiteRun.run(RunRequest.of(suite), List.of(hosts), artifacts, runs, Display.on(injector, false),
        Duration.ofMinutes(machines ? 5 : 1));
    assertThat(good).isEqualTo(faults.stream().allMatch(fault -> fault.reason() == null));
    try (Stream<Path> found = Files.list(runs)) {
      run = found.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    RecordedRun.rows(run).forEach(row -> rows.put(row.get("experiment"), row));
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    if (injector != null) {
      injector.close();
    }
    if (namespaces) {
      for (var config : List.of(hosts.source(), hosts.destination())) {
        try (Host host = Host.connect(config)) {
          host.check(SOON, "umount", "--lazy", config.workFolder());
        }
      }
    }
    if (runs != null) {
      RecordedRun.remove(runs);
    }
  }

  /** Mounts work folders of a size that can be filled, over those that other tests use. */
  private void smallWorkFolders() {
    if (namespaces) {
      for (var config : List.of(hosts.source(), hosts.destination())) {
        try (Host host = Host.connect(config)) {
          host.check(SOON, "mkdir", "-p", config.workFolder());
          host.check(SOON, "mount", "-t", "tmpfs", "-o", "mode=700,size=" + WORK_FOLDER_SIZE, "small", config.workFolder());
        }
      }
    }
  }

  private Experiment experiment(Fault fault) {
    Duration ready = Duration.ofSeconds(machines ? 180 : 60);
    return new Experiment(fault.name(), mg, "S", 1, DataSize.parse("256MiB"), Bandwidth.parse(fault.link()),
        List.of(Method.parse(fault.method())), true, ready, ready, 3, Duration.ofSeconds(60),
        fault.what() == Fault.What.MEMORY_FULL);
  }

  /** For who runs it: each fault with what came of it, then how many there were and how many did what they had to. */
  @AfterClass(alwaysRun = true)
  public void tell() {
    if (rows.isEmpty()) {
      return; // nothing was tried: what came before says why
    }
    faults.forEach(fault -> System.out.println("fault " + fault + (missed.contains(fault) ? ": NOT SURVIVED, " : ": ")
        + rows.getOrDefault(fault.name(), Map.of()).get("outcome") + " " + rows.getOrDefault(fault.name(), Map.of()).get("reason")));
    System.out.println("faults: " + faults.size() + " tried, " + (faults.size() - missed.size()) + " survived");
  }

  @AfterMethod(alwaysRun = true)
  public void note(ITestResult result) {
    if (!result.isSuccess() && result.getParameters().length > 0 && result.getParameters()[0] instanceof Fault fault) {
      missed.add(fault);
    }
  }

  @DataProvider
  public Iterator<Object[]> faults() {
    return faults.stream().map(fault -> new Object[] {fault}).iterator();
  }

  @Test(dataProvider = "faults")
  public void theTrialEndsWithWhatHappened(Fault fault) {
    Map<String, String> row = rows.get(fault.name());
    if (passed(fault)) {
      assertThat(row).containsEntry("verification", "successful");
      return;
    }
    assertThat(row).containsEntry("outcome", fault.outcome().toString());
    if (fault.reason() != null) {
      assertThat(row.get("reason")).matches(fault.reason());
    }
    if (fault.letsTheGuestThrough()) {
      assertThat(row).containsEntry("verification", "successful");
    } else {
      assertThat(row).containsEntry("total_s", "").containsEntry("downtime_s", "");
    }
    if (fault.when() == Fault.When.POSTCOPY && fault.what() == Fault.What.CUT_AND_RESTORED) {
      assertThat(Integer.parseInt(row.get("postcopy_recoveries"))).isPositive();
    }
  }

  @DataProvider
  public Iterator<Object[]> cutsInPostcopy() {
    return faults.stream().filter(fault -> fault.when() == Fault.When.POSTCOPY && fault.where().equals("link"))
        .map(fault -> new Object[] {fault}).iterator();
  }

  /** When the link breaks, more than half of the guest's memory is at the destination. */
  @Test(dataProvider = "cutsInPostcopy")
  public void postcopyBreaksInItsSecondHalf(Fault fault) throws IOException {
    List<JsonNode> looks = raw(fault).turns().stream().filter(turn -> turn.is(Kind.ANSWER, "query-migrate")).map(Turn::value)
        .dropWhile(answer -> !answer.path("status").asText().equals("postcopy-active"))
        .takeWhile(answer -> answer.path("status").asText().equals("postcopy-active")).toList();
    long first = looks.get(0).at("/ram/remaining").asLong();
    long atTheBreak = looks.get(looks.size() - 1).at("/ram/remaining").asLong();
    assertThat(atTheBreak).isPositive().isLessThan(first / 2);
  }

  @Test(dataProvider = "faults")
  public void nothingIsLeftOnTheHosts(Fault fault) {
    assertThat(injector.left().get(fault.name())).isEmpty();
  }

  /** What it says shows it: a guest says something fifty times per second. */
  @Test(dataProvider = "faults")
  public void theGuestIsNeverAliveTwice(Fault fault) throws IOException {
    RawTrial raw = raw(fault);
    assertThat(raw.source().guest()).as("the source's guest").hasSizeGreaterThanOrEqualTo(fault.when() == Fault.When.BOOT ? 0 : 10);
    long last = raw.source().guest().stream().mapToLong(record -> record.arrival()).max().orElse(0);
    assertThat(raw.destination().guest()).as("after the source's last word")
        .allSatisfy(record -> assertThat(record.arrival()).isGreaterThan(last));
    if (!fault.letsTheGuestThrough() && !fault.mayLetTheGuestThrough() && !passed(fault) && fault.when() != Fault.When.POSTCOPY) {
      assertThat(raw.destination().guest()).as("the guest at the destination of a migration that failed").isEmpty();
    }
  }

  /** No wait but the trial's own: none of these needs the minute after which a migration is cancelled. */
  @Test(dataProvider = "faults")
  public void aFaultIsFoundInTime(Fault fault) throws IOException {
    Duration migration = raw(fault).journal().parts().getOrDefault(Journal.Part.MIGRATION, Duration.ZERO);
    assertThat(migration).isLessThan(Patience.of(Duration.ofSeconds(machines ? 80 : 60)));
  }

  private boolean passed(Fault fault) {
    return fault.mayPass() && rows.get(fault.name()).get("outcome").equals("completed");
  }

  private RawTrial raw(Fault fault) throws IOException {
    RunDerivation derivation = RunDerivation.of(run);
    return RawTrial.read(derivation.folder(derivation.manifest().plan().get(faults.indexOf(fault))));
  }

  @Test
  public void everyTrialHasItsRowInOrder() {
    assertThat(rows.keySet()).containsExactlyElementsOf(faults.stream().map(Fault::name).toList());
    assertThat(injector.broken()).isEmpty();
  }

  /** Whatever was damaged has been put there anew. */
  @Test
  public void theStoreHoldsWhatItsNamesSay() {
    for (var config : List.of(hosts.source(), hosts.destination())) {
      try (Host host = Host.connect(config)) {
        String script = "cd \"$1/store\" && find . -type f -exec sha256sum {} +";
        String digests = host.check(SOON, "sh", "-c", script, "test", config.workFolder());
        assertThat(digests.lines()).isNotEmpty().allSatisfy(line -> assertThat(line).matches("([0-9a-f]{64})  \\./\\1-.*"));
      }
    }
    long times = faults.stream().filter(fault -> fault.what() == Fault.What.STORE_DAMAGED || fault.what() == Fault.What.AWAY_AND_BACK
        || fault.what() == Fault.What.SSH_LOST).count();
    if (!machines) { // whose clock and memory do as they like for a while
      assertThat(injector.said().stream().filter(line -> line.endsWith("taking both anew"))).hasSize((int) times);
    }
  }

  @DataProvider
  public Object[][] engines() {
    return new Object[][] {{List.of()}, {List.of("base", "new")}};
  }

  /** And the run can be resumed when it is back; one that compares engines has no verdict until then. */
  @Test(groups = "long", dataProvider = "engines", dependsOnMethods = "theStoreHoldsWhatItsNamesSay", alwaysRun = true)
  public void aHostThatStaysAwayEndsTheRunWithWhatWasDone(List<String> engines) throws Exception {
    int trials = 2 * Math.max(1, engines.size());
    Map<String, Path> both = new LinkedHashMap<>();
    engines.forEach(engine -> both.put(engine, artifacts.engine()));
    Artifacts made = new Artifacts(artifacts.engine(), artifacts.guest(), both);
    AtomicBoolean left = new AtomicBoolean();
    // a stopped sshd takes a connection and answers nothing: to look at the host waits for that, and to take it anew
    Duration away = Patience.ANSWER.multipliedBy(2).plus(SOON);
    Benchmark unknown = new Benchmark("unknown", "not in the guest's image: a trial that is short", "", null, null, mg.classes());
    Suite suite = new Suite("away", "two trials", 2, List.of(new Experiment("short", unknown, "S", 1, DataSize.parse("256MiB"),
        Bandwidth.parse("100Mbit/s"), List.of(Method.parse("mplm")), true, SOON, SOON, 3, SOON, false)));
    Path below = Files.createDirectory(runs.resolve("away-" + trials));
    List<String> said = new ArrayList<>();
    Display display = Display.on(new PrintStream(OutputStream.nullOutputStream()) {
      @Override
      public void println(String line) {
        System.out.println(line);
        said.add(line);
        if (line.matches(".*#1( base| new)?: failed.*") && left.compareAndSet(false, true)) {
          injector.leave("source", away);
        }
      }
    }, false);
    RunRequest request = new RunRequest(suite, Shard.WHOLE, 1, Duration.ofMinutes(30), Calibrations.inCache(false));
    assertThatThrownBy(() -> SuiteRun.run(request, List.of(hosts), made, below, display,
        Duration.ofSeconds(2)))
        .isInstanceOf(HostException.class).hasMessageStartingWith("source: no SSH connection to ");
    Path begun;
    try (Stream<Path> found = Files.list(below)) {
      begun = found.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    assertThat(RecordedRun.rows(begun)).singleElement().satisfies(row -> assertThat(row).containsEntry("repetition", "1"));
    assertThat(said).contains("1 of " + trials + " trials are done; mplm run --resume " + begun + " runs the others");
    assertThat(RunDerivation.of(begun).missing()).hasSize(trials - 1);
    assertThat(below.resolve("history.csv")).doesNotExist();
    assertThat(begun.resolve(engines.isEmpty() ? "methods.csv" : "trials.csv")).exists();
    assertThat(begun.resolve("verdict.json")).doesNotExist();
    Thread.sleep(SOON.multipliedBy(2).toMillis());
    assertThat(SuiteRun.resume(begun, List.of(hosts), made, display)).isFalse();
    assertThat(RecordedRun.rows(begun)).hasSize(trials).extracting(row -> row.get("repetition")).startsWith("1").endsWith("2");
  }
}
