// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

/** What a comparison comes to. */
public enum Judgement {
  /** Significantly less, by more than the threshold. */
  BETTER("better"),
  /** Neither better nor worse is shown; that nothing has changed is not proven: the interval says how much may have. */
  SAME("same"),
  /** Significantly more, by more than the threshold, and not because the whole machine was slower. */
  WORSE("worse"),
  /** There are so few trials that no difference, however large, would be significant. */
  TOO_FEW("too few");

  private final String text;

  Judgement(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
