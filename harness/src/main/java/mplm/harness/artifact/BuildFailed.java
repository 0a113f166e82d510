// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

/** A build script did not make what it should; it has said why on standard error. */
public final class BuildFailed extends RuntimeException {
  private final int exitStatus;

  BuildFailed(String message, int exitStatus) {
    super(message);
    this.exitStatus = exitStatus;
  }

  /** The script's. 2: what it was given is not allowed. */
  public int exitStatus() {
    return exitStatus;
  }
}
