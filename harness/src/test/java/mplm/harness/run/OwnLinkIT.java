// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.TestHosts;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.Reporter;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A run on hosts of one's own, for which the testbed's stand, by each way in which their link gets its rate: the controller reaches
 * it over SSH alone. {@code MPLM_HOSTS} names the testbed's hosts file.
 */
@Test(groups = "testbed", timeOut = 120_000)
public class OwnLinkIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Duration.ofSeconds(20);

  private Hosts testbed;
  private Artifacts artifacts;
  private Benchmark mg;
  private Path runs;

  @BeforeClass
  public void place() throws Exception {
    testbed = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    mg = new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg");
    runs = Files.createTempDirectory("mplm-links");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(runs);
  }

  @DataProvider
  public Object[][] links() {
    return new Object[][] {{"tc", "tc tbf", true, "100Mbit/s"}, {"max-bandwidth", "max-bandwidth", false, "100Mbit/s"}};
  }

  @DataProvider
  public Object[][] otherLinks() {
    return new Object[][] {{"tc", "tc tbf", false, "100Mbit/s"}, {"none", "none", false, "1Gbit/s"}};
  }

  @Test(groups = "long", dataProvider = "otherLinks")
  public void soItDoesOfOtherLinks(String shaping, String kind, boolean bySudo, String rate) throws Exception {
    aRunKnowsWhatItsLinkCarries(shaping, kind, bySudo, rate);
  }

  @Test(dataProvider = "links")
  public void aRunKnowsWhatItsLinkCarries(String shaping, String kind, boolean bySudo, String rate) throws Exception {
    boolean tc = shaping.equals("tc");
    if (tc && !testbed.testbed().equals("namespaces")) {
      throw new SkipException("testbed " + testbed.testbed() + ": nobody is root on its hosts");
    }
    Hosts hosts = hosts(shaping, bySudo, shaping.equals("none") ? rate : null);
    if (bySudo) {
      skipUnlessSudoIsThere(hosts.source());
    }
    Suite suite = new Suite("link-" + shaping + (bySudo ? "-sudo" : ""), "one trial", 1, List.of(new Experiment("moved", mg, "S", 1,
        DataSize.parse("256MiB"), Bandwidth.parse(rate), List.of(Method.parse("mplm")), true, Duration.ofSeconds(60),
        Duration.ofSeconds(60), 4, Duration.ofSeconds(60), false)));
    assertThat(SuiteRun.run(RunRequest.of(suite), List.of(hosts), artifacts, runs, Display.on(System.out, false))).isTrue();
    Path run;
    try (Stream<Path> all = Files.list(runs)) {
      run = all.filter(path -> path.toString().endsWith(suite.name())).findFirst().orElseThrow();
    }
    assertThat(RecordedRun.rows(run)).singleElement().satisfies(row -> assertThat(row).containsEntry("outcome", "completed")
        .containsEntry("shaping", kind).containsEntry("testbed", "none").containsEntry("pair", ""));
    Map<String, String> link = RunManifest.read(run).environment().get("link");
    assertThat(link).containsEntry("goodput_by", "migration stream");
    double goodput = Double.parseDouble(link.get("goodput_bits_per_s_at." + rate));
    Reporter.log(suite.name() + ": a migration stream gets " + Math.round(goodput / 1e6) + "Mbit/s of " + rate, true);
    if (!shaping.equals("none")) {
      assertThat(goodput / Bandwidth.parse(rate).bitsPerSecond()).isBetween(0.8, 1.1);
    }
    assertThat(Files.readString(run.resolve("report.md"))).contains("Mbit/s of data at " + rate);
    if (tc) {
      try (Host host = Host.connect(testbed.source())) {
        assertThat(host.check(SOON, "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; tc qdisc show dev mig")).doesNotContain("tbf");
      }
    }
  }

  private Hosts hosts(String shaping, boolean bySudo, String own) throws IOException {
    String user = bySudo ? "visitor" : testbed.source().user();
    String work = bySudo ? "/var/tmp/mplm-visitor" : testbed.source().workFolder();
    Map<String, Object> host = TestHosts.change("guest_tap", null, "user", user, "sudo", bySudo);
    Map<String, Object> source = TestHosts.change("work_folder", work);
    source.putAll(host);
    Map<String, Object> destination = TestHosts.change("work_folder", bySudo ? work : testbed.destination().workFolder());
    destination.putAll(host);
    Hosts changed = TestHosts.with(Map.of("source", source, "destination", destination, "link", TestHosts.change(
        "shaping", shaping, "namespaces", null, "device", shaping.equals("tc") ? "mig" : null, "guest_address", null,
        "no_guest_tap", null, "rate", own)));
    return new Hosts("none", null, changed.source(), changed.destination(), changed.link());
  }

  private static void skipUnlessSudoIsThere(HostConfig config) {
    try (Host host = Host.connect(config)) {
      if (host.run(SOON, "sh", "-c", "sudo -n tc -V").exitStatus() != 0) {
        throw new SkipException("the testbed's hosts have no sudo");
      }
    }
  }
}
