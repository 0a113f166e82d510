// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.derive.RunDerivation;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.TrialRow;
import mplm.harness.verdict.Rules;

/** What of resuming a run needs no hosts, and so is told before any are looked at; {@link SuiteRun#resume} does the rest. */
public final class Resumption {
  private Resumption() {}

  /**
   * Whether nothing is missing of a run; all is derived again then. {@link BadInput} if it is in progress.
   *
   * @param say is told if the history of runs cannot take it
   */
  public static boolean isDone(Path run, Consumer<String> say) throws IOException {
    try (RunFolder folder = RunFolder.open(run)) {
      RunDerivation derivation = RunDerivation.of(folder.path());
      boolean done = derivation.missing().isEmpty();
      if (done) {
        derivation.again();
        LastLines.remember(derivation, derivation.rows(), say);
      }
      return done;
    }
  }

  /** Whether no trial of a run that is done shows a fault, and no engine is worse than the one it is compared with. */
  public static boolean isGood(Path run) throws IOException {
    RunDerivation derivation = RunDerivation.of(run);
    List<TrialRow> rows = derivation.rows();
    return rows.stream().noneMatch(row -> row.outcome().isFault()) && (derivation.manifest().engines() == null
        || !EngineVerdict.document(derivation.manifest(), rows, Rules.standard()).comparison().isWorse());
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
