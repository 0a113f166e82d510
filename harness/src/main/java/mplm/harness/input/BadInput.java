// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

/** What a person gave cannot be used. The message is one line: what, where, what is allowed. Exit code 2. */
public final class BadInput extends RuntimeException {
  public BadInput(String message) {
    super(message);
  }
}
