// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

/** How the command ends, but for 0: good. */
public final class ExitCode {
  /** Trials failed, or something is worse than what it is compared with. */
  public static final int FAILED = 1;
  /** The command line or a file is not as it must be; nothing was started. */
  public static final int BAD_INPUT = 2;
  /** Hosts or testbed cannot be used. */
  public static final int NOT_FIT = 3;

  private ExitCode() {}
}
