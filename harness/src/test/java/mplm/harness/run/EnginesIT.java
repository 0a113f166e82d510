// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.calibration.Calibrations;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Hosts;
import mplm.harness.host.Store;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.annotations.Test;

/** A run that compares two engines, in a testbed: the built one, and a copy of it with a byte more and another hash. */
@Test(groups = "testbed", timeOut = 300_000)
public class EnginesIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final String OTHER = "e".repeat(64);

  @Test
  public void eachTrialIsMadeByTheEngineThatItsRowNames() throws Exception {
    Path folder = Files.createTempDirectory("mplm-engines");
    try {
      Artifacts built = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
      Map<String, Path> engines = new LinkedHashMap<>();
      engines.put("base", built.engine());
      engines.put("new", copy(built.engine(), folder.resolve("engine")));
      Suite suite = new NpbConfigs(CLONE.resolve("npb-configs")).suite("smoke").withMethods(List.of(Method.parse("mplm")));
      Path runs = folder.resolve("runs");
      boolean good = SuiteRun.run(
          new RunRequest(suite, Shard.WHOLE, 1, Duration.ofMinutes(5), new Calibrations(folder.resolve("calibrations"), false)),
          List.of(Hosts.read(Path.of(System.getenv("MPLM_HOSTS")))), new Artifacts(built.engine(), built.guest(), engines), runs, Display.on(System.out, false));
      assertThat(good).isTrue();
      Path run;
      try (Stream<Path> found = Files.list(runs)) {
        run = found.filter(Files::isDirectory).findFirst().orElseThrow();
      }
      List<Map<String, String>> rows = RecordedRun.rows(run);
      assertThat(rows).hasSize(2).allSatisfy(row -> assertThat(row).containsEntry("outcome", "completed")
          .containsEntry("memory_compared", "equal").containsEntry("origin", "measured"));
      String hash = Artifact.engine(built.engine()).property("engine.hash");
      assertThat(rows).extracting(row -> row.get("engine") + " " + row.get("engine_hash"))
          .containsExactlyInAnyOrder("base " + hash, "new " + OTHER);
      assertThat(run.resolve("verdict.md")).content().contains("verdict: too few");
      assertThat(runs.resolve("history.csv")).content().hasLineCount(3);
      String rowsBefore = Files.readString(run.resolve("trials.csv"));
      String before = Files.readString(run.resolve("verdict.json"));
      assertThat(RunDerivation.of(run).again()).contains(run.resolve("verdict.json"));
      assertThat(run.resolve("trials.csv")).hasContent(rowsBefore);
      assertThat(run.resolve("verdict.json")).hasContent(before);
    } finally {
      RecordedRun.remove(folder);
    }
  }

  private static Path copy(Path engine, Path copy) throws Exception {
    try (Stream<Path> files = Files.walk(engine)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(engine.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    Files.write(copy.resolve("bin/qemu-system-x86_64"), new byte[1], StandardOpenOption.APPEND);
    Path properties = copy.resolve("engine.properties");
    Files.writeString(properties, Files.readString(properties).replaceAll("(?m)^engine.hash=.*$", "engine.hash=" + OTHER)
        .replaceAll("(?m)^binary.sha256=.*$", "binary.sha256=" + Store.sha256(copy.resolve("bin/qemu-system-x86_64"))));
    return copy;
  }
}
