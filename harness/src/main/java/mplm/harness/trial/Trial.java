// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import mplm.engine.guest.GuestClock;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.Hypervisor;
import mplm.engine.migration.Migration;
import mplm.engine.migration.MigrationResult;
import mplm.engine.unit.DataSize;
import mplm.harness.echo.EchoProbe;
import mplm.harness.host.GuestAddress;
import mplm.harness.report.Display;
import mplm.harness.report.Outcome;
import mplm.harness.report.Setting;
import mplm.harness.report.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One migration, from nothing to a row. Whatever breaks costs this trial only: its row says what. */
final class Trial {
  private static final Logger LOG = LoggerFactory.getLogger(Trial.class);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration GROWTH_POLL = Duration.ofMillis(200);
  /** Memory that grows by less than one part in so many between two looks stands. */
  private static final int STEADY = 200;
  /** Heartbeats so long before and after the stop tell how long it was. */
  private static final Duration HEARTBEATS = Duration.ofMillis(1200);
  /** From one datagram to the next. */
  private static final Duration ECHO = Duration.ofMillis(5);

  private static final String DONE_FIRST = "the program was done before the guest was stopped";

  private final Rig rig;
  private final Setting setting;
  private final PlannedTrial planned;
  private final Experiment experiment;
  private final Path folder;
  private final Display display;
  private final Stopwatch stopwatch = new Stopwatch();

  private QmpRecord record;
  private Machine source;
  private Machine destination;
  private EchoProbe echo;

  private Optional<TrialRow.Guest> guest = Optional.empty();
  private Optional<Duration> limit = Optional.empty();
  private Optional<MigrationResult> migration = Optional.empty();
  private Optional<TrialRow.Parameters> parameters = Optional.empty();
  private boolean memoryCompared;
  private Optional<TrialRow.Verification> verification = Optional.empty();
  private Optional<Duration> pause = Optional.empty();
  private Outcome outcome = Outcome.COMPLETED;
  private Optional<String> reason = Optional.empty();

  /** A trial whose logs go to {@code folder}, which it makes. */
  Trial(Rig rig, Setting setting, PlannedTrial planned, Path folder, Display display) {
    this.rig = rig;
    this.setting = setting;
    this.planned = planned;
    this.experiment = planned.experiment();
    this.folder = folder;
    this.display = display;
  }

  /** Runs it. {@link InterruptedException} after an orderly end: there is no row then. */
  TrialRow run() throws InterruptedException {
    try {
      bootSource();
      waitForWorkingSet();
      startWaitingDestination();
      shapeLink();
      migrate();
      if (arrived()) {
        compareMemory();
        letProgramVerify();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} failed", planned.name(), e);
      broke(e.getMessage());
    } finally {
      tearDown();
    }
    return row();
  }

  /** The row as it is now, of a trial that does not come to its end. */
  TrialRow failed(String why) {
    end(Outcome.FAILED, why);
    return row();
  }

  private void bootSource() throws IOException, InterruptedException {
    display.stage("booting");
    Files.createDirectories(folder);
    record = new QmpRecord(folder.resolve("qmp.jsonl"), stopwatch.begin());
    stopwatch.start(Stopwatch.Part.BOOT);
    source = Machine.start(rig.source().host(), this::sourceHypervisor, logs("source"), record, Optional.empty());
    source.resume();
    source.serial().await("boot", experiment.readyWithin());
    stopwatch.stop();
  }

