// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.derive.RecordedRun;
import mplm.harness.simulation.SimulationCsv;
import mplm.harness.support.InFolder;
import mplm.harness.support.Said;
import mplm.harness.support.SmallDisk;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class MplmTest extends InFolder {
  @BeforeClass
  public void makeInputs() throws IOException {
    Files.createDirectory(folder.resolve("qemu-9"));
    Files.writeString(folder.resolve("qemu-9/VERSION"), "9.2.0\n");
    Files.writeString(folder.resolve("hosts.yaml"), "testbed: moon\n");
    Files.writeString(Files.createDirectory(folder.resolve("traces")).resolve("quick-MG.trace.gz"), "recorded for an hour");
    Files.writeString(folder.resolve("shard.csv"), String.join(",", SimulationCsv.SCHEMA.header()) + "\n");
    Files.writeString(folder.resolve("history.csv"), "started,run,machine,experiment,title,method,engine,engine_hash,completed,"
        + "time,downtime,transferred,slowdown,cpu\nt,r,m,e,t,mplm,,h,1,1.5,,,,\n");
  }

  @DataProvider
  public Object[][] badInput() {
    return new Object[][] {
      {List.of("nope"), "unknown suite 'nope', allowed: .*quick.*"},
      {List.of("quick", "--benchmarks", "ft"), "unknown benchmark 'ft', allowed: .*mg.*"},
      {List.of("quick", "--benchmarks", "mg.Z"), "benchmark 'mg.Z': class: unknown class 'Z' of mg, allowed: S, W, A, B, C"},
      {List.of("quick", "--benchmarks", "mg.C"), "benchmark 'mg.C': memory: mg class C does not fit a guest of 1GiB: the program takes \\d+MiB.*"},
      {List.of("quick", "--methods", "hybrid"), "--methods: method 'hybrid': a method is precopy:DURATION.*, mplm.*"},
      {List.of("quick", "--methods", "postcopy:multifd=2"), "--methods: method 'postcopy:multifd=2': post-copy goes without multifd: QEMU 10\\.0 does not take them together"},
      {List.of("quick", "--methods", "mplm,precopy:1s,multifd=2,xbzrle=64MiB"),
          "--methods: method 'precopy:1s,multifd=2,xbzrle=64MiB': QEMU: Multifd is not compatible with xbzrle"},
      {List.of("quick", "--methods", "precopy:1s,dirty-limit,auto-converge"), "--methods: method '.*': QEMU: dirty-limit conflicts with auto-converge"},
      {List.of("quick", "--methods", "postcopy:after=1pass,xbzrle=64MiB"), "--methods: method '.*': 'xbzrle=64MiB' is not a setting of postcopy: .*"},
      {List.of("quick", "--methods", "mplm:epoch=1s,multifd=2"), "--methods: method '.*': 'multifd=2' is not a setting.*"},
      {List.of("quick", "--methods", "nova:steps=5,auto-converge"), "--methods: method '.*': 'auto-converge' is not a setting of nova: .*"},
      {List.of("quick", "--methods", "mplm,precopy:-1s"), "--methods: method 'precopy:-1s': '-1s' is not a duration: .*"},
      {List.of("quick", "--methods", "precopy:soon"), "--methods: method 'precopy:soon': 'soon' is not a duration: .*"},
      {List.of("quick", "--methods", "mplm:share=100"), "--methods: method 'mplm:share=100': .*"},
      {List.of("quick", "--methods", "mplm,mplm"), "methods .*: one is there twice"},
      {List.of("quick", "--repetitions", "0"), "repetitions 0, allowed: 1 to 10000"},
      {List.of("quick", "--repetitions", "2000000000"), "repetitions 2000000000, allowed: 1 to 10000"},
      {List.of("quick", "--repetitions", "many"), "Invalid value for option '--repetitions': 'many' is not an int.*"},
      {List.of("quick", "--testbed", "cloud"), "Invalid value for option '--testbed': .*cloud.*"},
      {List.of("quick", "--hosts", "FOLDER/none.yaml"), ".*/none.yaml: no such file"},
      {List.of("quick", "--hosts", "FOLDER/hosts.yaml"), ".*/hosts.yaml:1: .*"},
      {List.of("quick", "--hosts", "FOLDER/hosts.yaml", "--testbed", "loopback"), "--hosts=FILE, --testbed=KIND are mutually exclusive.*"},
      {List.of("quick", "--qemu-source", "FOLDER/none"), "--qemu-source .*/none: no such file or folder"},
      {List.of("quick", "--shard", "3/2"), "--shard: shard 3/2, allowed: I/N with I from 1 to N"},
      {List.of("quick", "--shard", "half"), "--shard: 'half' is not a shard, allowed: I/N with I from 1 to N, such as 1/2"},
      {List.of("regression", "--engine", "base=."), "--engine \\[base\\]: allowed: two, what is compared with first.*"},
      {List.of("regression", "--engine", "a b=.", "--engine", "new=."), "--engine \\[a b, new\\]: allowed: two.*"},
      {List.of("regression", "--engine", "base=", "--engine", "new=."), "--engine base=: is empty, allowed: .*is a variable not set\\?.*"},
      {List.of("regression", "--engine", "base=.", "--engine", "new=.", "--minutes", "0"), "--minutes 0, allowed: 1 to 10000"},
      {List.of("regression", "--engine", "base=.", "--engine", "new=.", "--shard", "1/2"), "--engine: not with .*--shard"},
      {List.of("quick", "--minutes", "3"), "--minutes, --engine: are of a run that compares engines"},
      {List.of("quick", "--speed", "9"), "Unknown options?: '--speed'.*"},
    };
  }

  @Test(dataProvider = "badInput", timeOut = 60_000)
  public void badInputIsOneLineAndExitCode2AndNothingIsStarted(List<String> arguments, String told) {
    List<String> line = new ArrayList<>(List.of("run", "--output", folder.resolve("runs").toString()));
    arguments.forEach(argument -> line.add(argument.replace("FOLDER", folder.toString())));
    Said said = inProcess(line);
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err().lines().toList()).singleElement().asString().matches("mplm: " + told);
    assertThat(said.out()).isEmpty();
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @DataProvider
  public Object[][] badResumption() {
    return new Object[][] {
      {List.of("run", "--resume", "FOLDER"), ".* is not the folder of a run: it has no run.json"},
      {List.of("run", "quick", "--resume", "FOLDER"), "SUITE cannot be combined with --resume: the run has its own; allowed: .*"},
      {List.of("run", "--seed", "2", "--resume", "FOLDER"), "--seed cannot be combined with --resume: the run has its own; allowed: .*"},
      {List.of("merge", "FOLDER", "--output", "FOLDER/merged"), ".* is not the folder of a run: it has no run.json"},
    };
  }

  @Test(dataProvider = "badResumption", timeOut = 60_000)
  public void whatCannotBeResumedOrMergedIsToldInOneLine(List<String> arguments, String told) {
    Said said = inProcess(arguments.stream().map(argument -> argument.replace("FOLDER", folder.toString())).toList());
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err().lines().toList()).singleElement().asString().matches("mplm: " + told);
  }

  @Test
  public void aResumptionThatHasNothingToDoSaysSoAndAShardItsTrials() throws IOException {
    Path runs = Files.createTempDirectory("mplm-recorded");
    Path run = RecordedRun.unpack(runs.resolve("run"));
    try {
      Said said = inProcess(List.of("run", "--resume", run.toString()));
      assertThat(said.out()).endsWith("nothing is missing, each trial has its row\n");
      assertThat(said.exitCode()).isZero();
      RecordedRun.cutOff(run, "002-measured-mg.S-unmigrated-1");
      assertThat(inProcess(List.of("run", "--resume", run.toString(), "--dry-run")).out())
          .isEqualTo("  2  measured mg.S unmigrated #1\n1 of 6 trials are missing\n");
      assertThat(inProcess(List.of("run", "--resume", run.toString(), "--testbed", "loopback")).err())
          .isEqualTo("mplm: " + run + " cannot be resumed here, these differ: testbed: namespaces, loopback\n");
    } finally {
      RecordedRun.remove(runs);
    }
    assertThat(inProcess(List.of("run", "smoke", "--shard", "2/2", "--dry-run")).out())
        .contains("  2  MG").doesNotContain("  1  MG").contains("1 trials");
  }

  @DataProvider
  public Object[][] badInputOfOthers() {
    return new Object[][] {
      {List.of("doctor", "nope"), "unknown suite 'nope', allowed: .*quick.*"},
      {List.of("doctor", "--hosts", "FOLDER/hosts.yaml"), ".*/hosts.yaml:1: .*"},
      {List.of("doctor", "--hosts", "FOLDER/hosts.yaml", "--testbed", "loopback"), "--hosts=FILE, --testbed=KIND are mutually exclusive.*"},
      {List.of("provision", "--hosts", "FOLDER/none.yaml"), ".*/none.yaml: no such file"},
      {List.of("clean", "--hosts", "FOLDER/none.yaml", "source"), ".*/none.yaml: no such file"},
      {List.of("merge", "FOLDER/shard.csv", "--output", "FOLDER"), ".*: Is a directory"},
      {List.of("record", "quick", "--output", "FOLDER/traces"), ".*/traces/quick-MG.trace.gz: a trace is there already; --output DIR names .*"},
      {List.of("merge", "FOLDER/shard.csv", "--output", "FOLDER/no/such.csv"), ".*/no/such.csv: no such file or folder"},
      {List.of("trend", "--history", "FOLDER/history.csv", "--output", "FOLDER/hosts.yaml"),
          ".*/hosts.yaml: is there, and is no folder"},
      {List.of("trend", "--history", "FOLDER/history.csv", "--output", "FOLDER/hosts.yaml/x"), ".*/hosts.yaml/x: Not a directory"},
      {List.of("clean", "--hosts", "FOLDER/hosts.yaml"), "Missing required parameter: 'HOST'.*"},
    };
  }

  @Test(dataProvider = "badInputOfOthers", timeOut = 60_000)
  public void soItIsForTheOtherCommands(List<String> arguments, String told) {
    Said said = inProcess(arguments.stream().map(argument -> argument.replace("FOLDER", folder.toString())).toList());
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err().lines().toList()).singleElement().asString().matches("mplm: " + told);
    assertThat(said.out()).isEmpty();
  }

  /** The real process, since a script is run and System.err is what it inherits. */
  @Test(timeOut = 60_000)
  public void qemuOfAnotherVersionIsRefusedByTheBuildInOneLine() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
        Mplm.class.getName(), "run", "quick", "--qemu-source", folder.resolve("qemu-9").toString());
    // whoever runs the tests may have these set
    builder.environment().keySet().removeAll(List.of("MPLM_ENGINE", "MPLM_GUEST", "MPLM_HOSTS"));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(2);
    assertThat(said.lines().toList()).singleElement().asString().contains("9.2.0").contains("10.0");
  }

  /** The one list of versions is engine/debian.lock. */
  @Test
  public void theVersionsOfQemuAreThoseOfTheLockInPatchesAndReadme() throws Exception {
    Path root = Path.of("..").toAbsolutePath().normalize();
    Set<String> locked = Files.readAllLines(root.resolve("engine/debian.lock")).stream().filter(line -> line.startsWith("qemu-"))
        .map(line -> line.substring("qemu-".length(), line.indexOf(' '))).collect(Collectors.toCollection(TreeSet::new));
    try (Stream<Path> series = Files.list(root.resolve("engine/qemu/patches"))) {
      assertThat(series.map(path -> path.getFileName().toString())).containsExactlyInAnyOrderElementsOf(locked);
    }
    String readme = Files.readString(root.resolve("engine/README.md"));
    assertThat(Pattern.compile("\\bQEMU (\\d+\\.\\d+)\\b").matcher(readme).results().map(found -> found.group(1)))
        .as("engine/README.md").containsAll(locked).allMatch(locked::contains);
  }

  @Test
  public void aDryRunTellsTheTrials() {
    Said said = inProcess(List.of("run", "quick", "--dry-run", "--methods", "precopy:1s,mplm:epoch=1s,share=25,strict,mplm"));
    assertThat(said.exitCode()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("precopy:1s #1").contains("mplm:epoch=1s,share=25,strict #1").contains("mplm #1").contains("6 trials");
  }

  @Test
  public void aDryRunEstimatesTimeAndDiskAndSaysThatItDoes() {
    Said said = inProcess(List.of("run", "paper", "--dry-run"));
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).contains("320 trials")
        .containsPattern("estimated from .*, not measured: about \\d+ h \\(at most \\d+ h, .*\\), about \\d+ MB of disk");
    // SP's program runs for 984 s there, IS's for 29 s: that it is done ends a migration that does not converge
    assertThat(inProcess(List.of("run", "paper", "--dry-run", "--benchmarks", "sp")).out()).containsPattern("about \\d+ h ");
    assertThat(inProcess(List.of("run", "paper", "--dry-run", "--benchmarks", "is")).out()).containsPattern("about \\d+ min ");
  }

  @Test
  public void aReportOfNoRunOrOfOneRunTwiceIsRefused() {
    for (List<String> line : List.of(List.of("report", folder.toString()), List.of("report", "a/../b", "b"))) {
      Said said = inProcess(line);
      assertThat(said.exitCode()).isEqualTo(2);
      assertThat(said.err().lines().toList()).singleElement().asString().matches("mplm: .*(is not the folder of a run|one is there twice).*");
    }
  }

  @Test
  public void listTellsSuitesBenchmarksAndMethods() {
    Said said = inProcess(List.of("list"));
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).contains("quick", "smoke", "mg", "precopy:DURATION", "mplm[:KEY=VALUE,...]", "stop-and-copy").containsPattern("S \\d+MiB, W \\d+MiB, .*C \\d+MiB");
  }

  @Test
  public void theVersionIsThatOfTheKitAndOfWhatItIsMadeOf() {
    Said said = inProcess(List.of("--version"));
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).containsPattern("^mplm kit \\S+\n").contains("page scheduler ").containsPattern("\nJava \\d+")
        .containsPattern("\nengine ([0-9a-f]{16,64}\\b[^\n]*\\bQEMU \\d+\\.\\d+|[0-9a-f]{16,64} at .*|unknown: what )");
  }

  /** As in the scripts beside it. */
  @Test
  public void aVariableThatIsEmptyCountsAsNotSet() throws Exception {
    Map<String, String> empty = Map.of("MPLM_ENGINE", "", "MPLM_GUEST", "", "MPLM_CACHE", "", "MPLM_HOSTS", "", "XDG_CACHE_HOME", "",
        "XDG_RUNTIME_DIR", "", "MPLM_PATIENCE", "");
    Forked version = Forked.mplm(empty, List.of(), "--version");
    assertThat(version.status()).as(version.err()).isZero();
    assertThat(version.out()).doesNotContain(" at ").containsPattern("\nengine ([0-9a-f]{16}, QEMU |unknown: )");
    Forked dry = Forked.mplm(empty, List.of(), "run", "scaled", "--dry-run");
    assertThat(dry.status()).as(dry.err()).isZero();
  }

  @Test
  public void aShellCanCompleteCommandsAndOptions() {
    Said said = inProcess(List.of("generate-completion"));
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).contains("_complete_mplm", "--verify-memory", "doctor");
  }

  /**
   * The quick compiler starts sooner, and computes a simulation at half the speed. Whatever the user's locale is, names of files and
   * words pass as UTF-8.
   */
  @Test
  public void simulationsHaveTheGoodCompilerAndAllCommandsUtf8AndFiles() throws Exception {
    Path root = Files.createTempDirectory("mplm-launcher");
    try {
      Files.createDirectories(root.resolve("engine/built"));
      Path launcher = Files.createDirectories(root.resolve("harness/bin")).resolve("mplm");
      Files.copy(Path.of("bin/mplm"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
      Path java = Files.createDirectories(root.resolve("java/bin")).resolve("java");
      Files.writeString(java, "#!/bin/sh\necho \"$LC_ALL $@\"\n");
      Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
      Map<String, String> here = Map.of("JAVA_HOME", root.resolve("java").toString(), "LC_ALL", "C");
      String quick = "-XX:TieredStopAtLevel=1";
      assertThat(Forked.of(here, List.of(launcher.toString(), "run", "quick")).out()).contains(quick)
          .startsWith("C.UTF-8 ").contains("mplm.harness.Mplm run quick");
      assertThat(Forked.of(here, List.of(launcher.toString(), "simulate", "--help")).out()).doesNotContain(quick)
          .contains("mplm.harness.Mplm simulate --help");
      // a limit that the user may raise is raised, another is told before Java ends amid anything
      assertThat(Forked.of(here, List.of("sh", "-c", "ulimit -S -n 40; exec \"$0\" list", launcher.toString())).out()).contains("Mplm list");
      assertThat(Forked.of(here, List.of("sh", "-c", "ulimit -n 40; exec \"$0\" list", launcher.toString()))).satisfies(few -> {
        assertThat(few.status()).isEqualTo(3);
        assertThat(few.err().lines()).singleElement().asString().startsWith("mplm: 40 files may be open, allowed: at least 256; ");
      });
      // as that of Ubuntu 22.04
      Files.writeString(java, "#!/bin/sh\necho 'Unrecognized option: --enable-native-access=ALL-UNNAMED' >&2\nexit 1\n");
      assertThat(Forked.of(here, List.of(launcher.toString(), "list"))).satisfies(old -> {
        assertThat(old.status()).isEqualTo(3);
        assertThat(old.err().lines()).singleElement().asString().startsWith("mplm: " + java + " is older than Java 17, or does not run (Unrecognized ")
            .contains("openjdk-17-jre-headless", "JAVA_HOME names ");
      });
    } finally {
      RecordedRun.remove(root);
    }
  }

  /** $1 folder with a kit: it stands below another letter than ASCII's meanwhile, whatever this process may write into names. */
  private static final String ELSEWHERE =
      """
      place=$1/Zo$(printf '\\303\\253') && mkdir "$place" && mv "$1/kit" "$place/kit" || exit
      "$place/kit/harness/bin/mplm" list --columns
      status=$?
      mv "$place/kit" "$1/kit" && rmdir "$place"
      exit $status
      """;

  /** Without the launcher's locale Java finds no class there. */
  @Test
  public void aCloneBelowAnyLetterRunsInAnyLocale() throws Exception {
    Path root = Files.createTempDirectory("mplm-launcher");
    try {
      Path kit = Files.createDirectories(root.resolve("kit"));
      Files.createDirectories(kit.resolve("engine/built"));
      Path launcher = Files.createDirectories(kit.resolve("harness/bin")).resolve("mplm");
      Files.copy(Path.of("bin/mplm"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
      Path libraries = Files.createDirectories(kit.resolve("harness/target/lib"));
      for (String entry : System.getProperty("java.class.path").split(":")) {
        Path from = Path.of(entry).toAbsolutePath();
        if (from.endsWith("harness/target/classes")) {
          jar(from, kit.resolve("harness/target/mplm-harness-1.0-SNAPSHOT.jar"));
        } else if (Files.isDirectory(from)) {
          jar(from, libraries.resolve(from.toString().replace('/', '-') + ".jar"));
        } else {
          Files.createSymbolicLink(libraries.resolve(from.getFileName()), from);
        }
      }
      Forked listed = Forked.of(Map.of("LC_ALL", "C"), List.of("sh", "-c", ELSEWHERE, "mplm", root.toString()));
      assertThat(listed.status()).as(listed.err()).isZero();
      assertThat(listed.out()).contains("| column |");
    } finally {
      RecordedRun.remove(root);
    }
  }

  private static void jar(Path classes, Path jar) {
    assertThat(ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create", "--no-compress", "--file", jar.toString(),
        "-C", classes.toString(), ".")).isZero();
  }

  /** Two folders of one run are one run, and a row that stands twice is one trial. */
  @Test
  public void whatStandsTwiceIsNotCountedTwice() throws Exception {
    Path run = RecordedRun.unpack();
    Path copy = RecordedRun.unpack();
    try {
      assertThat(inProcess(List.of("report", run.toString(), copy.toString()))).satisfies(said -> {
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains(copy + ": is the same run as " + run).doesNotContain("Exception");
      });
      Path rows = run.resolve("trials.csv");
      List<String> lines = new ArrayList<>(Files.readAllLines(rows));
      lines.add(lines.get(1));
      Files.write(run.resolve("twice.csv"), lines);
      assertThat(inProcess(List.of("compare", run.resolve("twice.csv").toString(), rows.toString())).err())
          .contains("twice.csv: row " + (lines.size() - 1) + ": trial 1 of run ").contains("is there twice");
    } finally {
      RecordedRun.remove(run);
      RecordedRun.remove(copy);
    }
  }

  /** Output to a full device, as a log on a full disk is: whoever asked for it has not got it. */
  @Test
  public void outputThatCannotBeWrittenIsAFailure() throws Exception {
    String line = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp " + System.getProperty("java.class.path")
        + " mplm.harness.Mplm list >/dev/full";
    Forked full = Forked.of(Map.of(), List.of("sh", "-c", line));
    assertThat(full.status()).isEqualTo(3);
    assertThat(full.err()).contains("mplm: standard output cannot be written").doesNotContain("\tat ");
  }

  /** As on login nodes: no native code can be unpacked, and one line says so. */
  @Test
  public void aCacheThatMayNotExecuteIsToldInOneLine() throws Exception {
    List<String> options = List.of("-Djna.nounpack=true", "-Djna.nosys=true", "-Djna.noclasspath=true");
    assertThat(Forked.mplm(Map.of(), options, "list")).satisfies(said -> {
      assertThat(said.status()).isEqualTo(3);
      assertThat(said.err()).contains("mplm: native code cannot be loaded (").contains("XDG_CACHE_HOME", "jna.tmpdir").doesNotContain("\tat ");
    });
  }

  /** Their native code is unpacked elsewhere then, for the commands that need some and those that do not. */
  @Test
  public void aCacheOnAFileSystemWithoutExecutionIsNoObstacle() throws Exception {
    try (SmallDisk disk = SmallDisk.of(16, "noexec")) {
      List<String> line = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
          System.getProperty("java.class.path"), "mplm.harness.Mplm", "list");
      Forked listed = Forked.of(Map.of("XDG_CACHE_HOME", disk.path().toString()), disk.within(line));
      assertThat(listed.err()).isEmpty();
      assertThat(listed.status()).isZero();
      assertThat(listed.out()).contains("mplm[:KEY=VALUE,...]");
    }
  }

  /** Nothing can be unpacked there, or JNA's own code and not the scheduler: the remedy is not that for a cache without execution. */
  @Test
  public void aFullCacheIsToldAsAFullDisk() throws Exception {
    for (int room : new int[] {0, 160}) {
      try (SmallDisk disk = SmallDisk.of(1)) {
        Files.write(disk.seen().resolve("ballast"), new byte[(1024 - room) << 10]);
        List<String> line = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
            System.getProperty("java.class.path"), "mplm.harness.Mplm", "list");
        Forked listed = Forked.of(Map.of("XDG_CACHE_HOME", disk.path().toString()), disk.within(line));
        assertThat(listed.status()).as(listed.err()).isEqualTo(3);
        assertThat(listed.err().lines()).as("room of %d KiB", room).singleElement().asString()
            .startsWith("mplm: native code cannot be loaded (").contains("No space left on device", "make room").doesNotContain("noexec");
      }
    }
  }

  /** The build of the clone's harness, whose many lines would hide it. What stands for Maven fills the disk. */
  @Test
  public void aFullCloneIsToldAsAFullDisk() throws Exception {
    try (SmallDisk disk = SmallDisk.of(1)) {
      Path launcher = Files.createDirectories(disk.seen().resolve("harness/bin")).resolve("mplm");
      Files.copy(Path.of("bin/mplm"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
      Path maven = Files.createDirectories(disk.seen().resolve("maven")).resolve("mvn");
      Files.writeString(maven, "#!/bin/sh\necho '[ERROR] many lines'\nhead -c 9000000 /dev/zero >\"$0.class\"\n");
      Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
      Forked listed = Forked.of(Map.of("PATH", disk.path().resolve("maven") + ":" + System.getenv("PATH")),
          disk.within(List.of(disk.path().resolve("harness/bin/mplm").toString(), "list")));
      assertThat(listed.status()).as(listed.err()).isEqualTo(3);
      assertThat(listed.err().lines().toList()).hasSize(2).last().asString()
          .startsWith("mplm: the harness cannot be built, no space is left on the disk of " + disk.path()).endsWith("make room");
    }
  }

  /** A guest that is legal, and larger than this machine can simulate. */
  @Test
  public void tooLittleMemoryIsToldInOneLine() throws Exception {
    assertThat(Forked.mplm(Map.of(), List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"), "simulate", "synthetic:memory=4TiB,set=64MiB,rate=100",
        "--methods", "mplm")).satisfies(said -> {
          assertThat(said.status()).isEqualTo(3);
          assertThat(said.err().lines()).singleElement().asString().startsWith("mplm: Java has taken the ").contains("JAVA_TOOL_OPTIONS=-Xmx");
        });
  }

  /** An unset variable of a job, such as {@code MPLM_HOSTS=$FILE}, names no hosts. */
  @Test
  public void anEmptyVariableNamesNoHosts() throws Exception {
    assertThat(Forked.mplm(Map.of("MPLM_HOSTS", ""), List.of("-XX:TieredStopAtLevel=1"), "provision")).satisfies(said -> {
      assertThat(said.status()).isEqualTo(2);
      assertThat(said.err().lines()).singleElement().asString().startsWith("mplm: provision: no hosts: give --hosts FILE");
    });
  }

  private static Said inProcess(List<String> arguments) {
    return Said.by(() -> Mplm.run(arguments.toArray(String[]::new)));
  }
}
