// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mplm.harness.derive.RunDerivation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RunDerivation.ofRecords(run).again().forEach(out::println);
    out.flush();
    return 0;
  }
}
