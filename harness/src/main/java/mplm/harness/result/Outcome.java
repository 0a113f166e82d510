// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How a trial ended. Nothing is averaged over more than one of these. */
public enum Outcome {
  /** The guest runs at the destination and is well. */
  COMPLETED("completed"),
  /** Cancelled at its time limit: it would have taken longer. */
  NOT_CONVERGED("not converged"),
  /** The guest's program was done first. */
  ENDED_BEFORE("ended before migration did"),
  /** The guest is at the destination, but not as it was: its memory differs, or its program's result is wrong. */
  CORRUPTED("corrupted"),
  /** Something broke; the row says what. */
  FAILED("failed"),
  /** Something broke in post-copy, when the guest was on both hosts: it can go on at neither. */
  LOST("lost");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  /** Reads what {@link #toString} prints. */
  public static Outcome parse(String text) {
    return Arrays.stream(values()).filter(outcome -> outcome.text.equals(text)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not an outcome, allowed: "
            + Arrays.stream(values()).map(Outcome::toString).collect(Collectors.joining(", "))));
  }

  /** Whether the trial shows a fault, of the migration or of what it ran on. */
  public boolean isFault() {
    return this == CORRUPTED || this == FAILED || this == LOST;
  }

  @Override
  public String toString() {
    return text;
  }
}
