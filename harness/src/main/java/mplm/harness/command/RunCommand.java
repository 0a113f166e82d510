// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import mplm.engine.migration.Method;
import mplm.harness.artifact.Artifacts;
import mplm.harness.calibration.Calibrations;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Hosts;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.run.Resumption;
import mplm.harness.run.RunRequest;
import mplm.harness.run.SuiteRun;
import mplm.harness.suite.Clone;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm run}: checks what it was given, builds what is missing, then runs the suite. */
@Command(
    name = "run",
    description = {
      "Runs a suite: every trial migrates one guest once and becomes a row of trials.csv.",
      "Without --hosts, two hosts are made on this machine and the run takes place there."
    },
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  /** The default seed: the order is the same each time. */
  static final long SEED = 1;

  @Parameters(paramLabel = "SUITE", arity = "0..1", defaultValue = "quick", description = "its name, or the path of its file; ${DEFAULT-VALUE} by default")
  private String suite;

  @Option(names = "--methods", paramLabel = "METHOD,...", description = "instead of the suite's, such as precopy:0.3s,mplm")
  private String methods;

  @Option(names = "--benchmarks", paramLabel = "NAME[.CLASS],...", split = ",", description = "these of the suite, such as mg or mg.A")
  private List<String> benchmarks;

  @Option(names = "--repetitions", paramLabel = "N", description = "instead of the suite's")
  private Integer repetitions;

  @Option(names = "--seed", paramLabel = "N", description = "seed of the order of methods in each repetition; by default ${DEFAULT-VALUE}")
  private long seed = SEED;

  @Option(names = "--verify-memory", description = "compare all memory byte for byte in every trial")
  private boolean verifyMemory;

  @Mixin private Place place;

  @Option(names = "--protection", paramLabel = "HOW",
      description = "protection of the migration stream, instead of the hosts file's: ${COMPLETION-CANDIDATES}")
  private Protection protection;

  @Option(names = "--qemu-source", paramLabel = "DIR|TARBALL", description = "build the engine from this source of QEMU")
  private Path qemuSource;

  @Mixin private EnginesOption engines;

  @Option(names = "--output", paramLabel = "DIR", description = "where the run gets its folder; by default reports/runs")
  private Path output;

  @Option(names = "--shard", paramLabel = "I/N", description = "every Nth trial, from the Ith on; mplm merge makes one run of all")
  private String shard;

  @Option(names = "--resume", paramLabel = "RUN", description = "run what this run, which was broken off, has not done")
  private Path resume;

  @Option(names = "--calibrate", description = "measure the guests of scaled experiments even if that was done before")
  private boolean calibrate;

  @Option(names = "--dry-run", description = "say what would be run, and end")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Clone clone = Clone.here();
    Calibrations calibrations = Calibrations.inCache(calibrate);
    Suite chosen = resume == null ? choose(clone.npbConfigs()) : null;
    Shard part = part();
    RunManifest begun = resume == null ? null : begun();
    if (qemuSource != null && !Files.exists(qemuSource)) {
      throw new BadInput("--qemu-source " + qemuSource + ": no such file or folder");
    }
    if (qemuSource != null && Artifacts.engineGiven() && place.hosts().isEmpty()) {
      throw new BadInput("--qemu-source " + qemuSource + ": the environment names an engine already, in MPLM_ENGINE");
    }
    if (begun != null) {
      protection = Protection.valueOf(begun.setting().protection().toUpperCase(Locale.ROOT));
    }
    List<Hosts> pairs = place.hosts().map(all -> Hosts.with(all, protection)).orElse(null);
    if (begun != null && pairs != null) {
      requireSame(begun, pairs.get(0).testbed());
    }
    engines.check(begun);
    if (!engines.names().isEmpty()) {
      checkComparison(pairs);
    }
    if (dryRun) {
      DryRun dry = new DryRun(spec.commandLine().getOut());
      if (begun == null) {
        dry.plan(chosen, part, seed, pairs, engines.names(), engines.minutes());
      } else {
        dry.missing(new RunDerivation(resume, begun));
      }
      return 0;
    }
    PrintWriter out = spec.commandLine().getOut();
    if (begun != null && Resumption.isDone(resume, out::println)) {
      out.println(resume + ": nothing is missing, each trial has its row");
      return Resumption.isGood(resume) ? 0 : ExitCode.FAILED;
    }
    // a source of another version is bad input, told before all else; a missing testbed is told before a long build
    Artifacts early = !engines.names().isEmpty() ? Artifacts.make(engines.references(), clone.root(), clone.guestBuild())
        : qemuSource == null && begun == null ? null : Artifacts.make(clone.engineBuild(), clone.guestBuild(), qemuSource);
    if (begun != null) {
      Resumption.check(resume, begun, early);
    }
    Kind kind = pairs == null ? Testbed.choose(testbed(begun)) : null;
    Artifacts artifacts = early != null ? early : Artifacts.make(clone.engineBuild(), clone.guestBuild(), null);
    if (pairs == null) {
      return Testbed.run(kind, place.again(artifacts));
    }
    Display display = Display.on(System.out, Boolean.getBoolean("mplm.terminal"));
    List<Hosts> resolved = pairs.stream().map(Hosts::resolved).toList();
    if (begun != null) {
      return SuiteRun.resume(resume, resolved, artifacts, display) ? 0 : ExitCode.FAILED;
    }
    Path runs = output != null ? output : clone.runs();
    RunRequest request = new RunRequest(chosen, part, seed, Duration.ofMinutes(engines.minutes()), calibrations);
    return SuiteRun.run(request, resolved, artifacts, runs.toAbsolutePath().normalize(), display) ? 0 : ExitCode.FAILED;
  }

  private void checkComparison(List<Hosts> pairs) {
    if (qemuSource != null || shard != null) {
      throw new BadInput("--engine: not with --qemu-source or --shard");
    }
    if (pairs != null && pairs.size() > 1) {
      throw new BadInput("--engine: the hosts file has " + pairs.size() + " pairs, allowed: one, for both engines run on the same");
    }
  }

  private void requireSame(RunManifest begun, String where) {
    String before = begun.setting().testbed();
    if (!where.equals(before)) {
      throw new BadInput(resume + " cannot be resumed here, these differ: testbed: " + before + ", " + where);
    }
  }

  private Shard part() {
    try {
      return shard == null ? Shard.WHOLE : Shard.parse(shard);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--shard: " + e.getMessage());
    }
  }

  /** The run that is to be resumed, which says all but where it takes place; and on a testbed that too. */
  private RunManifest begun() {
    Set<String> own = Set.of("--resume", "--hosts", "--testbed", "--qemu-source", "--engine", "--dry-run");
    for (ArgSpec given : spec.commandLine().getParseResult().matchedArgs()) {
      if (given.isPositional() || !own.contains(((OptionSpec) given).longestName())) {
        throw new BadInput((given.isPositional() ? "SUITE" : ((OptionSpec) given).longestName())
            + " cannot be combined with --resume: the run has its own; allowed: --hosts, --testbed, --qemu-source, --engine, --dry-run");
      }
    }
    RunManifest begun = RunManifest.read(resume);
    String before = begun.setting().testbed();
    if (before.equals("none") && place.hosts().isEmpty()) {
      throw new BadInput("--resume: the run took place on hosts of a file: name it with --hosts");
    }
    if (place.testbed() != null) {
      requireSame(begun, place.testbed().toString());
    }
    return begun;
  }

  /** The testbed of the command line; a run that is resumed goes on where it took place. */
  private Kind testbed(RunManifest begun) {
    return begun == null || begun.setting().testbed().equals("none") ? place.testbed()
        : Kind.valueOf(begun.setting().testbed().toUpperCase(Locale.ROOT));
  }

  private Suite choose(NpbConfigs configs) {
    Suite chosen = configs.suite(suite);
    if (benchmarks != null) {
      benchmarks.forEach(name -> configs.benchmark(name.split("\\.", 2)[0]));
      chosen = chosen.select(benchmarks);
    }
    if (methods != null) {
      try {
        chosen = chosen.withMethods(Method.parseList(methods));
      } catch (IllegalArgumentException e) {
        throw new BadInput("--methods: " + e.getMessage());
      }
    }
    if (repetitions != null) {
      chosen = chosen.withRepetitions(repetitions);
    }
    return verifyMemory ? chosen.withMemoryVerified() : chosen;
  }
}
