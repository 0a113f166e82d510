// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;

/**
 * A length of time that was measured, and by how much it may be off.
 *
 * @param value as measured
 * @param error bound of its distance from the true value
 */
public record Measure(Duration value, Duration error) {
  /** Whether two measures of the same thing may both be right. */
  public boolean agreesWith(Measure other) {
    return value.minus(other.value).abs().compareTo(error.plus(other.error)) <= 0;
  }
}
