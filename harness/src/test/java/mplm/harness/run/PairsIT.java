// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunComparison;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.host.TestHosts;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * Two pairs: the testbed's hosts, and the same the other way round with other work folders, where there is one as another user.
 * {@code MPLM_HOSTS} names their hosts file.
 */
@Test(groups = "testbed", timeOut = 300_000)
public class PairsIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Duration.ofSeconds(20);

  private List<Hosts> pairs;
  private Artifacts artifacts;
  private Suite suite;
  private Path folder;

  @BeforeClass
  public void place() throws Exception {
    Hosts testbed = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    folder = Files.createTempDirectory("mplm-pairs");
    String user = testbed.testbed().equals("namespaces") ? "visitor" : testbed.source().user();
    // on loopback, the hosts share one file system
    String work = testbed.testbed().equals("loopback") ? testbed.source().workFolder() : "/var/tmp/mplm";
    pairs = Hosts.all(TestHosts.write(folder.resolve("hosts.yaml"), List.of(
        TestHosts.pair("east", "source", "destination", testbed.source().user(), work + "-east"),
        TestHosts.pair("west", "destination", "source", user, work + "-west"))));
    artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    Benchmark mg = new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg");
    suite = new Suite("pairs", "two experiments", 1, Stream.of("one", "two").map(name -> new Experiment(name, mg, "S", 1,
        DataSize.parse("256MiB"), Bandwidth.parse("200Mbit/s"), List.of(Method.parse("mplm"), Method.parse("precopy:20s")), true,
        Duration.ofSeconds(120), Duration.ofSeconds(60), 4, Duration.ofSeconds(60), false)).toList());
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    for (Hosts pair : pairs) {
      for (HostConfig config : List.of(pair.source(), pair.destination())) {
        try (Host host = Host.connect(config)) {
          host.check(SOON, "rm", "-rf", "--", config.workFolder());
        }
      }
    }
    RecordedRun.remove(folder);
  }

  /** A line of the run's output, and when it came. */
  private record Said(String line, long nanos) {}

  private static class Listening extends PrintStream {
    private final List<Said> said = Collections.synchronizedList(new ArrayList<>());

    Listening() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void println(String line) {
      System.out.println(line);
      said.add(new Said(line, System.nanoTime()));
    }

    long first(String pattern) {
      return said.stream().filter(one -> one.line.matches(pattern)).mapToLong(Said::nanos).min().orElseThrow();
    }

    long last(String pattern) {
      return said.stream().filter(one -> one.line.matches(pattern)).mapToLong(Said::nanos).max().orElseThrow();
    }
  }

  @Test
  public void eachPairMakesItsExperimentBesideTheOther() throws Exception {
    Path runs = Files.createDirectory(folder.resolve("beside"));
    Listening out = new Listening();
    assertThat(SuiteRun.run(RunRequest.of(suite), pairs, artifacts, runs, Display.on(out, false))).isTrue();
    Path run = only(runs);
    List<Map<String, String>> rows = RecordedRun.rows(run);
    assertThat(rows).hasSize(4).allSatisfy(row -> assertThat(row).containsEntry("outcome", "completed")
        .containsEntry("verification", "successful").containsEntry("shaping", "max-bandwidth"));
    assertThat(rows).extracting(row -> row.get("experiment") + " on " + row.get("pair"))
        .containsExactly("one on east", "one on east", "two on west", "two on west");
    // one at a time on each, but the first of each while the other's was not over
    String begins = " \\[./4\\] .*: booting";
    String ends = " \\[./4\\] .*: completed.*";
    assertThat(out.first("east" + begins)).isLessThan(out.first("west" + ends));
    assertThat(out.first("west" + begins)).isLessThan(out.first("east" + ends));
    for (String pair : List.of("east", "west")) {
      assertThat(out.last(pair + begins)).isGreaterThan(out.first(pair + ends));
    }
    RunDerivation derivation = RunDerivation.of(run);
    assertThat(derivation.manifest().pairs()).isEqualTo(Map.of("one", "east", "two", "west"));
    assertThat(derivation.manifest().environment().keySet()).containsExactly("controller", "east-source", "east-destination",
        "east-link", "west-source", "west-destination", "west-link");
    assertThat(Files.readString(run.resolve("report.md"))).contains("one on east, two on west")
        .contains("on different pairs of hosts");
    assertThat(new RunComparison(derivation, derivation).obstacles()).isEmpty();
    String swapped = Files.readString(run.resolve("run.json")).replace("\"one\" : \"east\"", "\"one\" : \"west\"");
    Files.writeString(Files.createDirectory(folder.resolve("swapped")).resolve("run.json"), swapped);
    assertThat(new RunComparison(derivation, RunDerivation.of(folder.resolve("swapped"))).obstacles())
        .containsExactly("pair of one: east, west");
  }

  /** The other's trials are all made, and the run can be resumed when the pair is back. */
  @Test(groups = "long")
  public void aPairThatStaysAwayDoesNotKeepTheOther() throws Exception {
    Path runs = Files.createDirectory(folder.resolve("away"));
    HostConfig lost = pairs.get(1).source();
    try (Host host = Host.connect(lost)) {
      Listening out = new Listening() {
        @Override
        public void println(String line) {
          super.println(line);
          if (line.matches("west .* #1: completed.*")) {
            host.check(SOON, "sh", "-c", "mv -- \"$1\" \"$1.away\" && : >\"$1\"", "test", lost.workFolder());
          }
        }
      };
      assertThatThrownBy(() -> SuiteRun.run(RunRequest.of(suite), pairs, artifacts, runs, Display.on(out, false),
          Duration.ofSeconds(2))).isInstanceOf(HostException.class).hasMessageStartingWith("west-source: ");
      Path run = only(runs);
      assertThat(count(run)).isEqualTo(Map.of("east", 2L, "west", 1L));
      assertThat(out.said).anySatisfy(
          one -> assertThat(one.line).startsWith("3 of 4 trials are done; mplm run --resume " + run));
      host.check(SOON, "sh", "-c", "rm -- \"$1\" && mv -- \"$1.away\" \"$1\"", "test", lost.workFolder());
      assertThat(SuiteRun.resume(run, pairs, artifacts, Display.on(new Listening(), false))).isTrue();
      assertThat(count(run)).isEqualTo(Map.of("east", 2L, "west", 2L));
    }
  }

  private static Map<String, Long> count(Path run) throws Exception {
    return RecordedRun.rows(run).stream().collect(Collectors.groupingBy(row -> row.get("pair"), Collectors.counting()));
  }

  private static Path only(Path runs) throws IOException {
    try (Stream<Path> found = Files.list(runs)) {
      return found.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }
}
