// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.migration.Mplm;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceFile;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.file.Folders;
import mplm.harness.host.Host;
import mplm.harness.host.TestHosts;
import mplm.harness.record.TraceStamp;
import mplm.harness.rig.Kernel;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import mplm.harness.support.SmallDisk;
import mplm.harness.terminal.Display;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 300_000)
public class TraceRecorderIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration LENGTH = Duration.ofSeconds(6);
  /** {@code npb-configs/writer.yaml}, class S: one page after another. */
  private static final int WORKING_SET = 4096;
  private static final int PAGES_PER_SECOND = 4000;

  private Path folder;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("mplm-it");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    RecordedRun.remove(folder);
  }

  private static Experiment writer() {
    return new Experiment("W", new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("writer"), "S", 1,
        DataSize.parse("256MiB"), Bandwidth.parse("1Gbit/s"), List.of(Mplm.PAPER), true, Duration.ofSeconds(120),
        Duration.ofSeconds(60), 4, Duration.ofSeconds(60), false);
  }

  private static boolean record(TraceRecorder recorder, Suite suite, ByteArrayOutputStream said) throws Exception {
    return record(recorder, suite, new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  private static boolean record(TraceRecorder recorder, Suite suite, PrintStream out) throws Exception {
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    return recorder.record(suite, TestHosts.with(Map.of()), artifacts, Display.on(out, false));
  }

  @Test
  public void aGuestThatIsKilledIsToldAsKilled() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (Host host = Host.connect(TestHosts.with(Map.of()).source()); PrintStream killing = new PrintStream(said, true, StandardCharsets.UTF_8) {
      @Override
      public void println(String line) {
        super.println(line);
        if (line.contains("warming up")) {
          TestHosts.killHypervisors(host);
        }
      }
    }) {
      Suite suite = new Suite("it", "a test", 1, List.of(writer()));
      assertThat(record(new TraceRecorder(Duration.ofSeconds(2), Duration.ofMillis(500), "a test", folder.resolve("killed")), suite, killing)).isFalse();
    }
    for (String line : said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("logs: ")).toList()) {
      Folders.remove(Path.of(line.substring("logs: ".length())));
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).containsPattern("(?s)W: not recorded: source: QEMU was killed by signal 9 \\(SIGKILL\\).*dmesg");
  }

  @DataProvider
  public Object[][] room() {
    return new Object[][] {{"nothing", 0}, {"the trace and not its stamp", 4}};
  }

  /** The file is named with what helps, and no part of a trace stays. */
  @Test(dataProvider = "room")
  public void aFullDiskIsToldAndNoPartOfATraceStays(String fits, int kibibytes) throws Exception {
    Suite suite = new Suite("it", "a test", 1, List.of(writer()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (SmallDisk disk = SmallDisk.of(1)) {
      Path traces = Files.createDirectory(disk.seen().resolve("traces"));
      disk.fill(kibibytes);
      assertThat(record(new TraceRecorder(Duration.ofSeconds(2), Duration.ofMillis(500), "a test", traces), suite, said)).isFalse();
      assertThat(traces).isEmptyDirectory();
    }
    for (String line : said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("logs: ")).toList()) {
      Folders.remove(Path.of(line.substring("logs: ".length()))); // kept for who wants to know why
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).containsPattern("W: not recorded: .*/traces/it-W.*No space left on device.*make room");
  }

  @Test
  public void theTraceIsWhatTheGuestWrites() throws Exception {
    Experiment experiment = writer();
    Suite suite = new Suite("it", "a test", 1, List.of(experiment));
    TraceRecorder recorder = new TraceRecorder(LENGTH, Duration.ofMillis(100), "a test", folder);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    assertThat(record(recorder, suite, said)).as(said.toString(StandardCharsets.UTF_8)).isTrue();

    Path file = recorder.file(suite, experiment);
    TraceStamp stamp = TraceStamp.of(file);
    assertThat(stamp.isOf(1, DataSize.parse("256MiB"), Kernel.arguments(experiment, Optional.empty()))).isTrue();
    assertThat(stamp.length()).isBetween(LENGTH, LENGTH.multipliedBy(2));
    assertThat(stamp.engine()).containsKey("engine.hash");
    TraceFile trace = new TraceFile(file);
    assertThat((long) trace.header().pages()).isEqualTo(stamp.figures().get("pages")).isGreaterThanOrEqualTo(65536);
    assertThat(trace.used().pages()).isEqualTo(stamp.figures().get("used_pages")).isBetween((long) WORKING_SET / 2, 60_000L);

    BitSet once = new BitSet();
    BitSet again = new BitSet();
    long dirtied = 0;
    long intervals = 0;
    double seconds = 0;
    try (Trace.Player player = trace.play()) {
      PageRuns runs = new PageRuns();
      for (Optional<Duration> length = player.next(runs); length.isPresent(); length = player.next(runs)) {
        intervals++;
        seconds += length.get().toNanos() / 1e9;
        dirtied += runs.pages();
        BitSet pages = new BitSet();
        runs.addTo(pages);
        BitSet before = (BitSet) once.clone();
        before.and(pages);
        again.or(before);
        once.or(pages);
      }
    }
    assertThat(intervals).isEqualTo(stamp.figures().get("intervals"));
    assertThat(dirtied).isEqualTo(stamp.figures().get("dirtied_pages"));
    // its whole working set, and again; the kernel's few pages besides, in every interval
    assertThat(once.cardinality()).isBetween(WORKING_SET, 2 * WORKING_SET);
    assertThat(again.cardinality()).isGreaterThan(WORKING_SET / 2);
    assertThat(dirtied / seconds).isBetween(PAGES_PER_SECOND / 2.0, 1.2 * PAGES_PER_SECOND + 300 * intervals / seconds);
  }
}
