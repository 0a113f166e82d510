// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

/** How a trial ended. Nothing is averaged over more than one of these. */
public enum Outcome {
  /** The guest runs at the destination and is well. */
  COMPLETED("completed"),
  /** Cancelled at its time limit: it would have taken longer. */
  NOT_CONVERGED("not converged"),
  /** The guest's program was done first. */
  ENDED_BEFORE("ended before migration did"),
  /** Something broke, or the guest is not well; the row says what. */
  FAILED("failed");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
