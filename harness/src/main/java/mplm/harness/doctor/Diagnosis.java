// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.util.List;

/**
 * All checks, by host in the order they were made.
 *
 * @param checks at least one
 */
public record Diagnosis(List<Check> checks) {
  public Diagnosis {
    checks = List.copyOf(checks);
  }

  /** Whether a run may start: nothing failed. */
  public boolean go() {
    return checks.stream().noneMatch(check -> check.verdict() == Verdict.FAIL);
  }

  long count(Verdict verdict) {
    return checks.stream().filter(check -> check.verdict() == verdict).count();
  }
}
