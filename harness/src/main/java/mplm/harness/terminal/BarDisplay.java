// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import mplm.engine.migration.Progress;
import mplm.harness.result.TrialRow;

/** The display for terminals: one bar per trial, with its stage and, while it migrates, the pages that have been sent of those that it has. */
final class BarDisplay implements Display {
  private final PrintStream out;
  private ProgressBar bar;

  BarDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public Display beside(String pair) {
    return new LineDisplay(out, pair + " ");
  }

  @Override
  public void say(String sentence) {
    out.println(sentence);
  }

  @Override
  public void trial(String name, int number, int of) {
    bar = new ProgressBarBuilder()
        .setTaskName("[" + number + "/" + of + "] " + name)
        .setInitialMax(-1)
        .setStyle(ProgressBarStyle.ASCII)
        .setUnit(" pages", 1)
        .hideEta()
        .clearDisplayOnFinish()
        .setConsumer(new ConsoleProgressBarConsumer(out))
        .build();
  }

  @Override
  public void stage(String stage) {
    bar.setExtraMessage(" " + stage);
  }

  @Override
  public void migration(Progress progress, Duration limit) {
    progress.ram().ifPresent(ram -> {
      long pages = ram.total().bytes() / PAGE_BYTES;
      bar.maxHint(pages);
      bar.stepTo(pages - Display.remainingPages(progress));
      bar.setExtraMessage(" migrating, " + Display.remainingPages(progress) + " left");
    });
  }

  @Override
  public void end(TrialRow row) {
    String name = bar.getTaskName();
    close();
    out.println(name + ": " + Display.sentence(row));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
