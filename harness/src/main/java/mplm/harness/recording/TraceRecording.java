// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.recording;

import static mplm.engine.unit.Patience.ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import mplm.engine.guest.Accelerator;
import mplm.engine.trace.TraceFile;
import mplm.engine.unit.Patience;
import mplm.harness.machine.Machine;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.rig.WarmUp;
import mplm.harness.suite.Experiment;
import mplm.harness.terminal.Display;

/**
 * The recording of one guest's dirty trace: it boots on the source as for a trial and gets warm, and from the moment at which it
 * would be migrated QEMU writes what it dirties. Then it runs for as long again, to see how much slower it was while it was recorded.
 */
final class TraceRecording {
  /** The time to search the memory for used pages, and to write the last interval. */
  private static final Duration COMPLETION = Patience.of(Duration.ofMinutes(5));

  private static final Duration LOOK = Duration.ofMillis(200);

  /**
   * What came out.
   *
   * @param figures the recorder's
   * @param recorded the program's pace meanwhile
   * @param without its pace behind
   */
  record Result(Map<String, Long> figures, Pace recorded, Pace without) {}

  private final Rig rig;
  private final Accelerator accelerator;
  private final Experiment experiment;
  private final Display display;

  TraceRecording(Rig rig, Accelerator accelerator, Experiment experiment, Display display) {
    this.rig = rig;
    this.accelerator = accelerator;
    this.experiment = experiment;
    this.display = display;
  }

  /**
   * Makes it.
   *
   * @param length how long is recorded
   * @param interval from one fetch of the dirty log to the next, whole milliseconds
   * @param title what the trace says of itself
   * @param file the trace, which is whole and can be read if this returns
   * @param logs local folder, which must exist
   * @throws IOException the guest, the hypervisor or the recorder failed
   */
  Result run(Duration length, Duration interval, String title, Path file, Path logs) throws IOException, InterruptedException {
    String arguments = Kernel.arguments(experiment, rig.hosts().guestAddress());
    try (Machine source = Machine.start(rig.source().host(), work -> rig.withNetwork(
        rig.hypervisor(rig.source(), accelerator, experiment.guest(), arguments, work), rig.source()),
        Machine.Records.logs(logs), Optional.empty())) {
      return source.use(() -> record(source, length, interval, title, file));
    }
  }

  private Result record(Machine source, Duration length, Duration interval, String title, Path file) throws IOException, InterruptedException {
    display.stage("booting");
    source.resume();
    source.serial().await("boot", Patience.of(experiment.readyWithin()));
    display.stage("warming up");
    WarmUp.await(source, Patience.of(experiment.readyWithin()));
    display.stage("recording");
    String trace = source.hypervisor().workFolder() + "/dirty.trace.gz";
    source.qmp().execute("mplm-record-start",
        Map.of("filename", trace, "interval", interval.toMillis(), "source", title), ANSWER);
    Pace recorded = pace(source, length);
    source.qmp().execute("mplm-record-stop", ANSWER);
    Map<String, Long> figures = complete(source);
    fetch(source, trace, file);
    display.stage("letting the program run");
    return new Result(figures, recorded, pace(source, length));
  }

  private static Pace pace(Machine source, Duration time) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    while (System.nanoTime() < end) {
      if (!source.isAlive()) {
        throw new IOException("the guest ended while it was recorded");
      }
      Thread.sleep(LOOK.toMillis());
    }
    return Pace.between(begin, end, source.serial().records());
  }

  private static Map<String, Long> complete(Machine source) throws IOException, InterruptedException {
    JsonNode info = source.qmp().execute("query-mplm-record", ANSWER);
    for (long end = System.nanoTime() + COMPLETION.toNanos(); info.path("status").asText().equals("active"); ) {
      if (System.nanoTime() > end) {
        throw new IOException(source.host().name() + ": the trace is not complete after " + COMPLETION.toSeconds() + " s");
      }
      Thread.sleep(LOOK.toMillis());
      info = source.qmp().execute("query-mplm-record", ANSWER);
    }
    if (!info.path("status").asText().equals("completed")) {
      throw new IOException(source.host().name() + ": " + info.path("error-desc").asText());
    }
    Map<String, Long> figures = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : info.properties()) {
      if (field.getValue().isNumber()) {
        figures.put(field.getKey().replace('-', '_'), field.getValue().asLong());
      }
    }
    return figures;
  }

  private static void fetch(Machine source, String trace, Path file) throws IOException {
    source.host().fetch(Map.of(trace, file));
    try {
      new TraceFile(file);
    } catch (IllegalArgumentException e) {
      throw new IOException("the trace as it was fetched cannot be read: " + e.getMessage(), e);
    }
  }
}
