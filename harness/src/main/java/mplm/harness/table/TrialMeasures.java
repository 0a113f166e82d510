// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import static mplm.harness.table.Kind.BYTES;
import static mplm.harness.table.Kind.BYTES_PER_S;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.MBIT_PER_S;
import static mplm.harness.table.Kind.PAGES;
import static mplm.harness.table.Kind.PAGES_PER_S;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;
import static mplm.harness.table.Kind.YES_NO;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.PostcopyPhase;
import mplm.engine.migration.Progress;
import mplm.engine.scheduler.Forecast;
import mplm.harness.result.DirtyRate;
import mplm.harness.result.DowntimeParts;
import mplm.harness.result.Downtimes;
import mplm.harness.result.LostTime;
import mplm.harness.result.Measure;
import mplm.harness.result.Origin;
import mplm.harness.result.TrialRow;

/** The columns of {@link TrialsCsv} that were measured in the trial, group by group. */
final class TrialMeasures {
  private static final String NO_MIGRATION = "no migration began";
  private static final String NO_PARTS = "the trial did not complete, or a trace does not tell it, or the guest was stopped first";

  private static final String NOT_LOST = "the trial did not complete, or `lost_missing` says why";

  private TrialMeasures() {}

  static Schema<TrialRow> downtimes(Schema<TrialRow> schema) {
    schema = measure(schema, "downtime_qemu", "by QEMU's own figure, `downtime`", ", or the guest was stopped first, or went by post-copy",
        Downtimes::qemu);
    schema = measure(schema, "downtime_stop_resume", "from QEMU's event STOP at the source to RESUME at the destination",
        ", or `downtime_missing` says why", Downtimes::stopResume);
    schema = measure(schema, "downtime_guest", "by the guest's clock in its heartbeats", ", or `downtime_missing` says why",
        Downtimes::guest)
        .with("downtime_guest_gap_s", SECONDS, "between the guest's last heartbeat at the source and its first at the destination:"
            + " an upper bound", "as `downtime_guest_s`", r -> r.downtimes().guestGap());
    schema = measure(schema, "downtime_network", "from the last echo of the guest at the source to the first at the destination,"
        + " which includes the time that the network needs to find the guest", ", or `downtime_network_missing` says why",
        Downtimes::network)
        .with("downtime_missing", TEXT, "why the downtimes by events and by the guest are not there", "they are there, or "
            + TrialsCsv.NOT_COMPLETED, r -> r.downtimes().missing())
        .with("downtime_network_missing", TEXT, "why the downtime by the network is not there", "it is there, or "
            + TrialsCsv.NOT_COMPLETED, r -> r.downtimes().networkMissing())
        .with("guest_clock_stood_still", YES_NO, "whether the guest's clock stood still while the guest did", "that cannot be told",
            r -> r.downtimes().clockStoodStill().map(still -> still ? "yes" : "no"))
        .with("downtime_disagreement", TEXT, "which downtimes cannot be right if the one that counts is", "all can be right",
            r -> r.downtimes().disagreement());
    schema = part(schema, "stop", "source: until the guest stands still", DowntimeParts::stop);
    schema = part(schema, "last_fetch", "source: until the dirty log was fetched for the last time", DowntimeParts::lastFetch);
    schema = part(schema, "final_memory", "source: until the pages that were left are sent", DowntimeParts::finalMemory);
    schema = part(schema, "device_state", "source: until the state of vCPUs and devices is sent", DowntimeParts::deviceState);
    schema = part(schema, "load", "both: until the destination has loaded all", DowntimeParts::load);
    return part(schema, "resume", "destination: until the guest runs, or may run", DowntimeParts::resume);
  }

  private static Schema<TrialRow> measure(
      Schema<TrialRow> schema, String name, String meaning, String orElse, Function<Downtimes, Optional<Measure>> value) {
    return schema
        .with(name + "_s", SECONDS, "downtime " + meaning, "the migration did not complete" + orElse,
            r -> value.apply(r.downtimes()).map(Measure::value))
        .with(name + "_error_s", SECONDS, "by how much `" + name + "_s` may be off at most", "as `" + name + "_s`",
            r -> value.apply(r.downtimes()).map(Measure::error));
  }

