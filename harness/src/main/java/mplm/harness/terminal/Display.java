// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import static mplm.engine.trace.TraceHeader.PAGE_BYTES;

import java.io.PrintStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import mplm.engine.migration.Progress;
import mplm.engine.unit.Durations;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;

/** A run in progress, for a person who watches. Used by one thread at a time, but for {@link #say}. */
public sealed interface Display permits BarDisplay, LineDisplay {
  /** A bar that moves on a terminal, plain lines elsewhere. */
  static Display on(PrintStream out, boolean terminal) {
    return terminal ? new BarDisplay(out) : new LineDisplay(out, "");
  }

  /** Another for the trials of one of several pairs of hosts, beside those of the others: lines that begin with its name. */
  Display beside(String pair);

  /** A sentence that stays. */
  void say(String sentence);

  /** A trial begins. */
  void trial(String name, int number, int of);

  /** The trial's stage, such as {@code booting}. */
  void stage(String stage);

  /** A look at the migration of a guest, to be cancelled after {@code limit}. */
  void migration(Progress progress, Duration limit);

  /** The trial is over. */
  void end(TrialRow row);

  /** Nothing is shown that is not finished. */
  void close();

  /** Pages of the guest that are still to be sent. */
  static long remainingPages(Progress progress) {
    return progress.ram().map(ram -> ram.remaining().bytes() / PAGE_BYTES).orElse(0L);
  }

  /** The same in words; until the stream is connected QEMU counts nothing, which is not "0 pages". */
  static String remaining(Progress progress) {
    boolean flows = !progress.status().equals("setup") && progress.ram().isPresent();
    return flows ? remainingPages(progress) + " pages remain" : "the stream is not connected yet";
  }

  /** How a trial ended, in one line. */
  static String sentence(TrialRow row) {
    if (row.outcome() == Outcome.NOT_CONVERGED) {
      return row.reason().orElse(row.outcome().toString());
    }
    StringBuilder text = new StringBuilder(row.outcome().toString());
    row.migration().flatMap(m -> m.totalTime()).ifPresent(total -> text.append(", total ").append(Durations.print(total)));
    row.downtimes().headline().or(row.downtimes()::qemu).ifPresent(down -> text.append(", downtime ").append(Durations.print(down.value().truncatedTo(ChronoUnit.MILLIS))));
    row.reason().ifPresent(reason -> text.append(": ").append(reason.lines().findFirst().orElse("")));
    return text.toString();
  }
}