  private void waitForWorkingSet() throws IOException, InterruptedException {
    display.stage("warming up");
    stopwatch.start(Stopwatch.Part.WARM_UP);
    long end = System.nanoTime() + experiment.readyWithin().toNanos();
    GuestRecord ready = source.serial().await("ready", experiment.readyWithin());
    DataSize used = source.usedMemory();
    for (DataSize before = new DataSize(0); used.bytes() - before.bytes() > used.bytes() / STEADY; ) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("the guest's memory still grows after " + experiment.readyWithin().toSeconds() + " s: " + used);
      }
      Thread.sleep(GROWTH_POLL.toMillis());
      before = used;
      used = source.usedMemory();
    }
    stopwatch.stop();
    DataSize resident = new DataSize(ready.number("resident_kib").longValueExact() * 1024);
    guest = Optional.of(new TrialRow.Guest(Duration.ofNanos(ready.guestTime()), resident, used));
    limit = Optional.of(experiment.limit(used));
  }

  private void startWaitingDestination() throws IOException, InterruptedException {
    display.stage("starting the destination");
    Optional<GuestAddress> address = rig.hosts().guestAddress();
    if (address.isPresent()) {
      echo = EchoProbe.start(address.get().echo(), ECHO, folder.resolve("echo.csv"), stopwatch.begin());
    }
    destination = Machine.start(
        rig.destination().host(), this::destinationHypervisor, logs("destination"), record, Optional.of(source.serial()));
  }

  private void shapeLink() {
    rig.link().shape(experiment.link());
  }

  private void migrate() throws IOException, InterruptedException {
    display.stage("migrating");
    Migration move = new Migration(source.qmp(), destination.qmp(), planned.method(),
        rig.destination().host().config().migrationAddress(), to -> rig.link().target(to.getPort()), limit.orElseThrow());
    stopwatch.start(Stopwatch.Part.MIGRATION);
    MigrationResult result = move.run(progress -> display.migration(progress, limit.orElseThrow()));
    stopwatch.stop();
    migration = Optional.of(result);
    switch (result.outcome()) {
      case COMPLETED -> parameters = Optional.of(effectiveParameters());
      case NOT_CONVERGED -> {
        parameters = Optional.of(effectiveParameters());
        end(Outcome.NOT_CONVERGED, result.reason().orElseThrow());
      }
      case FAILED -> broke(result.reason().orElseThrow());
    }
    if (arrived() && programEnded()) {
      end(Outcome.ENDED_BEFORE, DONE_FIRST);
    }
  }

  /** Both sides stand still: the source for good, the destination until it is told to go on. */
  private void compareMemory() throws IOException, InterruptedException {
    if (!experiment.verifyMemory()) {
      return;
    }
    display.stage("comparing memory");
    stopwatch.start(Stopwatch.Part.MEMORY_CHECK);
    Optional<String> difference = MemoryComparison.difference(
        source.host(), rig.source().memoryFile(), destination.host(), rig.destination().memoryFile(), experiment.memory());
    stopwatch.stop();
    if (difference.isPresent()) {
      throw new IOException(difference.get());
    }
    memoryCompared = true;
    destination.resume();
  }

  /** The repetition that was moved is the first to end at the destination. */
  private void letProgramVerify() throws IOException, InterruptedException {
    display.stage("waiting for the program's verification");
    stopwatch.start(Stopwatch.Part.FINISH);
    destination.tellToStop();
    GuestRecord result = destination.serial().await("result", experiment.finishWithin());
    destination.serial().await("end", experiment.finishWithin());
    stopwatch.stop();
    verification = Optional.of(new TrialRow.Verification(
        result.text("verification"), result.text("error"), result.number("repetition").intValueExact()));
    if (!result.text("verification").equals("successful")) {
      end(Outcome.FAILED, "the program's verification at the destination: " + result.text("verification"));
    }
    pause = heartbeatPause();
  }

  /** Ends both hypervisors whatever they are at, brings their logs here, and leaves nothing on the hosts. */
  private void tearDown() {
    display.stage("tearing down");
    // an interrupt ends the trial, not its tidying
    boolean interrupted = Thread.interrupted();
    for (AutoCloseable part : new AutoCloseable[] {echo, destination, source, this::removeMemoryFiles, record}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        LOG.debug("{}: tearing down", planned.name(), e);
        end(Outcome.FAILED, "tearing down: " + e.getMessage());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeMemoryFiles() {
    if (experiment.verifyMemory()) {
      for (Rig.Side side : List.of(rig.source(), rig.destination())) {
        side.host().check(ANSWER, "rm", "-f", "--", side.memoryFile());
      }
    }
  }

  private Hypervisor sourceHypervisor(String workFolder) {
    String arguments = Kernel.arguments(experiment, rig.hosts().guestAddress());
    Hypervisor hypervisor = rig.withNetwork(
        rig.hypervisor(rig.source(), setting.accelerator(), experiment.guest(), arguments, workFolder), rig.source());
    return experiment.verifyMemory() ? hypervisor.withMemoryFile(memoryFile(rig.source())) : hypervisor;
  }

  private Hypervisor destinationHypervisor(String workFolder) {
    Rig.Side side = rig.destination();
    Hypervisor hypervisor = rig.withNetwork(source.hypervisor().destination(side.binary(), side.firmware(), workFolder), side);
    return experiment.verifyMemory() ? hypervisor.withMemoryFile(memoryFile(side)).withStarted(false) : hypervisor;
  }

  /** QEMU would make it readable for all. */
  private static String memoryFile(Rig.Side side) {
    side.host().check(ANSWER, "sh", "-c", "umask 077; rm -f -- \"$1\" && : >\"$1\"", "mplm", side.memoryFile());
    return side.memoryFile();
  }

  private Path logs(String side) throws IOException {
    return Files.createDirectories(folder.resolve(side));
  }

  private TrialRow.Parameters effectiveParameters() throws IOException, InterruptedException {
    var effective = source.qmp().execute("query-migrate-parameters", ANSWER);
    return new TrialRow.Parameters(
        effective.required("max-bandwidth").asLong(), effective.required("avail-switchover-bandwidth").asLong());
  }

  private boolean arrived() {
    return outcome == Outcome.COMPLETED && migration.isPresent();
  }

  /** A program that runs once has said its result at the source. */
  private boolean programEnded() {
    return !experiment.repeats() && source != null
        && source.serial().records().stream().anyMatch(record -> record.kind().equals("result"));
  }

  private Optional<Duration> heartbeatPause() {
    MigrationResult result = migration.orElseThrow();
    if (result.stop().isEmpty() || result.resume().isEmpty()) {
      return Optional.empty();
    }
    OptionalLong nanos = GuestClock.pause(source.serial().heartbeats(), destination.serial().heartbeats(),
        result.stop().getAsLong(), result.resume().getAsLong(), HEARTBEATS);
    return nanos.isPresent() ? Optional.of(Duration.ofNanos(nanos.getAsLong())) : Optional.empty();
  }

  /** When the program is done the guest powers off, and whatever was at work with it breaks. */
  private void broke(String why) {
    if (programEnded()) {
      end(Outcome.ENDED_BEFORE, DONE_FIRST);
    } else {
      end(Outcome.FAILED, why);
    }
  }

  /** The first thing that went wrong is the one to tell; a failure beats an outcome. */
  private void end(Outcome how, String why) {
    if (outcome != Outcome.FAILED && (outcome == Outcome.COMPLETED || how == Outcome.FAILED)) {
      outcome = how;
      reason = Optional.of(why == null ? "no reason given" : String.join(" | ", why.lines().map(String::strip).toList()));
    }
  }

  private TrialRow row() {
    return new TrialRow(planned, setting, outcome, reason, guest, limit, migration, parameters, pause, memoryCompared, verification,
        stopwatch.times());
  }
}
