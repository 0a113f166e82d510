// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.util.Optional;
import mplm.harness.result.Outcome;

/** How a trial ends: completed, unless something went wrong; the first such thing is the one to tell. Thread-safe. */
final class Ending {
  private Outcome outcome = Outcome.COMPLETED;
  private Optional<String> reason = Optional.empty();
  private boolean parted;

  /** Whether the guest's pages are on both sides, as in post-copy: a failure then costs the guest. */
  synchronized void parted(boolean is) {
    parted = is;
  }

  synchronized boolean isParted() {
    return parted;
  }

  /** It did not complete; a fault beats an outcome that is none. Null for {@code why} if nobody says. */
  synchronized void set(Outcome how, String why) {
    if (!outcome.isFault() && (outcome == Outcome.COMPLETED || how.isFault())) {
      outcome = how == Outcome.FAILED && parted ? Outcome.LOST : how;
      reason = Optional.of(why == null ? "no reason given" : String.join(" | ", why.lines().map(String::strip).toList()));
    }
  }

  synchronized Outcome outcome() {
    return outcome;
  }

  /** Why it did not complete, in one line; empty if it did. */
  synchronized Optional<String> reason() {
    return reason;
  }

  /** Whether all has gone well so far. */
  boolean isGood() {
    return outcome() == Outcome.COMPLETED;
  }
}
