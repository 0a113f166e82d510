// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestException;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.KvmArea;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.StreamKey;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.echo.EchoProbe;
import mplm.harness.host.GuestAddress;
import mplm.harness.host.Host;
import mplm.harness.machine.Machine;
import mplm.harness.machine.Watch;
import mplm.harness.record.CpuRecord;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.SerialRecord;
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
  /** An unmigrated guest that repeats its program makes so many repetitions: the first is cut, three give a median. */
  private static final int REPETITIONS = 4;

  /** From one datagram to the guest to the next: often enough for a downtime, seldom enough not to slow the guest down. */
  private static final Duration ECHO = Duration.ofMillis(10);

  /** A batch system, or a terminal, tells all processes of a job to end, hypervisors too; this one may hear of it after them. */
  private static final Duration LAST_TOLD = Duration.ofSeconds(3);

  private static final String DONE_FIRST = "the program was done before the guest was stopped";

  private final Rig rig;
  private final TrialGuest guest;
  private final PlannedTrial planned;
  private final Experiment experiment;
  private final TrialFolder folder;
  private final Display display;
  private final long begin;
  private final Journal journal;
  private final Deque<AutoCloseable> records = new ArrayDeque<>();

  private QmpRecord messages;
  private Machine source;
  private Machine destination;
  private Optional<StreamKey> key = Optional.empty();
  private EchoProbe echo;
  private Watch watch;
  private Presence presence;
  private String allowance = "ready_within";
  private volatile boolean parted;
  private Outcome outcome = Outcome.COMPLETED;
  private Optional<String> reason = Optional.empty();

  /**
   * A trial that leaves its records in {@code folder}, which it makes.
   *
   * @param ready the time that the check of the hosts before this trial took
   */
  public Trial(Rig rig, Accelerator accelerator, PlannedTrial planned, TrialFolder folder, Display display, Duration ready)
      throws IOException {
    this.rig = rig;
    this.guest = new TrialGuest(rig, accelerator, planned);
    this.planned = planned;
    this.experiment = planned.experiment();
    this.folder = folder;
    this.display = display;
    this.begin = System.nanoTime();
    folder.create();
    this.journal = recorded(new Journal(folder.journal(), begin));
    Optional.ofNullable(rig.hosts().pair()).ifPresent(journal::on);
    journal.ssh("both", "look", ready);
    sides().forEach(host -> host.tell((operation, took) -> journal.ssh(host.name(), operation, took)));
  }

  /** Runs it. {@link InterruptedException} after an orderly end: the journal has no end then. */
  public void run() throws InterruptedException {
    boolean interrupted = true;
    try {
      messages = recorded(new QmpRecord(folder.qmp(), begin));
      presence = new Presence(journal::absent);
      watch = new Watch(fault -> end(Outcome.FAILED, withAbsent(fault)));
      bootSource();
      Duration limit = waitForWorkingSet();
      if (!planned.method().migrates()) {
        letProgramRun();
      } else {
        startWaitingDestination();
        shapeLink();
        hearPace(limit);
        migrate(limit);
        if (arrived()) {
          compareMemory();
          letProgramVerify();
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
      interrupted |= !tearDown() || (outcome == Outcome.FAILED || outcome == Outcome.LOST) && runEnds();
      sides().forEach(host -> host.tell((operation, took) -> {}));
      // all but the journal: a trial that has its end has the rest
      closeRecords(1);
      if (!interrupted) {
        journal.end(outcome, reason);
      }
      closeRecords(0);
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
    source = Machine.start(rig.source().host(), guest::atSource, records(TrialFolder.SOURCE), Optional.empty());
    watch.add(source);
    source.resume();
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
    Optional<GuestAddress> address = rig.hosts().guestAddress();
    if (address.isPresent()) {
      echo = EchoProbe.start(address.get().echo(), ECHO, folder.echo(), begin);
    } else {
      journal.noEcho(rig.hosts().noGuestNetwork().orElseThrow());
    }
    destination = Machine.start(rig.destination().host(), work -> guest.atDestination(source.hypervisor(), work), records(TrialFolder.DESTINATION),
        Optional.of(source.serial()));
    watch.add(destination);
    key = Machine.key(rig.hosts().link().protection(), source, destination);
  }

  private void shapeLink() {
    rig.link().shape(experiment.link());
  }

  /**
   * Waits until the program has told how fast it is, by which its lost time is told. If that takes longer than the migration may, or than
   * a repetition at the destination, the guest is moved all the same, and the row says why its lost time is missing.
   */
  private void hearPace(Duration limit) throws IOException, InterruptedException {
    // a program that runs once would be over before it is moved; what a guest loses that is held means nothing
    if (!experiment.repeats() || planned.isHeld() || !experiment.benchmark().tellsOfIterations()) {
      return;
    }
    display.stage("learning the program's pace");
    journal.start(Journal.Part.WARM_UP);
    Duration longest = Patience.of(experiment.finishWithin());
    try {
      source.serial().await(HeardBeforeMove.WHAT, new HeardBeforeMove(limit), longest.compareTo(limit) < 0 ? longest : limit);
    } catch (GuestException.NotYet e) {
      LOG.debug("{}: its pace is not known", planned.name(), e);
    }
    journal.stop();
  }

  private void migrate(Duration limit) throws IOException, InterruptedException {
    display.stage("migrating");
    Migration move = new Migration(source.qmp(), destination.qmp(), planned.method(),
        rig.destination().host().config().migrationAddress(), rig.link(), limit, key);
    journal.start(Journal.Part.MIGRATION);
    watch.moving(source, true);
    MigrationResult result = move.run(progress -> {
      display.migration(progress, limit);
      parted |= progress.inPostcopy();
      // in post-copy the stream is made anew when it breaks, and QEMU answers meanwhile
      watch.moving(source, !parted);
    });
    watch.moving(source, false);
    parted = result.outcome() == MigrationResult.Outcome.LOST;
    journal.stop();
    journal.migrated(result);
    switch (result.outcome()) {
      case COMPLETED -> askForParameters();
      case NOT_CONVERGED -> {
        askForParameters();
        end(Outcome.NOT_CONVERGED, result.reason().orElseThrow());
      }
      case FAILED, LOST -> broke(result.reason().orElseThrow());
    }
    if (arrived() && programEnded()) {
      end(Outcome.ENDED_BEFORE, DONE_FIRST);
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
      end(Outcome.CORRUPTED, verdict.sentence()
          + KvmArea.unknown(told).map(why -> "; where KVM's wall clock is, which differs, the guest could not tell: " + why).orElse(""));
    }
    destination.resume();
  }

  /** Where in the memory file is what KVM writes. */
  private List<MemoryVerdict.Area> areas(List<GuestRecord> told) {
    return KvmArea.told(told).stream().map(area -> new MemoryVerdict.Area(
        area.name(), source.hypervisor().offset(area.address()), area.bytes(), area.rewritten())).toList();
  }

  /** The repetition that was moved is the first to end at the destination. */
  private void letProgramVerify() throws IOException, InterruptedException {
    display.stage("waiting for the program's verification");
    journal.start(Journal.Part.FINISH);
    allowance = "finish_within";
    destination.serial().await(HeardAfterMove.WHAT, new HeardAfterMove(), Patience.of(experiment.finishWithin()));
    destination.tellToStop();
    judge(destination.serial().await("result", Patience.of(experiment.finishWithin())));
    destination.serial().await("end", Patience.of(experiment.finishWithin()));
    journal.stop();
  }

  /** Repetitions enough to know how long one takes, or the whole program. */
  private void letProgramRun() throws IOException, InterruptedException {
    display.stage("letting the program run");
    journal.start(Journal.Part.FINISH);
    allowance = "finish_within";
    int repetitions = experiment.repeats() ? REPETITIONS : 1;
    for (int n = 1; n <= repetitions; n++) {
      BigDecimal repetition = BigDecimal.valueOf(n);
      judge(source.serial().await("result of repetition " + n,
          record -> record.kind().equals("result") && record.number("repetition").compareTo(repetition) == 0,
          Patience.of(experiment.finishWithin())));
    }
    source.tellToStop();
    source.serial().await("end", Patience.of(experiment.finishWithin()));
    journal.stop();
  }

  private void judge(GuestRecord result) {
    // of fewer iterations than the class's own nothing is published
    String good = experiment.iterations() == null ? "successful" : "not-applicable";
    if (!result.text("verification").equals(good)) {
      end(Outcome.CORRUPTED, "the program's verification: " + result.text("verification"));
    }
  }

  /**
   * Ends both hypervisors whatever they are at, brings their logs here, and leaves nothing on the hosts.
   *
   * @return false if an interrupt broke a part of it off, for then nothing is known of that
   */
  private boolean tearDown() {
    display.stage("tearing down");
    // an interrupt ends the trial, not its tidying
    boolean interrupted = Thread.interrupted();
    boolean whole = true;
    for (AutoCloseable part : new AutoCloseable[] {watch, presence, echo, destination, source, guest::removeMemoryFiles}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        LOG.debug("{}: tearing down", planned.name(), e);
        if (Thread.interrupted() || e instanceof InterruptedException) {
          interrupted = true;
          whole = false;
        } else {
          end(Outcome.FAILED, "tearing down: " + e.getMessage());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return whole;
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

  private <T extends AutoCloseable> T recorded(T record) {
    records.push(record);
    return record;
  }

  private Machine.Records records(String side) throws IOException {
    return new Machine.Records(folder.side(side), messages, recorded(new SerialRecord(folder.serial(side), begin)),
        Optional.of(recorded(new CpuRecord(folder.cpu(side), begin))));
  }

  private void closeRecords(int but) {
    while (records.size() > but) {
      try {
        records.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("the records of " + planned.name() + " cannot be written: " + e.getMessage(), e);
      }
    }
  }

  private boolean arrived() {
    return outcome == Outcome.COMPLETED;
  }

  /** A program that runs once has said its result at the source. */
  private boolean programEnded() {
    return !experiment.repeats() && source != null
        && source.serial().records().stream().anyMatch(record -> record.kind().equals("result"));
  }

  /** When the program is done the guest powers off, and whatever was at work with it breaks. */
  private void broke(String why) {
    if (programEnded()) {
      end(Outcome.ENDED_BEFORE, DONE_FIRST);
      return;
    }
    List<String> fates = new ArrayList<>();
    for (Machine machine : new Machine[] {source, destination}) {
      if (machine != null) {
        machine.fate().ifPresent(fates::add);
      }
    }
    end(Outcome.FAILED, fates.isEmpty() ? withAbsent(why) : String.join("; ", fates) + " (" + why + ")");
  }

  /** What went wrong, after the hosts that are not there any more: they are why. */
  private String withAbsent(String why) {
    List<String> absent = Stream.of(source, destination).filter(Objects::nonNull).parallel().map(Machine::absence)
        .flatMap(Optional::stream).toList();
    return absent.isEmpty() ? why : String.join("; ", absent) + " (" + why + ")";
  }

  /** The first thing that went wrong is the one to tell; a failure beats an outcome, and in post-copy it costs the guest. */
  private synchronized void end(Outcome how, String why) {
    if (!outcome.isFault() && (outcome == Outcome.COMPLETED || how.isFault())) {
      outcome = how == Outcome.FAILED && parted ? Outcome.LOST : how;
      reason = Optional.of(why == null ? "no reason given" : String.join(" | ", why.lines().map(String::strip).toList()));
    }
  }
}
