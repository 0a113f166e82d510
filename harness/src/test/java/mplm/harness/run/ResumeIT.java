// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.harness.Mplm;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.TestHosts;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.support.SmallDisk;
import org.testng.SkipException;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A controller in a testbed that is killed, {@code mplm.kills} times at moments that a seed gives, and each time resumed. A moment is
 * so many lines of its output and so many milliseconds, so that slow machines are killed at as many stages as fast ones.
 */
@Test(groups = "testbed", timeOut = 1_800_000)
public class ResumeIT {
  private static final int KILLS = Integer.getInteger("mplm.kills", 3);
  private static final long SEED = Long.getLong("mplm.seed", 5);
  private static final int LINES = 11;
  private static final int MILLISECONDS = 2500;
  private static final int REPETITIONS = 2;
  private static final Duration SOON = Duration.ofSeconds(20);

  private Path runs;

  @BeforeMethod
  public void place() throws IOException {
    runs = Files.createTempDirectory("mplm-killed");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(runs);
  }

  @Test
  public void aControllerThatIsKilledLosesAndRepeatsNoTrial() throws Exception {
    Random random = new Random(SEED);
    List<Integer> doneAtKills = new ArrayList<>();
    Map<Path, String> ends = new HashMap<>(); // journals of trials that were done
    for (int kill = 1; kill <= KILLS; kill++) {
      Optional<Path> begun = begun();
      Process controller = start(begun);
      int lines = 1 + random.nextInt(LINES);
      int milliseconds = random.nextInt(MILLISECONDS);
      BufferedReader said = controller.inputReader();
      String last = "nothing";
      for (int n = 0; n < lines; n++) {
        String line = said.readLine();
        last = line == null ? last : line;
      }
      boolean over = controller.waitFor(milliseconds, TimeUnit.MILLISECONDS);
      controller.destroyForcibly().waitFor();
      int done = begun().isPresent() ? done() : 0;
      System.out.println("kill " + kill + ", " + milliseconds + " ms after '" + last + "'" + (over ? ", too late" : "") + ": "
          + done + " done");
      doneAtKills.add(done);
      if (begun().isPresent()) {
        ends.putAll(ended(begun().orElseThrow()));
      }
    }
    Process controller = start(begun());
    String said = new String(controller.getInputStream().readAllBytes());
    assertThat(controller.waitFor()).as(said).isZero();
    System.out.println(said);

    Path run = begun().orElseThrow();
    List<String> planned = RunDerivation.of(run).manifest().plan().stream().map(ResumeIT::name).toList();
    assertThat(planned).hasSize(2 * REPETITIONS);
    List<Map<String, String>> rows = RecordedRun.rows(run);
    assertThat(rows).extracting(row -> row.get("method_name") + " " + row.get("repetition")).containsExactlyElementsOf(planned);
    assertThat(rows).allSatisfy(row ->
        assertThat(row).containsEntry("outcome", "completed").containsEntry("memory_compared", "equal"));
    assertThat(doneAtKills).isSorted();
    ends.forEach((journal, text) -> assertThat(journal).as("a trial that was done is not made again").hasContent(text));
    Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    for (HostConfig config : List.of(hosts.source(), hosts.destination())) {
      try (Host host = Host.connect(config)) {
        assertThat(host.check(SOON, "ls", config.workFolder())).doesNotContain("trial-");
        assertThat(host.run(SOON, "test", "-e", config.memoryFile()).exitStatus()).isEqualTo(1);
      }
    }
  }

  private static Map<Path, String> ended(Path run) throws IOException {
    Map<Path, String> ended = new HashMap<>();
    if (!Files.isDirectory(run.resolve("trials"))) {
      return ended;
    }
    try (Stream<Path> files = Files.walk(run.resolve("trials"))) {
      for (Path journal : files.filter(file -> file.endsWith("journal.jsonl")).toList()) {
        String text = Files.readString(journal);
        if (text.contains("\"event\":\"end\"")) {
          ended.put(journal, text);
        }
      }
    }
    return ended;
  }

  /** In pre-copy the trial would have failed, in post-copy its guest would be lost. */
  @DataProvider
  public Object[][] moves() {
    return new Object[][] {{"precopy:20s", 0}, {"postcopy:after=0pass", 1500}};
  }

  /** As a batch system ends a job: every process of it is told to end at the same time. */
  @Test(dataProvider = "moves")
  public void aTrialWhoseHypervisorEndsWithTheControllerIsToBeMadeAgain(String method, int milliseconds) throws Exception {
    Process controller = started(mplm("run", "smoke", "--methods", method, "--output", runs.toString()));
    String last;
    try {
      BufferedReader said = controller.inputReader();
      String line = said.readLine();
      while (line != null && !line.endsWith(": migrating")) {
        line = said.readLine();
      }
      // those of this testbed: its maker is this process's parent
      List<ProcessHandle> hypervisors = ProcessHandle.current().parent().orElseThrow().descendants()
          .filter(process -> process.info().command().orElse("").contains("qemu-system")).toList();
      assertThat(hypervisors).as(line).isNotEmpty();

      Thread.sleep(milliseconds);
      hypervisors.forEach(ProcessHandle::destroy);
      while (line != null && !line.endsWith(": tearing down")) {
        line = said.readLine();
      }
      Thread.sleep(500); // the trial has broken, and the controller is told last
      controller.toHandle().destroy();

      last = String.join("\n", said.lines().toList());
      controller.waitFor();
    } finally {
      controller.destroyForcibly();
    }
    assertThat(done()).as(last).isZero();
    assertThat(last).doesNotContain("failed", ": lost").contains("--resume");
  }

