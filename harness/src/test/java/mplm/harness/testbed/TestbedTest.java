// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.harness.Forked;
import mplm.harness.rig.Environment;
import org.awaitility.Awaitility;
import org.testng.SkipException;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * Makes testbeds of every kind that works here, each by a process of its own, and ends them in every way. The property {@code
 * mplm.testbed} names one kind instead, for the one that is never chosen by itself.
 */
public class TestbedTest {
  private static final String KIND = System.getProperty("mplm.testbed");
  /** Machines boot first. */
  private static final Duration SOON = Duration.ofSeconds(KIND == null ? 20 : 240);
  private static final String WAITS =
      "trap 'echo asked by INT; kill $!; exit 9' INT; trap 'echo asked by TERM; kill $!; exit 8' TERM; sleep 7401 & echo up; wait";

  private Path runtime;
  private final List<Process> processes = new ArrayList<>();

  /** The process that makes a testbed: kind, then the command. */
  public static final class Maker {
    public static void main(String[] args) {
      try {
        Kind kind = Testbed.choose(Kind.valueOf(args[0]));
        System.exit(Testbed.run(kind, List.of(args).subList(1, args.length)));
      } catch (TestbedException e) {
        System.err.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  @BeforeMethod
  public void makeRuntimeFolder() throws IOException {
    runtime = Files.createTempDirectory("mplm-testbed-test");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    processes.forEach(Process::destroyForcibly);
    processes.clear();
    try (Stream<Path> files = Files.walk(runtime)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @DataProvider
  public Object[][] kinds() {
    return all().map(kind -> new Object[] {kind}).toArray(Object[][]::new);
  }

  private static Stream<Kind> all() {
    return KIND == null ? Kind.candidates().stream() : Stream.of(Kind.valueOf(KIND.toUpperCase(Locale.ROOT)));
  }

  @Test(dataProvider = "kinds", timeOut = 60_000)
  public void theCommandSeesTheHostsAndItsStatusIsPassedOn(Kind kind) throws Exception {
    Process process = make(kind, "sh", "-c", "grep -c . \"$MPLM_HOSTS\"; cat; exit 42");
    process.getOutputStream().write("through\n".getBytes());
    process.getOutputStream().close();
    assertThat(new String(process.getInputStream().readAllBytes())).matches("\\d\\d\nthrough\n");
    assertThat(status(process)).isEqualTo(42);
    assertThat(runtime).isEmptyDirectory();
  }

  /** Some CI executors have none; sshd refuses folders that anybody can write to. */
  @Test(dataProvider = "kinds", timeOut = 60_000)
  public void theUsersUmaskIsTheCommandsAndNotTheHosts(Kind kind) throws Exception {
    Process process = make("umask 0000; exec \"$@\"", kind, "sh", "-c", "umask");
    assertThat(process.inputReader().readLine()).isEqualTo("0000");
    assertThat(status(process)).isZero();
  }

  @Test(dataProvider = "kinds", timeOut = 600_000)
  public void allDiesWithAKilledMakerAndTheNextOneCleansUp(Kind kind) throws Exception {
    Process process = makeWaiting(kind);
    List<ProcessHandle> all = process.descendants().toList();
    assertThat(all).hasSizeGreaterThan(4);
    process.destroyForcibly();
    // where there are no process namespaces, the command's own child, which may not have become a sleep yet, is the command's to end
    Awaitility.await().atMost(SOON).until(() -> all.stream().filter(ProcessHandle::isAlive)
        .allMatch(p -> kind == Kind.LOOPBACK && p.info().command().orElse("").endsWith("sleep")));
    all.forEach(ProcessHandle::destroyForcibly);
    assertThat(runtime).isNotEmptyDirectory();
    assertThat(status(make(kind, "true"))).isZero();
    assertThat(runtime).isEmptyDirectory();
  }

  @DataProvider
  public Object[][] signals() {
    return all()
        .flatMap(kind -> Stream.of(new Object[] {kind, "TERM", ""}, new Object[] {kind, "INT", "-"}))
        .toArray(Object[][]::new);
  }

  /** TERM to the maker alone, and INT to all of its group as a terminal does at Ctrl-C. */
  @Test(dataProvider = "signals", timeOut = 60_000)
  public void theCommandIsAskedToEndAndAllIsGone(Kind kind, String signal, String group) throws Exception {
    Process process = makeWaiting(kind);
    List<ProcessHandle> all = process.descendants().toList();
    Process kill = new ProcessBuilder("bash", "-c", "kill -" + signal + " -- " + group + process.pid()).inheritIO().start();
    assertThat(status(kill)).isZero();
    assertThat(process.inputReader().readLine()).isEqualTo("asked by " + signal);
    assertThat(status(process)).isNotZero();
    Awaitility.await().atMost(SOON).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(runtime).isEmptyDirectory();
  }

  @Test(dataProvider = "kinds", timeOut = 60_000)
  public void aSecondTestbedIsToldThatItIsOccupied(Kind kind) throws Exception {
    Process first = makeWaiting(kind);
    Process second = make(kind, "true");
    assertThat(second.errorReader().readLine()).startsWith("occupied: ").contains("process " + first.pid());
    assertThat(status(second)).isEqualTo(3);
    assertThat(first.isAlive()).isTrue();
    first.toHandle().destroy(); // Process.destroy would close its streams as well
    status(first);
    assertThat(status(make(kind, "true"))).isZero();
  }

  /** Takes and gives back the place of this user's testbed, over and over; says of each refusal what it was told. */
  public static final class Contender {
    public static void main(String[] args) throws IOException {
      System.out.println("ready");
      System.in.read();
      for (int i = 0; i < 400; i++) {
        try (TestbedFolder folder = TestbedFolder.take()) {
          Files.createFile(folder.path().resolve("file"));
        } catch (TestbedException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  public void aFolderOfTheEnvironmentIsTakenIfItCanBeUsed() {
    assertThat(TestbedFolder.parent(Optional.of(runtime))).isEqualTo(runtime);
    for (Optional<Path> other : List.of(Optional.<Path>empty(), Optional.of(Path.of("target")), Optional.of(runtime.resolve("missing")))) {
      assertThat(TestbedFolder.parent(other)).isEqualTo(Path.of("/tmp"));
    }
  }

  /** Whoever is second by a hair is told what anybody is who is late. */
  @Test(timeOut = 120_000)
  public void ofTwoInTheSameInstantOneIsToldThatItIsOccupied() throws Exception {
    List<String> line = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), Contender.class.getName());
    List<Process> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
      builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
      both.add(builder.start());
    }
    processes.addAll(both);
    Process other = both.get(1);
    for (Process one : both) {
      assertThat(one.inputReader().readLine()).isEqualTo("ready");
    }
    for (Process one : both) {
      one.getOutputStream().close(); // both at once
    }
    CompletableFuture<List<String>> others = CompletableFuture.supplyAsync(() -> other.inputReader().lines().toList());
    List<String> said = new ArrayList<>(both.get(0).inputReader().lines().toList());
    said.addAll(others.get());
    assertThat(said).as("they have met").isNotEmpty().allSatisfy(text -> assertThat(text).matches("occupied: another testbed of this user is up \\(process \\d+\\), .*"));
    assertThat(runtime).isEmptyDirectory();
  }

  /** They are slow, and whoever gets them has asked for them. */
  @Test
  public void emulatedMachinesAreNeverTakenByThemselves() {
    assertThat(Kind.candidates()).doesNotContain(Kind.MACHINES);
  }

  @Test(timeOut = 60_000)
  public void aFolderThatOthersCanReadIsNotUsed() throws Exception {
    Path folder = runtime.resolve("mplm-testbed-" + System.getProperty("user.name"));
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process process = make(Kind.LOOPBACK, "true");
    assertThat(process.errorReader().readLine()).contains(folder.toString()).contains("owner-only");
    assertThat(status(process)).isEqualTo(3);
  }

  /** Says which kinds cannot be had and why, a line each, and how the testbed names itself. */
  public static final class Asker {
    public static void main(String[] args) {
      Testbed.obstacles().forEach((kind, why) -> System.out.println(kind + ": " + why));
      Environment.testbed("loopback").forEach((kind, why) -> System.out.println("recorded " + kind + ": " + why));
      System.out.println("best recorded " + Environment.testbed("namespaces") + Environment.testbed("none"));
    }
  }

  /** As in a plain container, whose root may not make namespaces. */
  @Test(timeOut = 60_000)
  public void aRunInATestbedThatIsNotIsolatedRecordsWhy() throws Exception {
    if (Kind.candidates().get(0) != Kind.NAMESPACES) {
      throw new SkipException("only root can give up what root may do");
    }
    Forked asked = Forked.of(Map.of(), List.of("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), Asker.class.getName()));
    assertThat(asked.out().lines().toList()).as(asked.err()).hasSize(3)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("namespaces: not permitted here (").contains("CAP_SYS_ADMIN"))
        .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("recorded " + lines.get(0)))
        .endsWith("best recorded {}{}");
  }

  private Process makeWaiting(Kind kind) throws IOException {
    Process process = make(kind, "bash", "-c", WAITS);
    assertThat(process.inputReader().readLine()).isEqualTo("up");
    return process;
  }

  private Process make(Kind kind, String... command) throws IOException {
    return make("exec \"$@\"", kind, command);
  }

  /** In a process group of its own. */
  private Process make(String shell, Kind kind, String... command) throws IOException {
    kind.obstacle().ifPresent(obstacle -> {
      throw new SkipException(kind + ": " + obstacle);
    });
    List<String> line = new ArrayList<>(List.of("setsid", "sh", "-c", shell, "sh", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Maker.class.getName(), kind.name()));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).as("%s ends", process).isTrue();
    return process.exitValue();
  }

  /** A kernel without the token bucket, as cloud kernels are, permits all the same. */
  @Test
  public void aMissingModuleIsNamedAndNotAPermission() {
    for (Kind kind : List.of(Kind.NAMESPACES, Kind.ROOTLESS)) {
      assertThat(kind.refusal("Error: Specified qdisc kind is unknown.")).startsWith("the kernel lacks sch_tbf (Error: ")
          .contains("modprobe").doesNotContain("CAP_SYS_ADMIN", "permitted");
      assertThat(kind.refusal("Error: Unknown device type.")).startsWith("the kernel lacks veth");
      assertThat(kind.refusal("unshare: unshare failed: Operation not permitted")).startsWith("not permitted here (unshare");
    }
  }
}
