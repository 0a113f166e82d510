// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import java.util.concurrent.Callable;
import mplm.harness.input.BadInput;
import mplm.harness.input.BadValue;

/** The ways in which input may be refused. */
final class Refusal {
  private Refusal() {}

  /** By an {@link IllegalArgumentException} that says what is allowed: its own, none of a library's; null if it was one. */
  static <T> T byArgument(Callable<T> reader) throws Exception {
    try {
      return reader.call();
    } catch (IllegalArgumentException e) {
      if (e.getClass() != IllegalArgumentException.class && e.getClass() != BadValue.class) {
        throw e;
      }
      return null;
    }
  }

  /** By {@link BadInput}, in one line. */
  static void byMessage(Callable<?> reader) throws Exception {
    try {
      reader.call();
    } catch (BadInput e) {
      if (e.getMessage().lines().count() != 1) {
        throw new AssertionError("a message that is not one line", e);
      }
    }
  }
}
