// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.migration.StreamKey;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * A run in a testbed, whose hosts file {@code MPLM_HOSTS} names, with the stream protected; in one of its trials the destination has
 * another key. That nothing of the guest shows in such a stream is tested with the engine.
 */
@Test(groups = "testbed", timeOut = 300_000)
public class ProtectionIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Duration.ofSeconds(20);

  private Hosts hosts;
  private Path runs;
  private final Map<String, Map<String, String>> rows = new HashMap<>();

  @BeforeClass(timeOut = 300_000)
  public void run() throws Exception {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS"))).with(Protection.TLS);
    runs = Files.createTempDirectory("mplm-it");
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    Suite suite = new Suite("protected", "with the destination's key and with another", 1,
        List.of(experiment("moved", true), experiment("betrayed", false)));
    boolean good;
    try (Intruder intruder = new Intruder(hosts)) {
      good = SuiteRun.run(RunRequest.of(suite), List.of(hosts), artifacts, runs, Display.on(intruder, false));
    }
    assertThat(good).isFalse();
    try (Stream<Path> folders = Files.list(runs)) {
      RecordedRun.rows(folders.filter(Files::isDirectory).findFirst().orElseThrow()).forEach(row -> rows.put(row.get("experiment"), row));
    }
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(runs);
  }

  @Test
  public void theGuestArrivesByAnEncryptedStreamAndTheRowSaysWhatItCost() throws IOException {
    Map<String, String> row = rows.get("moved");
    assertThat(row).containsEntry("outcome", "completed").containsEntry("stream_protection", "tls")
        .containsEntry("memory_compared", "equal").containsEntry("verification", "successful");
    for (String side : List.of("source", "destination")) {
      assertThat(Double.parseDouble(row.get(side + "_hypervisor_cpu_s"))).as(side).isPositive();
    }
  }

  @Test
  public void aDestinationWithAnotherKeyIsAFailureThatSaysSo() {
    assertThat(rows.get("betrayed")).containsEntry("outcome", "failed").containsEntry("total_s", "")
        .hasEntrySatisfying("reason", reason -> assertThat(reason).startsWith("source: ").contains("TLS handshake"));
  }

  @Test
  public void noKeyIsLeftOnAHostNorInWhatIsRecorded() throws IOException {
    for (HostConfig config : List.of(hosts.source(), hosts.destination())) {
      try (Host host = Host.connect(config)) {
        assertThat(host.check(SOON, "find", config.workFolder(), "-name", StreamKey.FILE)).isEmpty();
      }
    }
    try (Stream<Path> files = Files.walk(runs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString()).doesNotContainPattern("mplm:[0-9a-f]{64}");
      }
    }
  }

  private static Experiment experiment(String name, boolean verifyMemory) {
    return new Experiment(name, new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg"), "S", 1, DataSize.parse("256MiB"),
        Bandwidth.parse("200Mbit/s"), List.of(Method.parse("mplm")), true, Duration.ofSeconds(60), Duration.ofSeconds(60), 3,
        Duration.ofSeconds(15), verifyMemory);
  }
}
