// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.file.Folders;
import mplm.harness.host.Cause;
import mplm.harness.host.HostException;
import mplm.harness.host.TestHosts;
import mplm.harness.rig.Rig;
import mplm.harness.scale.Proportions;
import mplm.harness.scale.Scaled;
import mplm.harness.scale.WorkingSet;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.support.SmallDisk;
import mplm.harness.terminal.Display;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 120_000)
public class CalibrationIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final DataSize BALLAST = DataSize.parse("64MiB");

  private Path folder;

  @BeforeClass
  public void place() throws Exception {
    folder = Files.createTempDirectory("mplm-it");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws Exception {
    Folders.remove(folder);
  }

  /** MG class S rewrites some 2 MiB again and again; ballast is used and never rewritten. */
  @Test
  public void aGuestIsMeasuredOnceAndItsExperimentHasLinkAndTimesThen() throws Exception {
    Calibrations calibrations = new Calibrations(folder.resolve("cache"), false);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Display display = Display.on(new PrintStream(said, true, StandardCharsets.UTF_8), false);
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    List<Experiment> first;
    List<Experiment> second;
    List<Experiment> third;
    Artifact engine = Artifact.engine(artifacts.engine());
    try (Rig rig = Rig.open(TestHosts.with(Map.of()), engine, Artifact.guest(artifacts.guest()), folder)) {
      Map<String, String> place = Map.of("cpu", "this");
      List<Experiment> one = List.of(experiment());
      first = calibrations.measured(one, rig, Accelerator.TCG, place, folder.resolve("first"), display);
      second = calibrations.measured(one, rig, Accelerator.TCG, place, folder.resolve("second"), display);
      third = whileAnotherRunMeasures(calibrations.cache(), said, () ->
          calibrations.measured(one, rig, Accelerator.TCG, place, folder.resolve("third"), display));
    }
    Experiment measured = first.get(0);
    WorkingSet guest = measured.scaled().guest();
    assertThat(guest.used()).isBetween(new DataSize(BALLAST.bytes() + (20 << 20)), new DataSize(BALLAST.bytes() + (120 << 20)));
    assertThat(guest.dirtied()).hasSizeBetween(5, 7).allSatisfy((window, dirtied) ->
        assertThat(dirtied).isBetween(DataSize.parse("1MiB"), DataSize.parse("16MiB")));
    assertThat(measured.pass(guest.used())).isBetween(8.0, 12.0);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("MG: the guest rewrites 0.0").contains("not 0.79 (omega)");
    assertThat(List.of(second, third)).containsOnly(first);
    assertThat(said.toString(StandardCharsets.UTF_8)).containsOnlyOnce("guest of MG: booting")
        .containsSubsequence("guest of MG: was measured before", "guest of MG: was measured before");
    assertThat(folder.resolve("second/calibrations/MG/qmp.jsonl")).exists();
    assertThat(calibrations.latest(experiment())).hasValue(guest);
  }

  @Test
  public void aGuestThatIsKilledIsToldAsKilled() throws Exception {
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    try (Rig rig = Rig.open(TestHosts.with(Map.of()), Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), folder)) {
      Display display = Display.on(new PrintStream(OutputStream.nullOutputStream()) {
        @Override
        public void println(String line) {
          if (line.contains("warming up")) {
            TestHosts.killHypervisors(rig.source().host());
          }
        }
      }, false);
      Calibrations calibrations = new Calibrations(folder.resolve("never"), false);
      assertThatThrownBy(() -> calibrations.measured(List.of(experiment()), rig, Accelerator.TCG, Map.of("cpu", "this"),
          folder.resolve("killed"), display)).hasMessageContaining("source: QEMU was killed by signal 9 (SIGKILL)");
    }
  }

  /** The cache is full, and then it is not. */
  @Test
  public void aFullCacheIsToldAndTheGuestIsMeasuredWhenThereIsRoom() throws Exception {
    Display display = Display.on(new PrintStream(new ByteArrayOutputStream()), false);
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    try (SmallDisk disk = SmallDisk.of(1);
        Rig rig = Rig.open(TestHosts.with(Map.of()), Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), folder)) {
      Calibrations calibrations = new Calibrations(disk.seen().resolve("cache"), false);
      Path ballast = disk.fill(16);
      Path run = folder.resolve("full");
      assertThatThrownBy(() -> calibrations.measured(List.of(experiment()), rig, Accelerator.TCG, Map.of("cpu", "this"), run, display))
          .isInstanceOf(HostException.class).hasMessageContaining(calibrations.cache().toString())
          .satisfies(told -> assertThat(Cause.of(told.getMessage())).as(told.getMessage()).contains(Cause.DISK_FULL));
      assertThat(calibrations.latest(experiment())).isEmpty();
      Files.delete(ballast);
      List<Experiment> measured = calibrations.measured(List.of(experiment()), rig, Accelerator.TCG, Map.of("cpu", "this"), run, display);
      assertThat(calibrations.latest(experiment())).hasValue(measured.get(0).scaled().guest());
    }
  }

  /** What comes of it when another process holds the guest that is measured, and has measured it by the time it lets go. */
  private <T> T whileAnotherRunMeasures(Path cache, ByteArrayOutputStream said, Callable<T> measuring) throws Exception {
    Path lock;
    try (Stream<Path> files = Files.list(cache)) {
      lock = files.filter(file -> file.toString().endsWith(".lock")).findFirst().orElseThrow();
    }
    Path measured = cache.resolve(lock.getFileName().toString().replaceFirst("\\.lock$", ""));
    Process other = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
        System.getProperty("java.class.path"), Holder.class.getName(), lock.toString()).start();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("holds");
      Path away = Files.move(measured, folder.resolve("away"));
      Future<T> result = thread.submit(measuring);
      while (!said.toString(StandardCharsets.UTF_8).contains("waiting for another run that measures it")) {
        assertThat(result).isNotDone();
        Thread.sleep(20);
      }
      Files.move(away, measured);
      other.destroy();
      return result.get();
    } finally {
      other.destroyForcibly().waitFor();
      thread.shutdownNow();
    }
  }

  /** A process that holds a lock until it is ended. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] file) throws Exception {
      try (FileChannel lock = FileChannel.open(Path.of(file[0]), StandardOpenOption.WRITE)) {
        lock.lock();
        System.out.println("holds");
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }

  /** With windows short enough for a test. */
  private static Experiment experiment() {
    Benchmark mg = new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg");
    Benchmark hasty = new Benchmark(mg.name(), mg.title(), mg.source(), null,
        new Proportions(1, Duration.ofSeconds(27), Duration.ofMillis(300)), mg.classes());
    return new Experiment("MG", hasty, "S", 1, DataSize.parse("256MiB"), BALLAST, null, Scaled.TO_PAPER, null,
        List.of(Method.parse("mplm")), true, Duration.ofSeconds(60), Duration.ofSeconds(60), 3, Duration.ofSeconds(5), false);
  }
}
