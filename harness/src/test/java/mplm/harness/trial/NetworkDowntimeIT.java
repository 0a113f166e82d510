// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.echo.Echo;
import mplm.harness.echo.NetworkDowntime;
import mplm.harness.host.Hosts;
import mplm.harness.report.Display;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import org.testng.Reporter;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Real migrations in a testbed, whose hosts file {@code MPLM_HOSTS} names, of a guest that sends back what it gets. */
@Test(groups = "testbed", timeOut = 300_000)
public class NetworkDowntimeIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration WINDOW = Duration.ofMillis(1200);
  /** The guest announces itself at once, and again within this if that was lost; a busy guest takes a while to answer. */
  private static final Duration LEARNING = Duration.ofSeconds(2);

  private Hosts hosts;
  private Path runs;
  private boolean good;

  @BeforeClass(timeOut = 300_000)
  public void run() throws Exception {
    hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));
    runs = Files.createTempDirectory("mplm-it");
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    Experiment experiment = new Experiment("echo", new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("mg"), "S", 1,
        DataSize.parse("256MiB"), Bandwidth.parse("100Mbit/s"), List.of(Method.parse("precopy:20s"), Method.parse("mplm")), true,
        Duration.ofSeconds(60), Duration.ofSeconds(60), 3, Duration.ofSeconds(30), false);
    good = SuiteRun.run(new Suite("it", "an echo", 1, List.of(experiment)), hosts, artifacts, runs, Display.on(System.out, false));
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(runs)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @DataProvider
  public Object[][] trials() {
    return new Object[][] {{"001-echo-mg.S-precopy-20s-1"}, {"002-echo-mg.S-mplm-1"}};
  }

  /** Where there are no taps, a trial is as good without. */
  @Test(dataProvider = "trials")
  public void theGuestAnswersAtBothHostsAndIsOutOfReachForItsStop(String trial) throws IOException {
    assertThat(good).isTrue();
    Path folder = list(runs).get(0);
    Path record = folder.resolve("trials").resolve(trial).resolve("echo.csv");
    if (hosts.guestAddress().isEmpty()) {
      assertThat(record).doesNotExist();
      assertThat(Files.readString(folder.resolve("run.json"))).contains(hosts.noGuestNetwork().orElseThrow());
      return;
    }
    List<Echo> echoes = Echo.read(record);
    long stop = arrival(folder.resolve("trials").resolve(trial), "source", "STOP");
    long resume = arrival(folder.resolve("trials").resolve(trial), "destination", "RESUME");
    assertThat(answers(echoes, stop - WINDOW.toNanos(), stop)).as("answers of the source").isPositive();
    assertThat(answers(echoes, resume, resume + WINDOW.toNanos())).as("answers of the destination").isPositive();

    NetworkDowntime downtime = NetworkDowntime.of(echoes, stop, resume, WINDOW).orElseThrow();
    Duration stopped = Duration.ofNanos(resume - stop);
    Reporter.log(String.format("%s, %s: STOP to RESUME %.1f ms, network downtime %.1f ms, of which %.1f ms uncertain",
        hosts.testbed(), trial, stopped.toNanos() / 1e6,
        downtime.length().toNanos() / 1e6, downtime.error().toNanos() / 1e6), true);
    assertThat(downtime.length()).isBetween(stopped.minus(downtime.error()), stopped.plus(downtime.error()).plus(LEARNING));
  }

  private static long answers(List<Echo> echoes, long from, long to) {
    return echoes.stream()
        .filter(echo -> echo.received().isPresent() && echo.received().getAsLong() > from && echo.received().getAsLong() < to)
        .count();
  }

  /** Nanoseconds after the trial began. */
  private static long arrival(Path trial, String peer, String event) throws IOException {
    Optional<Long> found = Optional.empty();
    for (String line : Files.readAllLines(trial.resolve("qmp.jsonl"))) {
      JsonNode record = new ObjectMapper().readTree(line);
      if (record.get("peer").asText().equals(peer) && record.get("message").path("event").asText().equals(event)) {
        found = Optional.of(record.get("t").decimalValue().movePointRight(9).longValueExact());
      }
    }
    return found.orElseThrow();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
