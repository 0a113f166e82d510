// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.host.Hosts;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** On emulated machines, with a KVM that boots Linux: a verified trial of suite smoke one way and one the other. */
@Test(groups = "machines", timeOut = 1_200_000)
public class MachinesIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

  private Hosts hosts;
  private Path runs;

  @BeforeClass
  public void open() throws IOException {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    if (!hosts.testbed().equals("machines")) {
      throw new SkipException("testbed " + hosts.testbed() + ": its hosts are not emulated machines");
    }
    runs = Files.createTempDirectory("mplm-machines");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    if (runs != null) {
      RecordedRun.remove(runs);
    }
  }

  @DataProvider
  public Object[][] ways() {
    Hosts back = new Hosts(hosts.testbed(), null, hosts.destination(), hosts.source(), hosts.link());
    return new Object[][] {{"there", hosts, "mplm"}, {"back", back, "precopy:20s"}};
  }

  @Test(dataProvider = "ways")
  public void aGuestMovesOnKvmAndItsMemoryIsEqual(String way, Hosts pair, String method) throws Exception {
    Suite smoke = new NpbConfigs(CLONE.resolve("npb-configs")).suite("smoke").withMethods(List.of(Method.parse(method)));
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    Path below = Files.createDirectory(runs.resolve(way));
    boolean good = SuiteRun.run(RunRequest.of(smoke), List.of(pair), artifacts, below, Display.on(System.out, false),
        Duration.ofMinutes(1));
    Path run;
    try (Stream<Path> found = Files.list(below)) {
      run = found.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    assertThat(RecordedRun.rows(run)).singleElement().satisfies(row -> assertThat(row).containsEntry("method", method)
        .containsEntry("outcome", "completed").containsEntry("testbed", "machines").containsEntry("accelerator", "kvm")
        .containsEntry("hosts_emulated", "yes").containsEntry("memory_compared", "equal")
        .containsEntry("verification", "successful"));
    assertThat(good).isTrue();
  }
}