  private static Schema<TrialRow> part(Schema<TrialRow> schema, String name, String until, Function<DowntimeParts, Duration> value) {
    return schema.with("downtime_" + name + "_s", SECONDS, "part of QEMU's downtime, " + until, NO_PARTS, r -> r.measured().flatMap(Origin.Measured::parts).map(value));
  }

  static Schema<TrialRow> migration(Schema<TrialRow> schema) {
    schema = ram(schema, "transferred_bytes", BYTES, "sent on the link: QEMU's `transferred`", Progress.Ram::transferred);
    schema = ram(schema, "normal_pages", PAGES, "pages that were sent whole: QEMU's `normal`", Progress.Ram::normalPages);
    schema = ram(schema, "zero_pages", PAGES, "pages of zeros, sent as a few bytes: QEMU's `duplicate`", Progress.Ram::duplicatePages);
    schema = ram(schema, "dirty_syncs", COUNT, "fetches of the dirty log: QEMU's `dirty-sync-count`, since 11.1 without the last",
        Progress.Ram::dirtySyncCount);
    // QEMU shows 0 for these once it has completed
    schema = last(schema, "throughput_mbit_per_s", MBIT_PER_S, "QEMU's `mbps` at the last look before the end",
        ram -> TrialsCsv.three(ram.mbps()))
        .with("dirty_pages_per_s", PAGES_PER_S, "how fast the guest dirtied its memory in the live stage: under MPLM the pages that"
            + " each fetch found, under stock pre-copy QEMU's `dirty-pages-rate` over time", NO_MIGRATION
            + ", or it was too short to tell", r -> r.dirtyRate().map(DirtyRate::average).map(TrialsCsv::three))
        .with("dirty_pages_per_s_without_first_epoch", PAGES_PER_S, "the same without the first epoch, in which a program touches much"
            + " for the first time", "as `dirty_pages_per_s`, or the method is not `mplm`", r -> r.dirtyRate().map(DirtyRate::withoutFirst)
            .filter(OptionalDouble::isPresent).map(rate -> TrialsCsv.three(rate.getAsDouble())));
    schema = last(schema, "dirty_pages_per_s_last", PAGES_PER_S, "QEMU's `dirty-pages-rate` at the last look before the end",
        Progress.Ram::dirtyPagesRate);
    return last(schema, "remaining_bytes", BYTES, "QEMU's `remaining` at the last look before the end", Progress.Ram::remaining)
        .with("source_hypervisor_cpu_s", SECONDS, "CPU time of the source's hypervisor during the migration, without its vCPUs",
            NO_MIGRATION + ", or no look at the hypervisor lies around it", r -> r.measured().flatMap(m -> m.cpuTime().source()))
        .with("destination_hypervisor_cpu_s", SECONDS, "the same at the destination", "as `source_hypervisor_cpu_s`",
            r -> r.measured().flatMap(m -> m.cpuTime().destination()))
        .with("hypervisor_cpu_s", SECONDS, "both together", "one of them is empty", r -> r.measured().flatMap(m -> m.cpuTime().sum()))
        .with("max_bandwidth_bytes_per_s", BYTES_PER_S, "QEMU's `max-bandwidth`, read back; 0 is no limit", NO_MIGRATION,
            r -> r.measured().flatMap(Origin.Measured::parameters).map(TrialRow.Parameters::maxBandwidth))
        .with("avail_switchover_bandwidth_bytes_per_s", BYTES_PER_S, "QEMU's `avail-switchover-bandwidth`, read back; 0 is none",
            NO_MIGRATION, r -> r.measured().flatMap(Origin.Measured::parameters).map(TrialRow.Parameters::availSwitchoverBandwidth));
  }

  private static Schema<TrialRow> ram(Schema<TrialRow> schema, String name, Kind kind, String meaning, Function<Progress.Ram, ?> value) {
    return schema.with(name, kind, meaning, NO_MIGRATION, r -> r.migration().flatMap(m -> m.end().ram()).map(value));
  }

  private static Schema<TrialRow> last(Schema<TrialRow> schema, String name, Kind kind, String meaning, Function<Progress.Ram, ?> value) {
    return schema.with(name, kind, meaning, NO_MIGRATION + ", or it ended before the first look",
        r -> r.migration().flatMap(MigrationResult::last).flatMap(Progress::ram).map(value));
  }

