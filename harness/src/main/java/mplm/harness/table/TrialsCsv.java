// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import static mplm.harness.table.Kind.BITS_PER_S;
import static mplm.harness.table.Kind.BYTES;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.NUMBER;
import static mplm.harness.table.Kind.PAGES;
import static mplm.harness.table.Kind.PERCENT;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;
import static mplm.harness.table.Kind.TRUE_FALSE;
import static mplm.harness.table.Kind.YES_NO;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import mplm.engine.migration.MigrationResult;
import mplm.harness.result.Measure;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.Origin;
import mplm.harness.result.TrialRow;
import mplm.harness.scale.Scaled;
import mplm.harness.scale.Scaling;
import mplm.harness.suite.Experiment;

/** The columns of {@code trials.csv}: here what was to be done, how it ended and with what; what was measured is {@link TrialMeasures}. */
public final class TrialsCsv {
  private static final String SIMULATED = "simulated";
  private static final String SIMULATION = "simulation";
  static final String NOT_COMPLETED = "the trial did not complete";
  private static final String NOT_SCALED = "the experiment is not in proportion";
  private static final String NOT_MPLM = "the method is not `mplm`";

  /** All of them. */
  public static final Schema<TrialRow> SCHEMA =
      made(TrialMeasures.guest(TrialMeasures.postcopy(TrialMeasures.mplm(TrialMeasures.migration(TrialMeasures.downtimes(outcome(where(method(what(
          Schema.of("trials.csv", "trial")))))))))));

  private TrialsCsv() {}

  private static Schema<TrialRow> what(Schema<TrialRow> schema) {
    return schema
        .with("run", TEXT, "name of the run's folder; `simulation` in a simulated row", r -> of(r, m -> m.setting().run(), computed -> SIMULATION))
        .with("suite", TEXT, "name of the suite", r -> r.planned().suite())
        .with("experiment", TEXT, "name of the experiment in the suite", r -> experiment(r).name())
        .with("trial", COUNT, "number of the trial in the run, from 1 on", r -> r.planned().number())
        .with("repetition", COUNT, "how often this method of this experiment has been tried, from 1 on", r -> r.planned().repetition())
        .with("benchmark", TEXT, "the program in the guest; `trace` in a simulated row", r -> experiment(r).benchmark().name())
        .with("class", TEXT, "problem class of the benchmark", SIMULATED, r -> r.measured().map(made -> experiment(r).problemClass()))
        .with("vcpus", COUNT, "vCPUs of the guest", SIMULATED, r -> r.measured().map(made -> experiment(r).vcpus()))
        .with("memory_bytes", BYTES, "memory of the guest", r -> experiment(r).memory())
        .with("ballast_bytes", BYTES, "idle memory that the guest fills with random pages", r -> experiment(r).ballast())
        .with("scaled_to", TEXT, "what the experiment is in proportion to: `paper`", NOT_SCALED, r -> scaled(r).map(Scaled::to))
        .with("scaled_factor", NUMBER, "all times of the experiment divided by those of its original", NOT_SCALED,
            r -> experiment(r).scaling().map(Scaling::factor).map(TrialsCsv::three))
        .with("scaled_method", TEXT, "the original of the method, whose times are not scaled", NOT_SCALED,
            r -> scaled(r).map(s -> experiment(r).original(r.planned().method())))
        .with("scaled_used_bytes", BYTES, "memory that the guest used when it was calibrated", NOT_SCALED,
            r -> scaled(r).map(s -> s.guest().used()));
  }

  private static Schema<TrialRow> method(Schema<TrialRow> schema) {
    schema = schema
        .with("method", TEXT, "the whole text of the method, such as `mplm:epoch=1s`: the same in all files; in files of before"
            + " format version 2, which have no `method_name`, the name alone", r -> r.planned().method())
        .with("method_name", TEXT, "the name alone, such as `mplm`", r -> r.planned().method().name())
        .with("max_tolerable_downtime_s", SECONDS, "QEMU's `downtime-limit`", "the method has none",
            r -> r.planned().method().toleratedDowntime());
    schema = setting(schema, "policy", TEXT, "the page scheduler's policy");
    schema = setting(schema, "epoch_s", SECONDS, "longest time between two fetches of the dirty log");
    schema = setting(schema, "batch_pages", PAGES, "steps of both pointers in a batch, one page per step");
    schema = setting(schema, "dirty_share_percent", PERCENT, "share of a batch's steps that go over the dirty set");
    schema = setting(schema, "first_epoch_nondirty", TRUE_FALSE, "whether the first epoch sends the non-dirty set alone");
    return setting(schema, "strict_scan", TRUE_FALSE, "whether each step looks for the next page of its set");
  }

  private static Schema<TrialRow> setting(Schema<TrialRow> schema, String setting, Kind kind, String meaning) {
    String name = "mplm_" + setting;
    return schema.with(name, kind, meaning, NOT_MPLM, r -> Optional.ofNullable(r.planned().method().settings().get(name)));
  }

  private static Schema<TrialRow> where(Schema<TrialRow> schema) {
    schema = schema
        .with("link_bits_per_s", BITS_PER_S, "rate of the link, as the experiment asks for it", r -> experiment(r).link().bitsPerSecond())
        .with("shaping", TEXT, "how the link gets its rate; in a simulated row the overheads that were assumed, or `none`",
            r -> of(r, m -> m.setting().shaping(), computed -> computed.overheads().isEmpty() ? "none" : computed.overheads()))
        .with("pair", TEXT, "name of the pair of hosts", "the run had one pair, or the trial failed before it had one",
            r -> r.measured().flatMap(Origin.Measured::pair))
        .with("stream_protection", TEXT, "what protects the migration stream: `none` or `tls`", 
            r -> of(r, m -> m.setting().protection(), computed -> "none"))
        .with("testbed", TEXT, "kind of testbed; `none` for hosts of one's own, `simulation` in a simulated row",
            r -> of(r, m -> m.setting().testbed(), computed -> SIMULATION));
    schema = measured(schema, "accelerator", TEXT, "of both hypervisors: `kvm` or `tcg`",
        m -> m.setting().accelerator().name().toLowerCase(Locale.ROOT));
    return measured(schema, "hosts_emulated", YES_NO, "whether the hosts are emulated machines, whose times say nothing of speed",
        m -> m.setting().ofEmulatedHosts() ? "yes" : "no");
  }

