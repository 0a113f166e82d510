// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestException;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.KvmArea;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.Host;
import mplm.harness.machine.Machine;
import mplm.harness.record.Journal;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.Outcome;
import mplm.harness.rig.Rig;
import mplm.harness.rig.WarmUp;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.terminal.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration, from nothing to what was recorded of it. Whatever breaks costs this trial only: its journal says what. An unmigrated
 * guest is the same trial without the move.
 */
public final class Trial {
  private static final Logger LOG = LoggerFactory.getLogger(Trial.class);
  /** A batch system, or a terminal, tells all processes of a job to end, hypervisors too; this one may hear of it after them. */
  private static final Duration LAST_TOLD = Duration.ofSeconds(3);

  private static final String DONE_FIRST = "the program was done before the guest was stopped";

  private final Rig rig;
  private final PlannedTrial planned;
  private final Experiment experiment;
  private final Display display;
  private final TrialRecords records;
  private final Journal journal;
  private final Ending ending = new Ending();
  private final TrialMachines machines;
  private final Program program;
  private Machine source;
  private Machine destination;
  private String allowance = "ready_within";

  /**
   * A trial that leaves its records in {@code folder}, which it makes.
   *
   * @param ready the time that the check of the hosts before this trial took
   * @param moment the share of a repetition of the program after which its guest is moved
   */
  public Trial(Rig rig, Accelerator accelerator, PlannedTrial planned, TrialFolder folder, Display display, Duration ready, double moment)
      throws IOException {
    this.rig = rig;
    this.planned = planned;
    this.experiment = planned.experiment();
    this.display = display;
    this.records = new TrialRecords(planned.name(), folder);
    this.journal = records.journal();
    this.machines = new TrialMachines(rig, new TrialGuest(rig, accelerator, planned), records, ending);
    this.program = new Program(planned, moment, display, journal, ending);
    Optional.ofNullable(rig.hosts().pair()).ifPresent(journal::on);
    journal.ssh("both", "look", ready);
    sides().forEach(host -> host.tell((operation, took) -> journal.ssh(host.name(), operation, took)));
  }

  /** The longest that its own waits may take, whatever the method. */
  public static Duration longest(Experiment experiment) {
    return Patience.of(experiment.readyWithin()).multipliedBy(3).plus(experiment.limit(experiment.memory()))
        .plus(Program.longest(experiment))
        .plus(experiment.verifyMemory() ? MemoryComparison.timeout(experiment.memory()) : Duration.ZERO);
  }

  /** Runs it. {@link InterruptedException} after an orderly end: the journal has no end then. */
  public void run() throws InterruptedException {
    boolean interrupted = true;
    try {
      machines.watch();
      bootSource();
      Duration limit = waitForWorkingSet();
      if (!planned.method().migrates()) {
        allowance = "finish_within";
        program.letRun(source);
      } else {
        startWaitingDestination();
        shapeLink();
        program.hearPace(source, limit);
        migrate(limit);
        if (ending.isGood()) {
          compareMemory();
          allowance = "finish_within";
          program.letVerify(destination);
        }
      }
      interrupted = false;
    } catch (IOException | RuntimeException | Error e) {
      if (Thread.interrupted()) {
        // the run is being ended, which is why this broke
        throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
      }
      LOG.debug("{} failed", planned.name(), e);
      // what the guest was late with, the suite gives time for
      broke(e instanceof GuestException.NotYet ? e.getMessage() + "\nthe suite says how long is waited: " + allowance
          : e instanceof Error ? e.toString() : e.getMessage());
      interrupted = false;
    } finally {
      display.stage("tearing down");
      interrupted |= !machines.end() || (ending.outcome() == Outcome.FAILED || ending.outcome() == Outcome.LOST) && runEnds();
      sides().forEach(host -> host.tell((operation, took) -> {}));
      records.closeRest();
      if (!interrupted) {
        journal.end(ending.outcome(), ending.reason());
      }
      records.close();
    }
    if (interrupted) {
      throw new InterruptedException("while it was torn down");
    }
  }

  private List<Host> sides() {
    return List.of(rig.source().host(), rig.destination().host());
  }

  /** Ends the journal of a trial that does not come to its end. */
  public void abandon(String why) {
    journal.end(Outcome.FAILED, Optional.of(why));
  }

