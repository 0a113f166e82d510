// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.engine.unit.Durations;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.recording.TraceRecorder;
import mplm.harness.suite.Clone;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm record}. */
@Command(
    name = "record",
    description = {
      "Records what the guests of a suite dirty, each as it is before a migration, for mplm simulate. Nothing is migrated.",
      "Without --hosts, two hosts are made on this machine, as for a run."
    },
    mixinStandardHelpOptions = true)
public final class RecordCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofHours(1);

  @Parameters(paramLabel = "SUITE", arity = "0..1", defaultValue = "quick", description = "its name, or the path of its file; ${DEFAULT-VALUE} by default")
  private String suite;

  @Option(names = "--benchmarks", paramLabel = "NAME[.CLASS],...", split = ",", description = "these of the suite, such as mg or mg.A")
  private List<String> benchmarks;

  @Option(names = "--length", paramLabel = "DURATION", defaultValue = "60s",
      description = "length of each trace, 2s to 1h; by default ${DEFAULT-VALUE}")
  private String length;

  @Option(names = "--interval", paramLabel = "DURATION", defaultValue = "0.1s",
      description = "from one fetch of the dirty log to the next, 0.001s to 60s; by default ${DEFAULT-VALUE}")
  private String interval;

  @Option(names = "--output", paramLabel = "DIR", description = "where the traces go; by default reports/traces")
  private Path output;

  @Mixin private Place place;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Clone clone = Clone.here();
    Suite chosen = clone.npbConfigs().suite(suite);
    if (benchmarks != null) {
      chosen = chosen.select(benchmarks);
    }
    TraceRecorder recorder = new TraceRecorder(duration("--length", length, SHORTEST, LONGEST),
        duration("--interval", interval, Duration.ofMillis(1), Duration.ofMinutes(1)),
        "mplm " + String.join(" ", spec.commandLine().getParent().getParseResult().originalArgs()),
        (output != null ? output : clone.traces()).toAbsolutePath().normalize());
    recorder.refuseIfThere(chosen);
    // one guest that goes nowhere: of several pairs, the first
    Hosts two = place.hosts().map(pairs -> pairs.get(0)).orElse(null);
    Kind kind = two == null ? Testbed.choose(place.testbed()) : null;
    Artifacts artifacts = Artifacts.make(clone.engineBuild(), clone.guestBuild(), null);
    if (two == null) {
      return Testbed.run(kind, place.again(artifacts));
    }
    Display display = Display.on(System.out, Boolean.getBoolean("mplm.terminal"));
    return recorder.record(chosen, two.resolved(), artifacts, display) ? 0 : ExitCode.FAILED;
  }

  private static Duration duration(String option, String text, Duration least, Duration most) {
    Duration value;
    try {
      value = Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadInput(option + ": " + e.getMessage());
    }
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0 || value.toNanos() % 1_000_000 != 0) {
      throw new BadInput(option + " " + text + ", allowed: " + Durations.print(least) + " to " + Durations.print(most)
          + " in whole milliseconds");
    }
    return value;
  }
}
