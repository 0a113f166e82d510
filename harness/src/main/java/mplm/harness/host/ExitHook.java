// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

/** What is done on hosts if this process is told to end meanwhile, as by Ctrl-C: what a connection leaves there does not go with it. */
public final class ExitHook implements AutoCloseable {
  private static volatile boolean ending;

  private final Thread thread;

  /**
   * Does not come back if this process ends already.
   *
   * @param atEnd runs beside whatever is under way, which fails for that
   */
  public ExitHook(String name, Runnable atEnd) {
    thread = new Thread(() -> {
      ending = true;
      atEnd.run();
    }, name);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      waitForTheEnd();
    }
  }

  /** It is not needed any longer. Does not come back if this process ends: what failed for that is nothing to tell. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      waitForTheEnd();
    }
  }

  /** Does not come back if one is at work: what would be begun now, such as a folder for logs, would be left. */
  public static void waitIfEnding() {
    if (ending) {
      waitForTheEnd();
    }
  }

  private static void waitForTheEnd() {
    while (true) {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException still) {
        // the process ends when all hooks have
      }
    }
  }
}
