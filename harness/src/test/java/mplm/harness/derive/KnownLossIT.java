// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.engine.unit.Patience.ANSWER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestRecord;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.LostTimeDerivation.Mark;
import mplm.harness.file.Folders;
import mplm.harness.host.TestHosts;
import mplm.harness.machine.Machine;
import mplm.harness.result.LostTime;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = {"testbed", "long"}, timeOut = 240_000)
public class KnownLossIT {
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration READY = Patience.of(Duration.ofSeconds(60));
  /** Iterations by which the program's pace is known, and so many that it makes at the end. */
  private static final int SEEN = 15;

  private final List<Mark> marks = new CopyOnWriteArrayList<>();

  /**
   * A real guest that is not migrated. It runs at half its speed for 2 s, is stopped for 2 s, and runs at half its speed for 5 s, by
   * QMP's stop and cont; so what it lost is known. Its program writes at a rate by the guest's own clock, which stands still with it: the
   * pace of one that writes as fast as it can is the machine's, and drifts from minute to minute.
   */
  @Test
  public void aGuestThatIsStoppedAndSlowedLosesWhatIsKnown() throws Exception {
    Path folder = Files.createTempDirectory("mplm-it");
    Experiment experiment = new Experiment("W", new NpbConfigs(CLONE.resolve("npb-configs")).benchmark("writer"), "W", 1,
        DataSize.parse("256MiB"), DataSize.parse("0B"), null, null, Bandwidth.parse("1Gbit/s"), List.of(Method.parse("mplm")), true,
        READY, READY, 3, Duration.ofSeconds(5), false);
    Artifacts artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    Machine.Records records = new Machine.Records(folder, message -> {},
        line -> GuestRecord.parse(line.text(), line.arrival()).ifPresent(this::told), Optional.empty());
    try (Rig rig = Rig.open(TestHosts.with(Map.of()), Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), folder);
        Machine guest = Machine.start(rig.source().host(), work -> rig.hypervisor(rig.source(), Accelerator.TCG, experiment.guest(),
            Kernel.arguments(experiment, Optional.empty()), work), records, Optional.empty())) {
      guest.resume();
      awaitMore(SEEN);
      long begin = System.nanoTime();
      double before = slow(guest, Duration.ofSeconds(2));
      long stop = System.nanoTime();
      double blackout = pause(guest, Duration.ofSeconds(2));
      long resume = System.nanoTime();
      double after = slow(guest, Duration.ofSeconds(5));
      awaitMore(SEEN);
      LostTime lost = LostTimeDerivation.of(List.copyOf(marks), begin, stop, resume);
      assertThat(lost.missing()).isEmpty();
      LostTime.Parts parts = lost.parts().orElseThrow();
      double known = before + blackout + after;
      double error = Math.max(0.05 * known, seconds(parts.error()));
      assertThat(seconds(parts.all())).as("%.3f s before, %.3f s stopped, %.3f s after: %s", before, blackout, after, parts)
          .isBetween(known - error, known + error);
      assertThat(parts.error()).isLessThan(parts.all().dividedBy(4));
    } finally {
      Folders.remove(folder);
    }
  }

  private void told(GuestRecord record) {
    if (record.kind().equals("iteration")) {
      marks.add(new Mark(record.arrival(), record.number("repetition").longValueExact(), record.number("n").longValueExact(),
          record.number("of").longValueExact()));
    }
  }

  private void awaitMore(int iterations) throws InterruptedException {
    int wanted = marks.size() + iterations;
    long end = System.nanoTime() + READY.toNanos();
    while (marks.size() < wanted) {
      assertThat(System.nanoTime()).as("%s iterations, %s are waited for", marks.size(), wanted).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Half of the time stopped; returns the seconds. */
  private static double slow(Machine guest, Duration length) throws IOException, InterruptedException {
    Duration half = Duration.ofMillis(100);
    double lost = 0;
    for (long end = System.nanoTime() + length.toNanos(); System.nanoTime() < end;) {
      lost += pause(guest, half);
      Thread.sleep(half.toMillis());
    }
    return lost;
  }

  /** Stopped for that long; returns the seconds that it came to. */
  private static double pause(Machine guest, Duration length) throws IOException, InterruptedException {
    long asked = System.nanoTime();
    guest.qmp().execute("stop", ANSWER);
    long stopped = System.nanoTime();
    Thread.sleep(length.toMillis());
    long told = System.nanoTime();
    guest.qmp().execute("cont", ANSWER);
    // each within its command and its answer
    return (told - stopped + (System.nanoTime() - told + stopped - asked) / 2.0) / 1e9;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
