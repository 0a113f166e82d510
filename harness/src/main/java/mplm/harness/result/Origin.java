// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;
import java.util.Optional;

/** Where a row comes from, with all that only rows of that origin have. */
public sealed interface Origin {
  /**
   * A trial was made.
   *
   * @param setting where and with what
   * @param pair of hosts on which it took place; empty if the run had but one
   * @param guest the guest before it was moved
   * @param parameters QEMU's effective settings, read back from the source
   * @param parts what the downtime consists of
   * @param memory what the comparison of both sides' memory found
   * @param verification the guest's verdict on the repetition that was moved
   * @param program wall time of that repetition, or of the whole program if it runs once: from when its working set stood, or the
   *     repetition before was done, to its result; of a guest that is not migrated the median repetition
   * @param lost what the migration cost the program
   * @param cpuTime of the hypervisors, while the guest was moved
   * @param peakMemory of the hypervisors
   * @param times what the trial's wall time went into
   */
  record Measured(
      Setting setting,
      Optional<String> pair,
      Optional<TrialRow.Guest> guest,
      Optional<TrialRow.Parameters> parameters,
      Optional<DowntimeParts> parts,
      Optional<MemoryVerdict> memory,
      Optional<TrialRow.Verification> verification,
      Optional<Duration> program,
      LostTime lost,
      TrialRow.CpuTime cpuTime,
      TrialRow.PeakMemory peakMemory,
      TrialRow.Times times) implements Origin {

    /** What is known of a trial whose records cannot be used. */
    public static Measured nothing(Setting setting, Optional<String> pair, TrialRow.Times times) {
      return new Measured(setting, pair, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty(), LostTime.NONE, TrialRow.CpuTime.NONE, new TrialRow.PeakMemory(Optional.empty(), Optional.empty()), times);
    }
  }

  /**
   * A migration was computed.
   *
   * @param overheads that it had beside its pages; empty text if none
   * @param schedulerHash of the page scheduler's source
   */
  record Simulated(String overheads, String schedulerHash) implements Origin {}
}
