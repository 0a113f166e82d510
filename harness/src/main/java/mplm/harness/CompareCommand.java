// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.harness.derive.RunComparison;
import mplm.harness.derive.RunDerivation;
import mplm.harness.input.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm compare}. */
@Command(
    name = "compare",
    description = {
      "Puts the medians of two runs side by side, by experiment and method.",
      "Runs of different hosts, links, guests or experiments are refused."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Parameters(paramLabel = "BASE", index = "0", description = "folder of the run to compare with")
  private Path base;

  @Parameters(paramLabel = "CANDIDATE", index = "1", description = "folder of the run that is compared")
  private Path candidate;

  @Option(names = "--force", description = "compare in spite of what differs; that is told")
  private boolean force;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RunComparison comparison = new RunComparison(RunDerivation.of(base), RunDerivation.of(candidate));
    List<String> obstacles = comparison.obstacles();
    if (!obstacles.isEmpty() && !force) {
      throw new BadInput("the runs cannot be compared, these differ: " + String.join("; ", obstacles) + " (--force compares them)");
    }
    PrintWriter out = spec.commandLine().getOut();
    obstacles.forEach(obstacle -> out.println("differs: " + obstacle));
    out.print(comparison.table());
    out.flush();
    return 0;
  }
}
