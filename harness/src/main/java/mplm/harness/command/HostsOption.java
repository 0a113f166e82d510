// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --hosts}, of the commands that need hosts. */
final class HostsOption {
  private static final String VARIABLE = "MPLM_HOSTS";

  @Option(names = "--hosts", paramLabel = "FILE", description = "use these hosts; by default $" + VARIABLE + ", if set")
  private Path file;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Whether the command line names them. */
  boolean isGiven() {
    return file != null;
  }

  /** Those of the command line, else of the environment. */
  Optional<List<Hosts>> hosts() {
    String variable = System.getenv(VARIABLE);
    return Optional.ofNullable(file).or(() -> Optional.ofNullable(variable).filter(value -> !value.isEmpty()).map(Path::of)).map(Hosts::all);
  }

  /** As {@link #hosts}, for commands that make no testbed. */
  List<Hosts> required() {
    return hosts().orElseThrow(
        () -> new BadInput(command.name() + ": no hosts: give --hosts FILE (harness/hosts.example.yaml explains it), or set "
            + VARIABLE));
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