  private static Schema<TrialRow> outcome(Schema<TrialRow> schema) {
    schema = schema
        .with("outcome", TEXT, "`completed`, `not converged`, `ended before migration did`, `corrupted`, `failed` or `lost`", TrialRow::outcome)
        .with("reason", TEXT, "why the trial did not complete, one line", "it completed", TrialRow::reason)
        .with("limit_s", SECONDS, "time after which the migration is cancelled", "the guest was not migrated, or did not get so far",
            TrialRow::limit)
        .with("total_s", SECONDS, "migration time: QEMU's `total-time`", NOT_COMPLETED + ", or the guest was not migrated",
            r -> completed(r).flatMap(MigrationResult::totalTime))
        .with("setup_s", SECONDS, "part of `total_s` before the first page: QEMU's `setup-time`", "as `total_s`",
            r -> completed(r).flatMap(MigrationResult::setupTime))
        .with("live_s", SECONDS, "part of `total_s` in which the guest ran: `total_s` without QEMU's `downtime`, or 0 if it was stopped first",
            "as `total_s`", r -> completed(r).map(m -> m.method().stopsFirst() ? Duration.ZERO
                : m.totalTime().orElseThrow().minus(m.downtime().orElseThrow())))
        .with("downtime_s", SECONDS, "the downtime that counts, which `downtime_by` names", "as `total_s`, or the guest was held for"
            + " its memory to be compared, or no way of seeing it can be right", r -> r.downtimes().headline().map(Measure::value))
        .with("downtime_error_s", SECONDS, "by how much `downtime_s` may be off at most", "as `downtime_s`",
            r -> r.downtimes().headline().map(Measure::error))
        .with("downtime_by", TEXT, "how `downtime_s` was seen: `guest` (the guest's clock) or `stop-resume` (QEMU's events)",
            "as `downtime_s`", r -> r.downtimes().headlineName())
        .with("elapsed_s", SECONDS, "from the command to migrate to the migration's end, whatever it was, by the controller's clock",
            "no migration began", r -> r.migration().map(MigrationResult::elapsed));
    return measured(schema, "memory_compared", TEXT, "what the comparison of both sides' memory found: `equal` or `different`; `no`"
        + " if it was not compared", m -> m.memory().map(verdict -> verdict.equal() ? "equal" : "different").orElse("no"))
        .with("memory_missing", TEXT, "why memory was not compared although the experiment asks for it", "it was compared, or need not be, or the"
            + " trial did not get so far", r -> r.measured().filter(m -> experiment(r).verifyMemory() && !r.planned().isHeld())
            .map(m -> "the guest runs while its memory comes, and cannot be held: its program's verification tells whether all came"))
        .with("memory_exempt", TEXT, "bytes that were not compared, as KVM writes them itself", "all bytes were compared, or none",
            r -> r.memory().flatMap(MemoryVerdict::exempt));
  }

  private static Schema<TrialRow> made(Schema<TrialRow> schema) {
    schema = measured(schema, "qemu_version", TEXT, "such as `10.0.13`", m -> m.setting().qemuVersion());
    schema = measured(schema, "engine_hash", TEXT, "hash of all that the hypervisor was built from", m -> m.setting().engineHash())
        .with("scheduler_hash", TEXT, "SHA-256 of the page scheduler's source",
            r -> of(r, m -> m.setting().schedulerHash(), Origin.Simulated::schedulerHash));
    schema = measured(schema, "guest_hash", TEXT, "hash of all that the guest image was built from", m -> m.setting().guestHash());
    return measured(schema, "guest_kernel", TEXT, "version of the guest's kernel", m -> m.setting().kernel())
        .with("engine", TEXT, "name of the engine in a run that compares engines", "the run has one engine", r -> r.planned().engine())
        .with("origin", TEXT, "`measured` or `simulated`", r -> of(r, m -> "measured", computed -> SIMULATED));
  }

  /** What every trial has that was made, and a simulated one has not. */
  static Schema<TrialRow> measured(Schema<TrialRow> schema, String name, Kind kind, String meaning,
      Function<Origin.Measured, ?> value) {
    return schema.with(name, kind, meaning, SIMULATED, row -> row.measured().map(value));
  }

  private static <T> T of(TrialRow row, Function<Origin.Measured, T> measured, Function<Origin.Simulated, T> simulated) {
    return row.origin() instanceof Origin.Simulated computed ? simulated.apply(computed) : measured.apply(row.measured().orElseThrow());
  }

  /** The migration, if it went through: only then QEMU's times are its own. */
  private static Optional<MigrationResult> completed(TrialRow row) {
    return row.migration().filter(m -> m.outcome() == MigrationResult.Outcome.COMPLETED);
  }

  private static Experiment experiment(TrialRow row) {
    return row.planned().experiment();
  }

  private static Optional<Scaled> scaled(TrialRow row) {
    return Optional.ofNullable(experiment(row).scaled()).filter(Scaled::measured);
  }

  /** A number with three decimals. */
  static BigDecimal three(double number) {
    return BigDecimal.valueOf(number).setScale(3, RoundingMode.HALF_UP);
  }
}
