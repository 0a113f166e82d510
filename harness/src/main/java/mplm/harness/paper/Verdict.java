// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.util.Collection;

/** What rows say about a claim. */
public enum Verdict {
  /** Its rule holds. */
  REPRODUCED("reproduced"),
  /** It ran, and its rule does not hold. */
  NOT_REPRODUCED("not reproduced"),
  /** There are no rows that could tell. */
  NOT_RUN("not run");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /** The rule holds or not. */
  static Verdict of(boolean holds) {
    return holds ? REPRODUCED : NOT_REPRODUCED;
  }

  /** Over several experiments: one that does not reproduce it is enough, and one that ran. */
  static Verdict all(Collection<Verdict> verdicts) {
    return verdicts.contains(NOT_REPRODUCED) ? NOT_REPRODUCED : verdicts.contains(REPRODUCED) ? REPRODUCED : NOT_RUN;
  }

  @Override
  public String toString() {
    return text;
  }
}