  private void bootSource() throws IOException, InterruptedException {
    display.stage("booting");
    journal.start(Journal.Part.BOOT);
    source = machines.startSource();
    source.serial().await("boot", Patience.of(experiment.readyWithin()));
    journal.stop();
  }

  /** Returns after what time the migration is to be cancelled. */
  private Duration waitForWorkingSet() throws IOException, InterruptedException {
    display.stage("warming up");
    journal.start(Journal.Part.WARM_UP);
    DataSize used = WarmUp.await(source, Patience.of(experiment.readyWithin()));
    journal.stop();
    journal.workingSet(used, experiment.limit(used));
    return experiment.limit(used);
  }

  private void startWaitingDestination() throws IOException, InterruptedException {
    display.stage("starting the destination");
    destination = machines.startDestination();
  }

  private void shapeLink() {
    rig.link().shape(experiment.link());
  }

  private void migrate(Duration limit) throws IOException, InterruptedException {
    display.stage("migrating");
    Migration move = new Migration(source.qmp(), destination.qmp(), planned.method(),
        rig.destination().host().config().migrationAddress(), rig.link(), limit, machines.key(), planned.isHeld());
    journal.start(Journal.Part.MIGRATION);
    machines.moving(true);
    MigrationResult result = move.run(progress -> {
      display.migration(progress, limit);
      ending.parted(ending.isParted() || progress.inPostcopy() && !progress.beforePostcopy());
      // in post-copy the stream is made anew when it breaks, and QEMU answers meanwhile
      machines.moving(!ending.isParted());
    });
    machines.moving(false);
    ending.parted(result.outcome() == MigrationResult.Outcome.LOST);
    journal.stop();
    journal.migrated(result);
    switch (result.outcome()) {
      case COMPLETED -> askForParameters();
      case NOT_CONVERGED -> {
        askForParameters();
        ending.set(Outcome.NOT_CONVERGED, result.reason().orElseThrow());
      }
      case FAILED, LOST -> broke(result.reason().orElseThrow());
    }
    if (ending.isGood() && programEnded()) {
      ending.set(Outcome.ENDED_BEFORE, DONE_FIRST);
    }
  }

  /** The answer is recorded, and stands in the row. */
  private void askForParameters() throws IOException, InterruptedException {
    source.qmp().execute("query-migrate-parameters", ANSWER);
  }

  /** Both sides stand still: the source for good, the destination until it is told to go on. */
  private void compareMemory() throws IOException, InterruptedException {
    if (!planned.isHeld()) {
      return;
    }
    display.stage("comparing memory");
    journal.start(Journal.Part.MEMORY_CHECK);
    List<GuestRecord> told = source.serial().records();
    MemoryVerdict verdict = MemoryComparison.of(source.host(), rig.source().memoryFile(), destination.host(),
        rig.destination().memoryFile(), experiment.memory(), areas(told));
    journal.stop();
    journal.compared(verdict);
    if (!verdict.equal()) {
      ending.set(Outcome.CORRUPTED, verdict.sentence()
          + KvmArea.unknown(told).map(why -> "; where KVM's wall clock is, which differs, the guest could not tell: " + why).orElse(""));
    }
    destination.resume();
  }

  /** Where in the memory file is what KVM writes. */
  private List<MemoryVerdict.Area> areas(List<GuestRecord> told) {
    return KvmArea.told(told).stream().map(area -> new MemoryVerdict.Area(
        area.name(), source.hypervisor().offset(area.address()), area.bytes(), area.rewritten())).toList();
  }

  /** Whether this process is told to end too, so that what broke is no result: the trial is made again when the run is resumed. */
  private static boolean runEnds() {
    try {
      Thread.sleep(LAST_TOLD.toMillis());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** A program that runs once has said its result at the source. */
  private boolean programEnded() {
    return !experiment.repeats() && machines.heardAtSource("result");
  }

  /** When the program is done the guest powers off, and whatever was at work with it breaks. */
  private void broke(String why) {
    if (programEnded()) {
      ending.set(Outcome.ENDED_BEFORE, DONE_FIRST);
      return;
    }
    ending.set(Outcome.FAILED, machines.withFates(why));
  }
}