  static Schema<TrialRow> mplm(Schema<TrialRow> schema) {
    schema = figure(schema, "mplm_epochs", COUNT, "epochs that began", MplmFigures::epochs);
    schema = figure(schema, "mplm_live_s", SECONDS, "length of the live stage, by QEMU", MplmFigures::liveTime);
    schema = figure(schema, "mplm_dirty_sent_pages", PAGES, "pages sent from the dirty set", MplmFigures::dirtySent);
    schema = figure(schema, "mplm_nondirty_sent_pages", PAGES, "pages sent from the non-dirty set", MplmFigures::nondirtySent);
    schema = figure(schema, "mplm_visits", COUNT, "pages that the pointers came by", MplmFigures::visits);
    schema = figure(schema, "mplm_fetched_pages", PAGES, "dirtied pages that all fetches found together", MplmFigures::fetched);
    schema = figure(schema, "mplm_dirty_left_pages", PAGES, "pages in the dirty set at the end", MplmFigures::dirtyPages);
    schema = figure(schema, "mplm_nondirty_left_pages", PAGES, "pages in the non-dirty set at the end", MplmFigures::nondirtyPages);
    String noForecast = "the method is not `mplm`, or its policy saw no period";
    String notStopped = "the method is not `mplm`, or the guest was not stopped";
    schema = schema
        .with("mplm_stop_pages", PAGES, "pages that were left when the guest was stopped", notStopped,
            r -> figures(r).flatMap(MplmFigures::stopPages))
        .with("mplm_stop_bytes", BYTES, "the same in bytes", notStopped, r -> figures(r).flatMap(MplmFigures::stopBytes))
        .with("mplm_forecast_downtime_s", SECONDS, "what the policy expected the pages left at its stop to take, when the last epoch began",
            noForecast, r -> forecast(r))
        .with("mplm_forecast_error_s", SECONDS, "by how much that is more than `downtime_s`", noForecast + ", or as `downtime_s`",
            r -> forecast(r).flatMap(expected -> r.downtimes().headline().map(Measure::value).map(expected::minus)));
    return figure(schema, "mplm_end", TEXT, "why the live stage ended: `nondirty-empty` (the paper's rule), `requested`"
        + " (`migrate-mplm-end`), `planned` (the policy's own rule), `budget` (the policy's budget is spent), or `none` if it did not end",
        MplmFigures::end);
  }

  static Schema<TrialRow> postcopy(Schema<TrialRow> schema) {
    schema = phase(schema, "postcopy_s", SECONDS, "part of the migration after the guest's start at the destination, while pages of it were"
        + " still at the source", PostcopyPhase::length);
    schema = phase(schema, "postcopy_blocktime_s", SECONDS, "part of it in which all vCPUs waited for pages: QEMU's `postcopy-blocktime`",
        PostcopyPhase::blocktime);
    schema = phase(schema, "postcopy_requests", PAGES, "pages that the destination asked for since the guest waited for them: QEMU's"
        + " `postcopy-requests`", phase -> Optional.of(phase.requests()));
    schema = phase(schema, "postcopy_bytes", BYTES, "sent in it: QEMU's `postcopy-bytes`", phase -> Optional.of(phase.sent()));
    return phase(schema, "postcopy_recoveries", COUNT, "how often its stream broke and was made anew", phase -> Optional.of(phase.recoveries()));
  }

  private static <T> Schema<TrialRow> phase(Schema<TrialRow> schema, String name, Kind kind, String meaning,
      Function<PostcopyPhase, Optional<T>> value) {
    return schema.with(name, kind, meaning, "there was no post-copy, or the trial did not complete",
        r -> r.migration().flatMap(MigrationResult::postcopy).flatMap(value));
  }

  private static Function<TrialRow, Optional<Duration>> lost(Function<LostTime.Parts, Duration> part) {
    return row -> row.lost().map(part);
  }

  private static Schema<TrialRow> figure(Schema<TrialRow> schema, String name, Kind kind, String meaning, Function<MplmFigures, ?> value) {
    return schema.with(name, kind, meaning, "the method is not `mplm`, or no migration began", r -> figures(r).map(value));
  }

  private static Optional<MplmFigures> figures(TrialRow row) {
    return row.migration().flatMap(m -> m.end().mplm());
  }

