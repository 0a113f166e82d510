// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RunDerivation;
import mplm.harness.history.History;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;

/** What of resuming a run needs no hosts, and so is told before any are looked at; {@link SuiteRun#resume} does the rest. */
public final class Resumption {
  private Resumption() {}

  /** Whether nothing is missing of a run; all is derived again then. {@link BadInput} if it is in progress. */
  public static boolean isDone(Path run) throws IOException {
    try (RunFolder folder = RunFolder.open(run)) {
      RunDerivation derivation = RunDerivation.of(folder.path());
      boolean done = derivation.missing().isEmpty();
      if (done) {
        derivation.again();
        History.in(folder.path().getParent()).add(derivation.manifest(), derivation.rows());
      }
      return done;
    }
  }

  /** {@link BadInput} if it would not be the same run with these artifacts. */
  public static void check(Path run, RunManifest begun, Artifacts artifacts) {
    refuse(run, Sites.differences(begun, artifacts));
  }

  /** {@link BadInput} if anything differs. */
  static void refuse(Path run, List<String> differences) {
    if (!differences.isEmpty()) {
      throw new BadInput(run + " cannot be resumed here, these differ: " + String.join("; ", differences));
    }
  }
}
