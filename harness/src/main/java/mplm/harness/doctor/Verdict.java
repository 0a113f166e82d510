// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.util.Locale;

/** What a check comes to. */
public enum Verdict {
  /** It is as it should be. */
  PASS,
  /** A run is possible; what it measures is slower or less certain. */
  WARN,
  /** A run would fail. */
  FAIL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
