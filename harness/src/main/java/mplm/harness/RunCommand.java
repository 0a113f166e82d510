// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.engine.migration.Method;
import mplm.engine.unit.Durations;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.report.Display;
import mplm.harness.report.Estimate;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Suite;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;
import mplm.harness.trial.Artifacts;
import mplm.harness.trial.SuiteRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
final class RunCommand implements Callable<Integer> {
  /** Between methods, but not between the settings of one: those are KEY=VALUE or one of MPLM's words. */
  static final String METHOD_COMMA = ",(?![^,:]*=|strict|mixed)";

  /** By default: the same order each time. */
  static final long SEED = 1;

  @Parameters(paramLabel = "SUITE", arity = "0..1", defaultValue = "quick", description = "${DEFAULT-VALUE} by default")
  private String suite;

  @Option(names = "--methods", paramLabel = "METHOD,...", description = "instead of the suite's, such as precopy:0.3s,mplm")
  private String methods;

  @Option(names = "--benchmarks", paramLabel = "NAME[.CLASS],...", split = ",", description = "these of the suite, such as mg or mg.A")
  private List<String> benchmarks;

  @Option(names = "--repetitions", paramLabel = "N", description = "instead of the suite's")
  private Integer repetitions;

  @Option(names = "--seed", paramLabel = "N", description = "of the order of methods in each repetition; by default ${DEFAULT-VALUE}")
  private long seed = SEED;

  @Option(names = "--verify-memory", description = "compare all memory byte for byte in every trial")
  private boolean verifyMemory;

  @Option(names = "--testbed", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}; by default the best that works here")
  private Kind testbed;

  @Mixin private HostsOption hosts;

  @Option(names = "--qemu-source", paramLabel = "DIR|TARBALL", description = "build the engine from this source of QEMU 10.0")
  private Path qemuSource;

  @Option(names = "--output", paramLabel = "DIR", description = "where the run gets its folder; by default reports/runs")
  private Path output;

  @Option(names = "--dry-run", description = "say what would be run, and end")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Clone clone = Clone.here();
    Suite chosen = choose(clone.npbConfigs());
    if (testbed != null && hosts.isGiven()) {
      throw new BadInput("--testbed and --hosts: a run takes place on one of them");
    }
    if (qemuSource != null && !Files.exists(qemuSource)) {
      throw new BadInput("--qemu-source " + qemuSource + ": no such file or folder");
    }
    if (qemuSource != null && Artifacts.engineGiven() && hosts.hosts().isEmpty()) {
      throw new BadInput("--qemu-source " + qemuSource + ": the environment names an engine already, in MPLM_ENGINE");
    }
    Hosts two = hosts.hosts().orElse(null);
    if (dryRun) {
      return describe(chosen);
    }
    // a source of another version is bad input, told before all else; a missing testbed is told before a long build
    Artifacts early = qemuSource == null ? null : Artifacts.make(clone.engineBuild(), clone.guestBuild(), qemuSource);
    Kind kind = two == null ? Testbed.choose(testbed) : null;
    Artifacts artifacts = early != null ? early : Artifacts.make(clone.engineBuild(), clone.guestBuild(), null);
    if (two == null) {
      return Testbed.run(kind, hosts.again(artifacts));
    }
    Path runs = output != null ? output : clone.runs();
    Display display = Display.on(System.out, Boolean.getBoolean("mplm.terminal"));
    return SuiteRun.run(chosen, seed, two.resolved(), artifacts, runs.toAbsolutePath().normalize(), display) ? 0 : Mplm.FAILED;
  }

  private Suite choose(NpbConfigs configs) {
    Suite chosen = configs.suite(suite);
    if (benchmarks != null) {
      benchmarks.forEach(name -> configs.benchmark(name.split("\\.", 2)[0]));
      chosen = chosen.select(benchmarks);
    }
    if (methods != null) {
      try {
        chosen = chosen.withMethods(Arrays.stream(methods.split(METHOD_COMMA, -1)).map(Method::parse).toList());
      } catch (IllegalArgumentException e) {
        throw new BadInput("--methods: " + e.getMessage());
      }
    }
    if (repetitions != null) {
      chosen = chosen.withRepetitions(repetitions);
    }
    return verifyMemory ? chosen.withMemoryVerified() : chosen;
  }

  private int describe(Suite chosen) {
    PrintWriter out = spec.commandLine().getOut();
    List<PlannedTrial> plan = chosen.plan(seed);
    out.println("suite " + chosen.name() + ": " + chosen.title());
    for (PlannedTrial planned : plan) {
      out.println("  " + planned.number() + "  " + planned.name() + "  (" + planned.experiment().title() + ", cancelled after "
          + planned.experiment().limitPasses() + " passes of used memory, not before "
          + Durations.print(planned.experiment().limitAtLeast()) + ")");
    }
    out.println(plan.size() + " trials");
    out.println(Estimate.of(plan).sentence());
    out.flush();
    return 0;
  }
}
