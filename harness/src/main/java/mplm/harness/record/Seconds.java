// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.math.BigDecimal;

/** Times in records: seconds since the trial began, with all nine digits, so that what is read is what was written. */
final class Seconds {
  private Seconds() {}

  static BigDecimal of(long nanos) {
    return BigDecimal.valueOf(nanos, 9);
  }

  static long nanos(BigDecimal seconds) {
    return seconds.movePointRight(9).longValueExact();
  }
}
