// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import mplm.harness.artifact.Artifacts;
import mplm.harness.doctor.Diagnosis;
import mplm.harness.doctor.Doctor;
import mplm.harness.doctor.JsonWriter;
import mplm.harness.doctor.Needs;
import mplm.harness.doctor.TableWriter;
import mplm.harness.file.ScratchFolder;
import mplm.harness.host.Hosts;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.input.BadInput;
import mplm.harness.suite.Clone;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm doctor}. */
@Command(
    name = "doctor",
    description = {
      "Says whether the hosts are fit for a suite, and what to do about what is not. Nothing is measured for the record.",
      "Without --hosts, two hosts are made on this machine, as for a run. Exit code 0: go; 3: no go."
    },
    mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SUITE", arity = "0..1", defaultValue = "quick", description = "its name, or the path of its file; ${DEFAULT-VALUE} by default")
  private String suite;

  @Mixin private Place place;

  @Option(names = "--protection", paramLabel = "HOW",
      description = "protection of the stream that measures the link, instead of the hosts file's: ${COMPLETION-CANDIDATES}")
  private Protection protection;

  @Option(names = "--json", description = "one JSON object instead of a table")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Clone clone = Clone.here();
    Needs needs = Needs.of(clone.npbConfigs().suite(suite));
    Optional<List<Hosts>> pairs = place.hosts().map(all -> Hosts.with(all, protection));
    Kind kind = pairs.isPresent() ? null : Testbed.choose(place.testbed());
    Artifacts artifacts = Artifacts.make(clone.engineBuild(), clone.guestBuild(), null);
    return pairs.isPresent() ? examine(pairs.get(), needs, artifacts) : Testbed.run(kind, place.again(artifacts));
  }

  private int examine(List<Hosts> pairs, Needs needs, Artifacts artifacts) throws IOException, InterruptedException {
    try (ScratchFolder logs = new ScratchFolder("mplm-doctor")) {
      Diagnosis diagnosis = Doctor.examine(pairs, needs, artifacts, logs.path());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        JsonWriter.write(diagnosis, out);
      } else {
        TableWriter.write(diagnosis, out);
      }
      return diagnosis.go() ? 0 : ExitCode.NOT_FIT;
    }
  }
}
