// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

/**
 * One thing that was looked at.
 *
 * @param host its name, or {@code link}
 * @param what was looked at, a word or two
 * @param verdict what it comes to
 * @param finding what was seen, one line
 * @param remedy what to do about it, one line; empty for a pass
 */
public record Check(String host, String what, Verdict verdict, String finding, String remedy) {
  public Check {
    finding = String.join(" | ", finding.strip().lines().toList());
  }

  static Check pass(String host, String what, String finding) {
    return new Check(host, what, Verdict.PASS, finding, "");
  }

  static Check warn(String host, String what, String finding, String remedy) {
    return new Check(host, what, Verdict.WARN, finding, remedy);
  }

  static Check fail(String host, String what, String finding, String remedy) {
    return new Check(host, what, Verdict.FAIL, finding, remedy);
  }

  /** A pass if it is good, else this verdict with the remedy. */
  static Check of(String host, String what, boolean good, Verdict otherwise, String finding, String remedy) {
    return good ? pass(host, what, finding) : new Check(host, what, otherwise, finding, remedy);
  }
}
