// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Hosts;
import mplm.harness.testbed.Kind;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command takes place: on the hosts of {@code --hosts}, else of the environment, else on a testbed that it makes. */
final class Place {
  /** One of the two. */
  private static final class Named {
    @Option(names = "--hosts", paramLabel = "FILE", description = HostsOption.DESCRIPTION)
    private Path hosts;

    @Option(names = "--testbed", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}; by default the best that works here")
    private Kind testbed;
  }

  @ArgGroup private Named named = new Named();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** The hosts of the command line, else of the environment. */
  Optional<List<Hosts>> hosts() {
    return HostsOption.hosts(named.hosts);
  }

  /** The kind of the command line; null for the best that works here. */
  Kind testbed() {
    return named.testbed;
  }

  /** This very command, for the inside of a testbed, which tells it the hosts. */
  List<String> again(Artifacts artifacts) {
    List<String> line = new ArrayList<>(List.of("env"));
    artifacts.environment().forEach((name, value) -> line.add(name + "=" + value));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), command.root().userObject().getClass().getName()));
    line.addAll(command.commandLine().getParent().getParseResult().originalArgs());
    return line;
  }
}
