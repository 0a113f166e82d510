// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mplm.harness.derive.RunDerivation;
import mplm.harness.run.RunFolder;
import mplm.harness.suite.PlannedTrial;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm derive}. */
@Command(
    name = "derive",
    description = "Computes all CSVs and charts of a run again from what it recorded. Nothing is run.",
    mixinStandardHelpOptions = true)
public final class DeriveCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "folder of the run, such as reports/runs/20260102-030405-quick")
  private Path run;

  @Option(names = "--drop-missing",
      description = "drop the rows of trials whose records are not there; without it, a run with such rows is refused")
  private boolean dropMissing;

  @Spec private CommandSpec spec;

  @Override
  @SuppressWarnings("try") // it is held, and not looked at
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RunDerivation derivation = dropMissing ? RunDerivation.ofSomeRecords(run) : RunDerivation.ofRecords(run);
    try (RunFolder held = RunFolder.hold(run)) {
      derivation.again().forEach(out::println);
    }
    for (PlannedTrial planned : derivation.missing()) {
      out.println("no row: trial " + planned.number() + ", " + planned.name() + ": its records are not there, or not whole");
    }
    out.flush();
    return 0;
  }
}
