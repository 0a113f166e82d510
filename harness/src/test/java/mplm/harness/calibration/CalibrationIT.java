// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.TestHosts;
import mplm.harness.record.Folders;
import mplm.harness.rig.Rig;
import mplm.harness.scale.Proportions;
import mplm.harness.scale.Scaled;
import mplm.harness.scale.WorkingSet;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
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
    Artifact engine = Artifact.engine(artifacts.engine());
    try (Rig rig = Rig.open(TestHosts.with(Map.of()), engine, Artifact.guest(artifacts.guest()), folder)) {
      Map<String, String> place = Map.of("cpu", "this");
      List<Experiment> one = List.of(experiment());
      first = calibrations.measured(one, rig, Accelerator.TCG, place, folder.resolve("first"), display);
      second = calibrations.measured(one, rig, Accelerator.TCG, place, folder.resolve("second"), display);
    }
    Experiment measured = first.get(0);
    WorkingSet guest = measured.scaled().guest();
    assertThat(guest.used()).isBetween(new DataSize(BALLAST.bytes() + (20 << 20)), new DataSize(BALLAST.bytes() + (120 << 20)));
    assertThat(guest.dirtied()).hasSizeBetween(5, 7).allSatisfy((window, dirtied) ->
        assertThat(dirtied).isBetween(DataSize.parse("1MiB"), DataSize.parse("16MiB")));
    assertThat(measured.pass(guest.used())).isBetween(8.0, 12.0);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("MG: the guest rewrites 0.0").contains("not 0.79 (omega)");
    assertThat(second).isEqualTo(first);
    assertThat(said.toString(StandardCharsets.UTF_8)).containsOnlyOnce("guest of MG: booting")
        .containsOnlyOnce("guest of MG: was measured before");
    assertThat(folder.resolve("second/calibrations/MG/qmp.jsonl")).exists();
    assertThat(calibrations.latest(experiment())).hasValue(guest);
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