  private static Optional<Duration> forecast(TrialRow row) {
    return figures(row).flatMap(MplmFigures::forecast).map(Forecast::downtime);
  }

  static Schema<TrialRow> guest(Schema<TrialRow> schema) {
    String notReady = "the guest's working set did not stand";
    String noAnswer = "the program did not get to its end";
    schema = schema
        .with("guest_ready_s", SECONDS, "age of the guest's kernel when the program's working set stood", notReady,
            r -> r.guest().map(TrialRow.Guest::ready))
        .with("guest_resident_bytes", BYTES, "resident memory of the program at that moment", notReady,
            r -> r.guest().map(TrialRow.Guest::resident))
        .with("used_memory_bytes", BYTES, "memory of the guest that the source host had to provide by that moment", notReady,
            r -> r.guest().map(TrialRow.Guest::used))
        .with("verification", TEXT, "the program's verdict on its own answer: `successful`, `failed` or `not-applicable`", noAnswer,
            r -> r.verification().map(TrialRow.Verification::result))
        .with("verification_error", TEXT, "largest relative error of the answer, as the program printed it", noAnswer
            + ", or printed none", r -> r.verification().map(TrialRow.Verification::error))
        .with("verification_repetition", COUNT, "which repetition of the program that was, from 1 on", noAnswer,
            r -> r.verification().map(TrialRow.Verification::repetition))
        .with("program_s", SECONDS, "wall time of the repetition that was moved; of an unmigrated guest the median repetition",
            noAnswer + ", or its beginning was not seen, or the guest was held", TrialRow::program)
        .with("lost_s", SECONDS, "how much later the program reached where it would have been without the migration, by its iterations,"
            + " from the beginning of the migration until its speed was back", NOT_LOST, lost(LostTime.Parts::all))
        .with("lost_error_s", SECONDS, "half of the 95 % prediction interval of `lost_s` (Student), as the program's iterations varied"
            + " before the migration",
            "as `lost_s`", lost(LostTime.Parts::error))
        .with("lost_before_s", SECONDS, "part of `lost_s`: slowed down while memory was sent", "as `lost_s`",
            lost(LostTime.Parts::before))
        .with("lost_blackout_s", SECONDS, "part of `lost_s`: the guest stood still, from STOP to RESUME", "as `lost_s`",
            lost(LostTime.Parts::blackout))
        .with("lost_after_s", SECONDS, "part of `lost_s`: slowed down at the destination", "as `lost_s`", lost(LostTime.Parts::after))
        .with("lost_missing", TEXT, "why `lost_s` is not there", "it is there, or " + TrialsCsv.NOT_COMPLETED,
            r -> r.measured().map(Origin.Measured::lost).flatMap(LostTime::missing))
        .with("source_peak_memory_bytes", BYTES, "most memory that the hypervisor held at the source", "it was not looked at",
            r -> r.measured().flatMap(m -> m.peakMemory().source()))
        .with("destination_peak_memory_bytes", BYTES, "the same at the destination", "it was not looked at",
            r -> r.measured().flatMap(m -> m.peakMemory().destination()));
    schema = TrialsCsv.measured(schema, "boot_s", SECONDS, "wall time from the hypervisor's start to the guest's program",
        m -> m.times().boot());
    schema = TrialsCsv.measured(schema, "warm_up_s", SECONDS, "wall time from there until the working set stood,"
        + " the program's pace was known and its moment had come", m -> m.times().warmUp());
    schema = TrialsCsv.measured(schema, "memory_check_s", SECONDS, "wall time of the comparison of memory",
        m -> m.times().memoryCheck());
    schema = TrialsCsv.measured(schema, "finish_s", SECONDS, "wall time until the program had verified its answer",
        m -> m.times().finish());
    schema = TrialsCsv.measured(schema, "overhead_s", SECONDS, "wall time that the harness itself took", m -> m.times().overhead())
        .with("ssh_s", SECONDS, "time in operations over SSH, those that compare memory left out", "it was not recorded",
            r -> r.measured().flatMap(m -> m.times().ssh()));
    return TrialsCsv.measured(schema, "wall_s", SECONDS, "wall time of the whole trial", m -> m.times().all());
  }
}
