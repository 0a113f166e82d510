// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import java.util.Locale;

/** Where Jazzer enters; the property {@code mplm.fuzz} names the target. */
public final class Fuzz {
  private static final Target TARGET = Target.valueOf(System.getProperty("mplm.fuzz").toUpperCase(Locale.ROOT));

  private Fuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    TARGET.read(input);
  }
}
