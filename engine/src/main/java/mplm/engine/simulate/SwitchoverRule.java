// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

/** When stock pre-copy stops the guest, given what is pending and how much of that the maximum tolerable downtime has time for. */
public enum SwitchoverRule {
  /** QEMU up to 10.0: when less is pending than there is time for, or nothing. */
  LESS_THAN_THRESHOLD,
  /**
   * QEMU from 10.1 on: when no more is pending than there is time for. The dirty log is still fetched for less only, so that exactly as
   * much, by the estimate, is the end without another fetch.
   */
  UP_TO_THRESHOLD,
  /** QEMU from 11.1 on: the same, but for as much the dirty log is fetched too, and then for nothing as well. */
  UP_TO_THRESHOLD_ONCE_FETCHED;

  /**
   * The rule of a QEMU.
   *
   * @param version such as {@code 10.0.13}; {@link IllegalArgumentException} if it does not begin with two numbers
   */
  public static SwitchoverRule of(String version) {
    String[] numbers = version.split("\\.");
    if (numbers.length < 2 || !numbers[0].matches("\\d{1,4}") || !numbers[1].matches("\\d{1,4}")) {
      throw new IllegalArgumentException("a version of QEMU is such as 10.0.13, not '" + version + "'");
    }
    int major = Integer.parseInt(numbers[0]);
    int minor = Integer.parseInt(numbers[1]);
    if (major > 11 || major == 11 && minor >= 1) {
      return UP_TO_THRESHOLD_ONCE_FETCHED;
    }
    return major > 10 || major == 10 && minor >= 1 ? UP_TO_THRESHOLD : LESS_THAN_THRESHOLD;
  }

  /** Whether the dirty log is fetched for what is pending by the estimate, without it. */
  boolean fetches(long pendingBytes, long thresholdBytes) {
    return pendingBytes < thresholdBytes || this == UP_TO_THRESHOLD_ONCE_FETCHED && pendingBytes == thresholdBytes;
  }

  /** Whether the guest is stopped for what is pending then. */
  boolean ends(long pendingBytes, long thresholdBytes) {
    return pendingBytes < thresholdBytes || (this == LESS_THAN_THRESHOLD ? pendingBytes == 0 : pendingBytes == thresholdBytes);
  }
}
