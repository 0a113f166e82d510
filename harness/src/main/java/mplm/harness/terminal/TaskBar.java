// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How many of so many tasks are done, for a person who waits: a bar on a terminal, nothing elsewhere. Thread-safe. */
public final class TaskBar implements AutoCloseable {
  private final ProgressBar bar;

  /**
   * A bar at 0.
   *
   * @param tasks how many there are; -1 if that is not known
   * @param unit such as {@code migrations}
   */
  public TaskBar(PrintStream out, boolean terminal, String name, long tasks, String unit) {
    bar = !terminal ? null : new ProgressBarBuilder().setTaskName(name).setInitialMax(tasks).setStyle(ProgressBarStyle.ASCII)
        .setUnit(" " + unit, 1).clearDisplayOnFinish().setConsumer(new ConsoleProgressBarConsumer(out)).build();
  }

  /** Says how many are done in all. */
  public void done(long tasks) {
    if (bar != null) {
      bar.stepTo(tasks);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
