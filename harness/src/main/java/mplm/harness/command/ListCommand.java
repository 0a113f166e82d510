// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mplm.engine.scheduler.Scheduler;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mplm list}. */
@Command(name = "list", description = "Lists suites, benchmarks and methods, or the columns of all CSV files.", mixinStandardHelpOptions = true)
public final class ListCommand implements Callable<Integer> {
  @Option(names = "--columns", description = "list the columns of all CSV files: type, unit, meaning, and when they are empty")
  private boolean columns;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (columns) {
      out.print(Dictionary.page());
      out.flush();
      return 0;
    }
    NpbConfigs configs = Clone.here().npbConfigs();
    out.println("suites");
    for (String name : configs.suites()) {
      Suite suite = configs.suite(name);
      out.printf(Locale.ROOT, "  %-10s %s (%d trials)%n", name, suite.title(), suite.plan(RunCommand.SEED).size());
    }
    out.println("benchmarks, with the memory of each class");
    for (String name : configs.benchmarks()) {
      Benchmark benchmark = configs.benchmark(name);
      out.printf(Locale.ROOT, "  %-10s %s%n", name, benchmark.title());
      out.printf(Locale.ROOT, "             %s%n", benchmark.classes().entrySet().stream()
          .map(entry -> entry.getKey() + " " + entry.getValue().memory())
          .collect(Collectors.joining(", ")));
    }
    out.println("methods");
    out.println("  precopy:DURATION  stock pre-copy with that maximum tolerable downtime, such as precopy:0.3s; features, separated by commas:"
        + " auto-converge[=INITIAL/INCREMENT/MAXIMUM], xbzrle=SIZE, multifd=CHANNELS[/zlib], dirty-limit[=MB-PER-SECOND]");
    out.println("  mplm[:SETTINGS]   MPLM; settings, separated by commas: policy=NAME (" + String.join(", ", Scheduler.policies())
        + "), epoch=DURATION, batch=STEPS, share=PERCENT, strict, mixed");
    out.println("  nova[:SETTINGS]   stock pre-copy as OpenStack Nova raises its maximum tolerable downtime: downtime=DURATION, steps=NUMBER,"
        + " delay=DURATION-PER-GIB, memory=SIZE");
    out.println("  kubevirt          stock pre-copy as KubeVirt stops it once it has stalled: window=DURATION");
    out.println("  small-gain        stock pre-copy that stops the guest after a round that gained little: share=PERCENT");
    out.println("  unmigrated        the guest stays: what its program's time is compared with");
    out.flush();
    return 0;
  }
}
