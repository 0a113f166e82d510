// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.calibration;

import static mplm.engine.unit.Patience.ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import mplm.engine.guest.Accelerator;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.machine.Machine;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.SerialRecord;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.Outcome;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.rig.WarmUp;
import mplm.harness.scale.Proportions;
import mplm.harness.scale.Scaling;
import mplm.harness.suite.Experiment;
import mplm.harness.terminal.Display;

/**
 * How a guest dirties its memory where it will be migrated from: it boots on the source as for a trial, gets warm, and is migrated
 * to nowhere. MPLM, held, fetches the dirty log once per epoch for as long as it is let; so each window's pages are counted by the very
 * log that a migration reads, while the guest is slowed down as by a migration. Then it is stopped a few times and sent at once,
 * which counts the pages that are not zero. Nothing is computed here: {@link mplm.harness.derive.CalibrationDerivation} reads what
 * QEMU answered.
 */
final class Calibration {
  /** Windows are the epochs that would go with passes of so many seconds. */
  private static final List<Duration> PASSES = List.of(Duration.ofSeconds(4), Scaling.SHORTEST, Scaling.USUAL, Duration.ofSeconds(12),
      Duration.ofSeconds(20), Duration.ofSeconds(40), Scaling.LONGEST);
  /** The number of windows that are always looked at. A longer one is if the one before dirtied more than the one before that by more than {@link #MORE}. */
  private static final int ALWAYS = 5;
  private static final double MORE = 1.05;
  /** The first fetch of a window comes after the log began, which is not as long before; the others count. */
  private static final int FETCHES = 6;
  /** The same in windows that are longer than {@link #ALWAYS} of them. */
  private static final int FEW_FETCHES = 3;
  /** Times that the used memory is counted. */
  private static final int COUNTS = 3;

  private static final String NOWHERE = "exec:cat >/dev/null";
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration COUNT = Patience.of(Duration.ofMinutes(2));
  private static final Duration PAUSE = Duration.ofMillis(700);

  private final Rig rig;
  private final Accelerator accelerator;
  private final Experiment experiment;
  private final Display display;

  /** Calibrates an experiment whose benchmark is in the paper. */
  Calibration(Rig rig, Accelerator accelerator, Experiment experiment, Display display) {
    this.rig = rig;
    this.accelerator = accelerator;
    this.experiment = experiment;
    this.display = display;
  }

  /** The windows, in whole milliseconds. */
  static List<Duration> windows(Proportions original) {
    return PASSES.stream().map(pass -> Duration.ofMillis(Math.round(1000 * Scaling.epoch(pass, original)))).toList();
  }

  /** Leaves its records in a folder, which it makes; their journal has an end if all went well. */
  void run(TrialFolder folder) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    folder.create();
    try (Journal journal = new Journal(folder.journal(), begin);
        QmpRecord messages = new QmpRecord(folder.qmp(), begin);
        SerialRecord serial = new SerialRecord(folder.serial(TrialFolder.SOURCE), begin)) {
      Machine.Records records = new Machine.Records(folder.side(TrialFolder.SOURCE), messages, serial, Optional.empty());
      journal.start(Journal.Part.BOOT);
      String arguments = Kernel.arguments(experiment, Optional.empty());
      try (Machine source = Machine.start(rig.source().host(), work -> rig.hypervisor(
          rig.source(), accelerator, experiment.guest(), arguments, work).withMore("-trace", "mplm_start", "-trace", "mplm_epoch"),
          records, Optional.empty())) {
        source.use(() -> measure(source, journal));
        journal.stop();
      }
      journal.end(Outcome.COMPLETED, Optional.empty());
    }
  }

  private Void measure(Machine source, Journal journal) throws IOException, InterruptedException {
    display.stage("booting");
    source.resume();
    source.serial().await("boot", Patience.of(experiment.readyWithin()));
    journal.start(Journal.Part.WARM_UP);
    display.stage("warming up");
    DataSize used = WarmUp.await(source, Patience.of(experiment.readyWithin()));
    journal.start(Journal.Part.MIGRATION);
    display.stage("counting dirtied pages");
    List<Duration> windows = windows(experiment.benchmark().paper());
    double before = 0;
    double last = Double.POSITIVE_INFINITY;
    for (int i = 0; i < windows.size() && (i < ALWAYS || last > MORE * before); i++) {
      before = last;
      last = fetchEvery(windows.get(i), i < ALWAYS ? FETCHES : FEW_FETCHES, used, source);
    }
    display.stage("counting used pages");
    for (int count = 0; count < COUNTS; count++) {
      countUsed(source);
    }
    return null; // all is in the records
  }

  /**
   * Has the dirty log read once per window, by a migration to nowhere that is as slow as over the link.
   *
   * @return the pages of a fetch, on average
   */
  private static double fetchEvery(Duration window, int fetches, DataSize used, Machine source) throws IOException, InterruptedException {
    mplm(source, true);
    source.qmp().execute("migrate-set-parameters", Map.of("mplm-epoch-length", window.toMillis(), "mplm-hold", true,
        "max-bandwidth", used.bytes() / Scaling.USUAL.toSeconds()), ANSWER);
    source.qmp().execute("migrate", Map.of("uri", NOWHERE), ANSWER);
    Duration atMost = window.multipliedBy(3L * fetches).plus(ANSWER);
    // before it is active the figures are those of the window before
    JsonNode first = await(source, "fetch 1", atMost, info -> info.path("status").asText().equals("active") && epochs(info) >= 2);
    JsonNode last = await(source, "fetch " + fetches, atMost, info -> epochs(info) > fetches);
    source.qmp().execute("migrate_cancel", ANSWER);
    await(source, "cancelled", ANSWER, info -> info.path("status").asText().equals("cancelled"));
    return (double) (fetched(last) - fetched(first)) / (epochs(last) - epochs(first));
  }

  private static long fetched(JsonNode info) {
    return info.path("mplm").path("fetched").asLong();
  }

  private static long epochs(JsonNode info) {
    return info.path("mplm").path("epochs").asLong();
  }

  private static void countUsed(Machine source) throws IOException, InterruptedException {
    mplm(source, false);
    source.qmp().execute("migrate-set-parameters", Map.of("max-bandwidth", 0), ANSWER);
    source.qmp().execute("stop", ANSWER);
    source.qmp().execute("migrate", Map.of("uri", NOWHERE), ANSWER);
    await(source, "completed", COUNT,
        info -> info.path("status").asText().equals("completed") && info.path("total-time").asLong() > 0);
    source.qmp().execute("cont", ANSWER);
    Thread.sleep(PAUSE.toMillis());
  }

  private static void mplm(Machine source, boolean on) throws IOException, InterruptedException {
    source.qmp().execute("migrate-set-capabilities",
        Map.of("capabilities", List.of(Map.of("capability", "mplm", "state", on))), ANSWER);
  }

  private static JsonNode await(Machine source, String what, Duration atMost, Predicate<JsonNode> reached)
      throws IOException, InterruptedException {
    JsonNode info;
    long end = System.nanoTime() + atMost.toNanos();
    do {
      info = source.qmp().execute("query-migrate", ANSWER);
      if (reached.test(info)) {
        return info;
      }
      Thread.sleep(POLL.toMillis());
    } while (System.nanoTime() < end && !info.path("status").asText().equals("failed"));
    throw new IOException(source.host().name() + ": no " + what + " within " + atMost.toSeconds() + " s, the last: " + info);
  }
}
