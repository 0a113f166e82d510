// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.util.List;
import java.util.concurrent.Callable;
import mplm.harness.input.Environment;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mplm testbed}. */
@Command(
    name = "testbed",
    description = {
      "Makes two hosts and a link on this machine, runs COMMAND where they can be reached, and removes them.",
      "COMMAND finds the hosts file in $MPLM_HOSTS; without one, a shell is opened."
    },
    mixinStandardHelpOptions = true)
public final class TestbedCommand implements Callable<Integer> {
  @Option(
      names = "--testbed",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES}; by default the best that works here")
  private Kind kind;

  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "after --, with its arguments")
  private List<String> command = List.of();

  @Override
  public Integer call() {
    List<String> line = command.isEmpty() ? List.of(Environment.value("SHELL").orElse("/bin/sh")) : command;
    return Testbed.run(Testbed.choose(kind), line);
  }
}
