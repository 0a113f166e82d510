// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.TraceEvent;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.engine.unit.DataSize;
import mplm.harness.record.CpuRecord;
import mplm.harness.record.Journal;
import mplm.harness.record.Journal.Part;
import mplm.harness.record.RawTrial;
import mplm.harness.result.DirtyRate;
import mplm.harness.result.DowntimeParts;
import mplm.harness.result.Downtimes;
import mplm.harness.result.LostTime;
import mplm.harness.result.Origin;
import mplm.harness.result.Outcome;
import mplm.harness.result.Setting;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;

/** Derives a trial's row from what the trial has recorded. */
final class TrialDerivation {
  /** A host that has heard nothing of the controller for about so long ends what it runs: an absence is why a trial failed. */
  private static final Duration GIVEN_UP = Duration.ofSeconds(40);

  private final PlannedTrial planned;
  private final Setting setting;
  private final RawTrial raw;
  private final Journal.Contents journal;

  private TrialDerivation(PlannedTrial planned, Setting setting, RawTrial raw) {
    this.planned = planned;
    this.setting = setting;
    this.raw = raw;
    this.journal = raw.journal();
  }

  /** The row of a trial that came to its end. */
  static TrialRow row(PlannedTrial planned, Setting setting, RawTrial raw) {
    boolean fault = raw.journal().outcome().orElseThrow().isFault();
    Optional<Duration> absent = raw.journal().absent().filter(length -> !fault || length.compareTo(GIVEN_UP) >= 0);
    if (absent.isPresent()) {
      return failed(planned, setting, raw.journal(), String.format(Locale.ROOT, "the controller stood still for %.1f s (stopped,"
          + " suspended or paused) while it measured: nothing that it measured holds", seconds(absent.orElseThrow()))
          + raw.journal().reason().filter(why -> fault).map(why -> " (" + why + ")").orElse(""));
    }
    return new TrialDerivation(planned, setting, raw).row();
  }

  /** The row of a trial that is over and whose records cannot be used: it failed, and only what its journal says is known. */
  static TrialRow failed(PlannedTrial planned, Setting setting, Journal.Contents journal, String reason) {
    return new TrialRow(planned, Origin.Measured.nothing(setting, journal.pair(), times(journal)), Outcome.FAILED, Optional.of(reason),
        journal.limit(), Optional.empty(), Downtimes.none(Optional.empty()), Optional.empty());
  }

  private TrialRow row() {
    Optional<MigrationResult> migration = journal.migration().flatMap(
        outcome -> MigrationResult.of(planned.method(), planned.isHeld(), outcome, journal.migrationReason(), raw.messages()));
    Optional<MigrationResult> completed = migration.filter(m -> m.outcome() == MigrationResult.Outcome.COMPLETED);
    Optional<DowntimeParts> parts = completed.filter(m -> !m.method().stopsFirst()).flatMap(m -> DowntimeDerivation.parts(raw));
    Downtimes downtimes = completed
        .map(m -> DowntimeDerivation.of(raw, m, parts, planned.isHeld()))
        .orElseGet(() -> Downtimes.none(Optional.empty()));
    Origin.Measured measured = new Origin.Measured(setting, journal.pair(), guest(), migration.flatMap(m -> parameters()), parts,
        journal.memory(), verification(), program(), lost(completed), migration.map(this::cpuTime).orElse(TrialRow.CpuTime.NONE),
        new TrialRow.PeakMemory(peak(raw.source()), peak(raw.destination())), times(journal));
    return new TrialRow(planned, measured, journal.outcome().orElseThrow(), journal.reason(), journal.limit(), migration, downtimes,
        migration.flatMap(this::dirtyRate));
  }

  /** It never falls, so that the last look has it. */
  private static Optional<DataSize> peak(RawTrial.Side side) {
    return side.cpu().isEmpty() ? Optional.empty() : side.cpu().get(side.cpu().size() - 1).peakMemory();
  }

  private Optional<TrialRow.Guest> guest() {
    Optional<GuestRecord> ready = raw.source().guest("ready").stream().findFirst();
    return ready.flatMap(record -> journal.used().map(used -> new TrialRow.Guest(Duration.ofNanos(record.guestTime()),
        new DataSize(record.number("resident_kib").longValueExact() * 1024), used)));
  }

  /** What the source answered when it was asked. */
  private Optional<TrialRow.Parameters> parameters() {
    return raw.turns().stream().filter(turn -> turn.is(Kind.ANSWER, "query-migrate-parameters")).map(Turn::value)
        .reduce((before, after) -> after).map(answer -> new TrialRow.Parameters(
            answer.required("max-bandwidth").asLong(), answer.required("avail-switchover-bandwidth").asLong()));
  }

  private TrialRow.CpuTime cpuTime(MigrationResult migration) {
    long begin = raw.migrate().orElseThrow();
    long end = begin + migration.elapsed().toNanos();
    return new TrialRow.CpuTime(used(raw.source().cpu(), begin, end), used(raw.destination().cpu(), begin, end));
  }

