// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.input.Environment;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --hosts}, of the commands that need hosts and make no testbed; {@link Place} is of the others. */
final class HostsOption {
  static final String VARIABLE = "MPLM_HOSTS";
  static final String DESCRIPTION = "use these hosts; by default $" + VARIABLE + ", if set";

  @Option(names = "--hosts", paramLabel = "FILE", description = DESCRIPTION)
  private Path file;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** The hosts of the command line. */
  List<Hosts> required() {
    return hosts(file).orElseThrow(
        () -> new BadInput(command.name() + ": no hosts: give --hosts FILE (harness/hosts.example.yaml explains it), or set "
            + VARIABLE));
  }

  /**
   * Those of a file, else of the environment.
   *
   * @param file null if the command line names none
   */
  static Optional<List<Hosts>> hosts(Path file) {
    return Optional.ofNullable(file).or(() -> Environment.path(VARIABLE)).map(Hosts::all);
  }
}
