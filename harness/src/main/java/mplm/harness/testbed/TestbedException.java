// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.testbed;

/** This machine cannot have the testbed now. The message is one line with the reason and the remedy. Exit code 3. */
public final class TestbedException extends RuntimeException {
  public TestbedException(String message) {
    super(message);
  }
}
