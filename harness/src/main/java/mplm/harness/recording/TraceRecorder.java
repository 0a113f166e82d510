// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.file.ScratchFolder;
import mplm.harness.host.Cause;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.record.TraceStamp;
import mplm.harness.rig.Environment;
import mplm.harness.rig.Kernel;
import mplm.harness.run.Site;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;

/**
 * Records the dirty traces of a suite's guests, one after another, on the source host.
 *
 * @param length of each trace
 * @param interval from one fetch of the dirty log to the next, whole milliseconds
 * @param command by which this was asked for
 * @param output local folder of the traces
 */
public record TraceRecorder(Duration length, Duration interval, String command, Path output) {
  /** Guests that several experiments share are recorded once, under the first's name. */
  public static List<Experiment> guests(Suite suite) {
    Map<List<Object>, Experiment> guests = new LinkedHashMap<>();
    for (Experiment experiment : suite.experiments()) {
      guests.putIfAbsent(List.of(experiment.guest(), Kernel.arguments(experiment, Optional.empty())), experiment);
    }
    return List.copyOf(guests.values());
  }

  /** Where the trace of an experiment's guest goes. */
  public Path file(Suite suite, Experiment experiment) {
    return output.resolve(suite.name() + "-" + experiment.name() + TraceStamp.TRACE);
  }

  /** {@link BadInput} if a trace is there already: it may be one that a report is of, and is not made again in a minute. */
  public void refuseIfThere(Suite suite) {
    for (Experiment experiment : guests(suite)) {
      Path file = file(suite, experiment);
      if (Files.exists(file)) {
        throw new BadInput(file + ": a trace is there already; --output DIR names another folder");
      }
    }
  }

  /**
   * Records them.
   *
   * @return whether all were recorded; what was not is told
   * @throws HostException a host cannot be used
   */
  public boolean record(Suite suite, Hosts hosts, Artifacts artifacts, Display display) throws IOException, InterruptedException {
    Files.createDirectories(output);
    List<Experiment> guests = guests(suite);
    int failed = 0;
    try (ScratchFolder scratch = new ScratchFolder("mplm-record"); Site site = new Site(hosts, artifacts, scratch.path(), display)) {
      Path logs = scratch.path();
      for (Experiment experiment : guests) {
        display.trial(title(experiment), guests.indexOf(experiment) + 1, guests.size());
        try {
          record(suite, experiment, site, artifacts, display, Files.createDirectory(logs.resolve(experiment.name())));
        } catch (IOException | HostException e) {
          display.close();
          display.say(experiment.name() + ": not recorded: " + e.getMessage()
              + Cause.of(e.getMessage()).map(cause -> ": " + cause.remedy()).orElse(""));
          failed++;
        }
      }
      if (failed > 0) {
        scratch.keep();
        display.say("logs: " + logs);
      }
    }
    return failed == 0;
  }

  private void record(Suite suite, Experiment experiment, Site site, Artifacts artifacts, Display display, Path logs)
      throws IOException, InterruptedException {
    Artifact engine = Artifact.engine(artifacts.engine());
    Artifact guest = Artifact.guest(artifacts.guest());
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String accelerator = site.accelerator().name().toLowerCase(Locale.ROOT);
    String title = title(experiment) + ", " + accelerator + ", " + now + ", engine "
        + engine.property("engine.hash").substring(0, 16);
    Path file = file(suite, experiment);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      TraceRecording.Result result =
          new TraceRecording(site.rig(), site.accelerator(), experiment, display).run(length, interval, title, fresh, logs);
      OptionalDouble slowdown = result.recorded().slowerThan(result.without());
      TraceStamp stamp = new TraceStamp(command, now.toString(), experiment.benchmark().name(), experiment.problemClass(), experiment.vcpus(),
          experiment.memory(), Kernel.arguments(experiment, Optional.empty()), site.accelerator(), site.rig().hosts().testbed(),
          interval, Duration.ofNanos(1_000 * result.figures().get("recorded_time")), engine.properties(), guest.properties(),
          Environment.stamp(site.rig().source().host()), result.figures(), result.without().iterations(),
          result.recorded().iterations(), slowdown.isPresent() ? slowdown.getAsDouble() : null);
      put(fresh, stamp, file);
      display.close();
      display.say(sentence(file, result, slowdown));
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Replaces a trace and its stamp: no stamp ever stands beside a trace that it is not of. */
  private static void put(Path fresh, TraceStamp stamp, Path file) throws IOException {
    Path place = TraceStamp.file(file);
    Path freshStamp = place.resolveSibling(place.getFileName() + ".new");
    try {
      stamp.write(freshStamp);
      Files.deleteIfExists(place);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      Files.move(freshStamp, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(freshStamp);
    }
  }

  private static String title(Experiment experiment) {
    return experiment.benchmark().name() + "." + experiment.problemClass() + ", " + experiment.guest();
  }

  private static String sentence(Path file, TraceRecording.Result result, OptionalDouble slowdown) throws IOException {
    Map<String, Long> figures = result.figures();
    long intervals = figures.get("intervals");
    return String.format(Locale.ROOT, "%s: %s, %d intervals in %s, %d of %d pages used, %.0f pages dirtied/s; a fetch took %.3f ms,"
        + " at most %.3f ms; iterations while recorded %s (%d, %d without)", file, new DataSize(Files.size(file)), intervals,
        Durations.print(Duration.ofMillis(figures.get("recorded_time") / 1_000)), figures.get("used_pages"), figures.get("pages"),
        1e6 * figures.get("dirtied_pages") / figures.get("recorded_time"), figures.get("fetch_time") / 1e3 / intervals,
        figures.get("fetch_time_max") / 1e3,
        slowdown.isPresent() ? String.format(Locale.ROOT, "took %+.1f %%", 100 * slowdown.getAsDouble()) : "are too few to compare",
        result.recorded().iterations(), result.without().iterations());
  }
}
