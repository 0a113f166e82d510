// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import mplm.engine.guest.GuestException;
import mplm.engine.guest.GuestRecord;
import mplm.engine.unit.Patience;
import mplm.harness.machine.Machine;
import mplm.harness.record.Journal;
import mplm.harness.result.Outcome;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.terminal.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program in a trial's guest: what is waited for it to say, and what its result means for the trial. */
final class Program {
  private static final Logger LOG = LoggerFactory.getLogger(Program.class);
  /** An unmigrated guest that repeats its program makes so many repetitions: the first is cut, three give a median. */
  private static final int REPETITIONS = 4;
  /** The most waits for the program once its working set stands: those of an unmigrated guest, with that for its end. */
  private static final int WAITS = REPETITIONS + 1;

  private final PlannedTrial planned;
  private final Experiment experiment;
  private final double moment;
  private final Duration patience;
  private final Display display;
  private final Journal journal;
  private final Ending ending;

  Program(PlannedTrial planned, double moment, Display display, Journal journal, Ending ending) {
    this.planned = planned;
    this.experiment = planned.experiment();
    this.moment = moment;
    this.patience = Patience.of(experiment.finishWithin());
    this.display = display;
    this.journal = journal;
    this.ending = ending;
  }

  /** The longest that a trial waits for its program once the working set stands. */
  static Duration longest(Experiment experiment) {
    return Patience.of(experiment.finishWithin()).multipliedBy(WAITS);
  }

  /**
   * Waits until the program has told how fast it is, by which its lost time is told. If that takes longer than the migration may, or than
   * a repetition at the destination, the guest is moved all the same, and the row says why its lost time is missing. The program is known at
   * one point of its repetition, so a share of another is waited.
   */
  void hearPace(Machine source, Duration limit) throws IOException, InterruptedException {
    // a program that runs once would be over before it is moved; what a guest loses that is held means nothing
    if (!experiment.repeats() || planned.isHeld() || !experiment.benchmark().tellsOfIterations()) {
      return;
    }
    display.stage("learning the program's pace");
    journal.start(Journal.Part.WARM_UP);
    HeardBeforeMove heard = new HeardBeforeMove(limit);
    try {
      source.serial().await(HeardBeforeMove.WHAT, heard, patience.compareTo(limit) < 0 ? patience : limit);
    } catch (GuestException.NotYet e) {
      LOG.debug("{}: its pace is not known", planned.name(), e);
    }
    if (heard.tells()) {
      letMomentCome(source, heard);
    }
    journal.stop();
  }

  private void letMomentCome(Machine source, HeardBeforeMove heard) throws IOException, InterruptedException {
    long now = System.nanoTime();
    long begin = heard.moment(moment, now);
    journal.moment(heard.repetition(), moment, Duration.ofNanos(begin - now));
    try {
      source.serial().await("the moment of the migration", record -> record.arrival() - begin >= 0 || record.kind().equals("end"),
          Duration.ofNanos(begin - now).plus(ANSWER));
    } catch (GuestException.NotYet e) {
      LOG.debug("{}: said nothing more", planned.name(), e);
    }
  }

  /** The repetition that was moved is the first to end at the destination. */
  void letVerify(Machine destination) throws IOException, InterruptedException {
    display.stage("waiting for the program's verification");
    journal.start(Journal.Part.FINISH);
    destination.serial().await(HeardAfterMove.WHAT, new HeardAfterMove(), patience);
    // one that has said its end powers its guest off
    if (destination.serial().records().stream().noneMatch(record -> record.kind().equals("end"))) {
      destination.tellToStop();
    }
    judge(destination.serial().await("result", patience));
    destination.serial().await("end", patience);
    journal.stop();
  }

  /** Repetitions enough to know how long one takes, or the whole program. */
  void letRun(Machine source) throws IOException, InterruptedException {
    display.stage("letting the program run");
    journal.start(Journal.Part.FINISH);
    int repetitions = experiment.repeats() ? REPETITIONS : 1;
    for (int n = 1; n <= repetitions; n++) {
      BigDecimal repetition = BigDecimal.valueOf(n);
      judge(source.serial().await("result of repetition " + n,
          record -> record.kind().equals("result") && record.number("repetition").compareTo(repetition) == 0, patience));
    }
    source.tellToStop();
    source.serial().await("end", patience);
    journal.stop();
  }

  private void judge(GuestRecord result) {
    // of fewer iterations than the class's own nothing is published
    String good = experiment.iterations() == null ? "successful" : "not-applicable";
    if (!result.text("verification").equals(good)) {
      ending.set(Outcome.CORRUPTED, "the program's verification: " + result.text("verification"));
    }
  }
}
