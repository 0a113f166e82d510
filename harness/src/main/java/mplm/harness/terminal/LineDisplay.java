// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import java.io.PrintStream;
import java.time.Duration;
import mplm.engine.migration.Progress;
import mplm.engine.unit.Durations;
import mplm.harness.result.TrialRow;

/** The display for logs: one line per stage, and one every ten seconds of a migration. */
final class LineDisplay implements Display {
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final PrintStream out;
  private final String pair;
  private String trial = "";
  private Duration next = Duration.ZERO;

  LineDisplay(PrintStream out, String pair) {
    this.out = out;
    this.pair = pair;
  }

  @Override
  public Display beside(String other) {
    return new LineDisplay(out, other + " ");
  }

  @Override
  public void say(String sentence) {
    out.println(pair + sentence);
  }

  @Override
  public void trial(String name, int number, int of) {
    trial = pair + "[" + number + "/" + of + "] " + name + ": ";
  }

  @Override
  public void stage(String stage) {
    out.println(trial + stage);
    next = EVERY;
  }

  @Override
  public void migration(Progress progress, Duration limit) {
    if (progress.elapsed().compareTo(next) >= 0) {
      out.println(trial + "migrating for " + progress.elapsed().toSeconds() + " of at most " + Durations.print(limit) + ", "
          + Display.remaining(progress));
      next = next.plus(EVERY);
    }
  }

  @Override
  public void end(TrialRow row) {
    out.println(trial + Display.sentence(row));
  }

  @Override
  public void close() {}
}