  /** The CPU time from the last look before the migration to the first after it, or to the last one if the hypervisor was no more. */
  private static Optional<Duration> used(List<CpuRecord.Look> looks, long begin, long end) {
    Optional<CpuRecord.Look> before =
        looks.stream().filter(look -> look.whole() && look.time() <= begin).reduce((one, next) -> next);
    List<CpuRecord.Look> since = looks.stream().filter(look -> look.whole() && look.time() > begin).toList();
    Optional<CpuRecord.Look> after = since.stream().filter(look -> look.time() >= end).findFirst()
        .or(() -> since.stream().reduce((one, next) -> next));
    return before.flatMap(first -> after.map(last -> last.others().minus(first.others())));
  }

  private Optional<DirtyRate> dirtyRate(MigrationResult migration) {
    Optional<MplmFigures> end = migration.end().mplm();
    return end.isPresent() ? mplmDirtyRate(migration, end.orElseThrow()) : stockDirtyRate(migration);
  }

  /** The fetches of the live stage say how many pages; the last, of the stopped guest, is not among them. */
  private Optional<DirtyRate> mplmDirtyRate(MigrationResult migration, MplmFigures end) {
    List<TraceEvent> epochs = raw.source().trace().stream()
        .filter(event -> event.name().equals("mplm_start") || event.name().equals("mplm_epoch")).toList();
    if (epochs.size() < 2) {
      return Optional.empty();
    }
    Duration all = epochs.get(epochs.size() - 1).since(epochs.get(0));
    Duration first = epochs.get(1).since(epochs.get(0));
    double rate = end.fetched() / seconds(all);
    Optional<Long> fetchedFirst = migration.looks().stream().map(Progress::mplm).flatMap(Optional::stream)
        .filter(figures -> figures.epochs() == 2).map(MplmFigures::fetched).findFirst();
    return Optional.of(new DirtyRate(rate, epochs.size() > 2 && fetchedFirst.isPresent()
        ? OptionalDouble.of((end.fetched() - fetchedFirst.orElseThrow()) / seconds(all.minus(first)))
        : OptionalDouble.empty()));
  }

  /** QEMU's own rate between two fetches of the dirty log, each for as long as it was shown; the first fetch knows of none yet. */
  private Optional<DirtyRate> stockDirtyRate(MigrationResult migration) {
    double pages = 0;
    double time = 0;
    Progress before = null;
    for (Progress look : migration.looks()) {
      if (look.ended() || look.ram().isEmpty()) {
        break;
      }
      if (before != null && look.ram().orElseThrow().dirtySyncCount() > 1) {
        double step = seconds(look.elapsed().minus(before.elapsed()));
        pages += look.ram().orElseThrow().dirtyPagesRate() * step;
        time += step;
      }
      before = look;
    }
    return time > 0 ? Optional.of(new DirtyRate(pages / time, OptionalDouble.empty())) : Optional.empty();
  }

  /** The repetition that was moved is the first to end at the destination; of an unmigrated guest the last counts. */
  private Optional<TrialRow.Verification> verification() {
    List<GuestRecord> results = !planned.method().migrates() ? raw.source().guest("result") : raw.destination().guest("result");
    Optional<GuestRecord> result = !planned.method().migrates()
        ? results.stream().reduce((before, after) -> after) : results.stream().findFirst();
    return result.map(record -> new TrialRow.Verification(record.text("verification"),
        record.fields().getOrDefault("error", ""), record.number("repetition").intValueExact()));
  }

  private Optional<Duration> program() {
    List<Long> marks = new ArrayList<>();
    raw.source().guest().stream().filter(record -> record.kind().equals("ready") || record.kind().equals("result"))
        .forEach(record -> marks.add(record.arrival()));
    if (marks.isEmpty()) {
      return Optional.empty();
    }
    if (!planned.method().migrates()) {
      List<Long> lengths = new ArrayList<>();
      // the first repetition is cut: its first iteration came before the working set stood
      for (int i = planned.experiment().repeats() ? 2 : 1; i < marks.size(); i++) {
        lengths.add(marks.get(i) - marks.get(i - 1));
      }
      return lengths.isEmpty() ? Optional.empty()
          : Optional.of(Duration.ofNanos(lengths.stream().sorted().skip(lengths.size() / 2).findFirst().orElseThrow()));
    }
    boolean cut = planned.experiment().repeats() && marks.size() < 2;
    // a guest that was held for its memory's comparison was not slowed down by its migration
    return cut || planned.isHeld() ? Optional.empty() : raw.destination().guest("result").stream().findFirst()
        .map(result -> Duration.ofNanos(result.arrival() - marks.get(marks.size() - 1))).filter(time -> !time.isNegative());
  }

  private LostTime lost(Optional<MigrationResult> completed) {
    return completed.map(move -> planned.isHeld() ? LostTime.unknown("the guest was held for its memory to be compared")
        : LostTimeDerivation.of(raw, move)).orElse(LostTime.NONE);
  }

  private static TrialRow.Times times(Journal.Contents journal) {
    Function<Part, Duration> part = name -> journal.parts().getOrDefault(name, Duration.ZERO);
    return new TrialRow.Times(part.apply(Part.BOOT), part.apply(Part.WARM_UP), part.apply(Part.MIGRATION),
        part.apply(Part.MEMORY_CHECK), part.apply(Part.FINISH), journal.all(), journal.ssh());
  }
}