  /** The link of hosts of one's own is limited while it is measured, and nobody else undoes that. */
  @Test
  public void aControllerThatIsToldToEndWhileItMeasuresTheLinkGivesItBack() throws Exception {
    Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    if (!hosts.testbed().equals("namespaces")) {
      throw new SkipException("testbed " + hosts.testbed() + ": nobody is root on its hosts");
    }
    Path file = TestHosts.write(runs.resolve("hosts.yaml"), Map.of("link", TestHosts.change("shaping", "tc", "namespaces", null,
        "device", "mig")));
    Process controller = started(mplm("run", "smoke", "--hosts", file.toString(), "--output", runs.toString()));
    try (Host source = Host.connect(hosts.source())) {
      BufferedReader said = controller.inputReader();
      String line = said.readLine();
      while (line != null && !line.endsWith("measuring the link")) {
        line = said.readLine();
      }
      while (!limits(source)) {
        assertThat(controller.isAlive()).as(line).isTrue();
      }
      controller.toHandle().destroy();
      controller.waitFor();
      assertThat(limits(source)).isFalse();
    } finally {
      controller.destroyForcibly();
    }
  }

  private static boolean limits(Host host) {
    return host.check(SOON, "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; tc qdisc show dev mig").contains("tbf");
  }

  @Test
  public void aRunWhoseDiskIsFullKeepsItsRowsAndGoesOnWhenThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.of(32)) {
      Path output = disk.path().resolve("runs");
      Process controller = started(disk.within(mplm("run", "smoke", "--output", output.toString())));
      BufferedReader said = controller.inputReader();
      String line = said.readLine();
      while (line != null && !(line.startsWith("[2/2]") && line.endsWith(": migrating"))) {
        line = said.readLine();
      }
      Path filler = disk.seen().resolve("filler");
      assertThatIOException().isThrownBy(() -> fill(filler));

      List<String> last = said.lines().toList();
      assertThat(controller.waitFor()).as(String.join("\n", last)).isEqualTo(1);
      assertThat(last).filteredOn(told -> told.contains("No space left on device")).as(String.join("\n", last)).hasSize(2);
      assertThat(last.get(last.size() - 1)).startsWith("1 of 2 trials are done").contains("--resume");
      assertThat(last).noneMatch(told -> told.contains("at java.base"));
      RecordedRun.remove(runs);
      runs = disk.seen().resolve("runs");
      Path run = begun().orElseThrow();
      assertThat(RecordedRun.rows(run)).singleElement().satisfies(row -> assertThat(row).containsEntry("outcome", "completed"));

      Files.delete(filler);
      Process resumed = started(disk.within(mplm("run", "--resume", output.resolve(run.getFileName()).toString())));
      String all = new String(resumed.getInputStream().readAllBytes());
      assertThat(resumed.waitFor()).as(all).isZero();
      assertThat(RecordedRun.rows(run)).hasSize(2).allSatisfy(row -> assertThat(row).containsEntry("outcome", "completed"));
    }
  }

  /** As a laptop that is closed, or a virtual machine that is paused, once in a run: that trial is no measurement, the others are. */
  @Test
  public void aControllerThatStandsStillWhileItMigratesLosesThatTrialAlone() throws Exception {
    Process controller = started(mplm("run", "smoke", "--output", runs.toString()));
    List<String> last;
    try {
      BufferedReader said = controller.inputReader();
      String line = said.readLine();
      while (line != null && !(line.startsWith("[1/2]") && line.endsWith(": migrating"))) {
        line = said.readLine();
      }
      assertThat(line).isNotNull();
      Thread.sleep(500); // it says so first, and then begins
      signal("STOP", controller);
      TimeUnit.SECONDS.sleep(5);
      signal("CONT", controller);
      last = said.lines().toList();
      assertThat(controller.waitFor()).as(String.join("\n", last)).isEqualTo(1);
    } finally {
      controller.destroyForcibly();
    }
    assertThat(last).anyMatch(told -> told.contains("the controller stood still"));
    Path run = begun().orElseThrow();
    List<Map<String, String>> rows = RecordedRun.rows(run);
    assertThat(rows).extracting(row -> row.get("outcome")).containsExactly("failed", "completed");
    assertThat(rows.get(0).get("reason")).contains("the controller stood still for ");
    assertThat(rows.get(0)).containsEntry("total_s", "").containsEntry("downtime_s", "");
    assertThat(run.resolve("index.html")).isNotEmptyFile();
  }

  private static void signal(String name, Process process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
  }

  private static void fill(Path file) throws IOException {
    byte[] much = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(much);
      }
    }
  }

  /** By the names that the rows have for methods. */
  private static String name(PlannedTrial planned) {
    return planned.method().toString().split(":")[0] + " " + planned.repetition();
  }

  private int done() throws IOException {
    RunDerivation derivation = RunDerivation.of(begun().orElseThrow());
    return derivation.manifest().trials().size() - derivation.missing().size();
  }

  /** The run's folder, once the run knows what it is to do. */
  private Optional<Path> begun() throws IOException {
    try (Stream<Path> folders = Files.list(runs)) {
      return folders.filter(folder -> Files.exists(folder.resolve("run.json"))).findFirst();
    }
  }

  private Process start(Optional<Path> begun) throws IOException {
    return started(begun.map(run -> mplm("run", "--resume", run.toString()))
        .orElseGet(() -> mplm("run", "smoke", "--repetitions", Integer.toString(REPETITIONS), "--output", runs.toString())));
  }

  private static List<String> mplm(String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> line = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
        Mplm.class.getName()));
    line.addAll(List.of(arguments));
    return line;
  }

  private static Process started(List<String> line) throws IOException {
    return new ProcessBuilder(line).redirectErrorStream(true).start();
  }
}
