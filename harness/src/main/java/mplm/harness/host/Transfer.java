// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

/** Sees files on their way to a host; called by the thread that sends. */
@FunctionalInterface
public interface Transfer {
  /** Does not look. */
  Transfer UNSEEN = (file, sent, of) -> {};

  /**
   * A look at a file that is being sent, the last when all of it is; a file that the host has already is never seen.
   *
   * @param file its name
   * @param sent bytes so far
   * @param of its size in bytes
   */
  void sending(String file, long sent, long of);
}
