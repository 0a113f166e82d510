// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.harness.derive.RunDerivation;
import mplm.harness.derive.RunMerge;
import mplm.harness.record.RunManifest;
import mplm.harness.simulation.SweepMerge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm merge}. */
@Command(
    name = "merge",
    description = {
      "Makes one run of its shards, which mplm run --shard made: the same trials in the same order; or one CSV file of simulations.",
      "Shards of different suites, seeds, engines, guests or kinds of hosts are refused. What is missing is told; exit code 1."
    },
    mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", arity = "1..*",
      description = "folders of the shards, in any order; or the CSV files of mplm simulate --shard")
  private List<Path> runs;

  @Option(names = "--output", paramLabel = "DIR", required = true,
      description = "the merged run's folder, which is made; or the merged CSV file")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<String> missing;
    if (Files.isRegularFile(runs.get(0))) {
      SweepMerge merge = new SweepMerge(runs);
      merge.write(output);
      out.println(output);
      missing = merge.missing();
    } else {
      List<Path> begun = runs.stream().filter(run -> !isEmpty(run)).toList();
      RunMerge merge = new RunMerge((begun.isEmpty() ? runs : begun).stream().map(RunDerivation::of).toList());
      merge.write(output.toAbsolutePath().normalize()).forEach(out::println);
      missing = merge.missing();
      // a batch system that requeues a job before its first trial leaves one, and the trials are made by the next
      String rest = missing.isEmpty() ? ", and no trial is missing" : "";
      runs.stream().filter(run -> !begun.contains(run)).forEach(run -> out.println(run + ": nothing was begun there" + rest));
    }
    missing.forEach(what -> out.println("missing: " + what));
    out.flush();
    return missing.isEmpty() ? 0 : ExitCode.FAILED;
  }

  /** A run's folder in which a job was ended before it looked at its hosts. */
  private static boolean isEmpty(Path run) {
    return Files.isDirectory(run) && !Files.exists(RunManifest.file(run)) && !Files.exists(run.resolve("trials"));
  }
}
