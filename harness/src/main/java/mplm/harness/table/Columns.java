// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.engine.unit.DataSize;
import mplm.harness.result.DirtyRate;
import mplm.harness.result.DowntimeParts;
import mplm.harness.result.Downtimes;
import mplm.harness.result.Measure;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.TrialRow;
import mplm.harness.scale.Scaled;
import mplm.harness.scale.Scaling;

/**
 * The columns of {@code trials.csv}, in order. Names carry the unit. A value that does not exist is empty, never 0: what was not
 * reached, what the method does not have, what the outcome makes meaningless.
 */
public final class Columns {
  /** What of a row stands under a name; numbers print without exponent or locale, durations in seconds, sizes in bytes. */
  public record Column(String name, Function<TrialRow, Optional<?>> value) {
    /** The text of the cell. */
    public String text(TrialRow row) {
      return value.apply(row).map(Columns::print).orElse("");
    }
  }

  /** All of them. */
  public static final List<Column> ALL = all();

  private Columns() {}

  private static List<Column> all() {
    List<Column> all = new ArrayList<>();
    what(all);
    outcome(all);
    downtimes(all);
    migration(all);
    mplm(all);
    guest(all);
    setting(all);
    return List.copyOf(all);
  }

  private static void what(List<Column> all) {
    add(all, "run", r -> r.setting().run());
    add(all, "suite", r -> r.planned().suite());
    add(all, "experiment", r -> r.planned().experiment().name());
    add(all, "trial", r -> r.planned().number());
    add(all, "repetition", r -> r.planned().repetition());
    add(all, "benchmark", r -> r.planned().experiment().benchmark().name());
    measured(all, "class", r -> r.planned().experiment().problemClass());
    measured(all, "vcpus", r -> r.planned().experiment().vcpus());
    add(all, "memory_bytes", r -> r.planned().experiment().memory());
    add(all, "ballast_bytes", r -> r.planned().experiment().ballast());
    optional(all, "scaled_to", r -> scaled(r).map(Scaled::to));
    optional(all, "scaled_factor", r -> r.planned().experiment().scaling().map(Scaling::factor));
    optional(all, "scaled_method", r -> scaled(r).map(s -> r.planned().experiment().original(r.planned().method())));
    optional(all, "scaled_used_bytes", r -> scaled(r).map(s -> s.guest().used()));
    add(all, "method", r -> r.planned().method());
    add(all, "method_name", r -> r.planned().method().name());
    optional(all, "max_tolerable_downtime_s", r -> r.planned().method().toleratedDowntime());
    Mplm.PAPER.settings().keySet().forEach(setting -> optional(all, "mplm_" + setting, r -> setting(r, "mplm", setting)));
    add(all, "link_bits_per_s", r -> r.planned().experiment().link().bitsPerSecond());
    add(all, "shaping", r -> r.setting().shaping());
    optional(all, "pair", TrialRow::pair);
    add(all, "stream_protection", r -> r.setting().protection());
    add(all, "testbed", r -> r.setting().testbed());
    measured(all, "accelerator", r -> r.setting().accelerator().name().toLowerCase(Locale.ROOT));
    measured(all, "hosts_emulated", r -> r.setting().ofEmulatedHosts() ? "yes" : "no");
  }

  private static void outcome(List<Column> all) {
    add(all, "outcome", TrialRow::outcome);
    optional(all, "reason", TrialRow::reason);
    optional(all, "limit_s", TrialRow::limit);
    optional(all, "total_s", r -> completed(r).flatMap(MigrationResult::totalTime));
    optional(all, "setup_s", r -> completed(r).flatMap(MigrationResult::setupTime));
    optional(all, "live_s", r -> completed(r).map(m -> m.totalTime().orElseThrow().minus(m.downtime().orElseThrow())));
    optional(all, "downtime_s", r -> r.downtimes().headline().map(Measure::value));
    optional(all, "downtime_error_s", r -> r.downtimes().headline().map(Measure::error));
    optional(all, "downtime_by", r -> r.downtimes().headlineName());
    optional(all, "elapsed_s", r -> r.migration().map(MigrationResult::elapsed));
    measured(all, "memory_compared", r -> r.memory().map(verdict -> verdict.equal() ? "equal" : "different").orElse("no"));
    optional(all, "memory_exempt", r -> r.memory().flatMap(MemoryVerdict::exempt));
  }

  private static void downtimes(List<Column> all) {
    measure(all, "downtime_qemu", Downtimes::qemu);
    measure(all, "downtime_stop_resume", Downtimes::stopResume);
    measure(all, "downtime_guest", Downtimes::guest);
    optional(all, "downtime_guest_gap_s", r -> r.downtimes().guestGap());
    measure(all, "downtime_network", Downtimes::network);
    optional(all, "downtime_missing", r -> r.downtimes().missing());
    optional(all, "downtime_network_missing", r -> r.downtimes().networkMissing());
    optional(all, "guest_clock_stood_still", r -> r.downtimes().clockStoodStill().map(still -> still ? "yes" : "no"));
    optional(all, "downtime_disagreement", r -> r.downtimes().disagreement());
    optional(all, "downtime_stop_s", r -> r.parts().map(DowntimeParts::stop));
    optional(all, "downtime_last_fetch_s", r -> r.parts().map(DowntimeParts::lastFetch));
    optional(all, "downtime_final_memory_s", r -> r.parts().map(DowntimeParts::finalMemory));
    optional(all, "downtime_device_state_s", r -> r.parts().map(DowntimeParts::deviceState));
    optional(all, "downtime_load_s", r -> r.parts().map(DowntimeParts::load));
    optional(all, "downtime_resume_s", r -> r.parts().map(DowntimeParts::resume));
  }

  private static void migration(List<Column> all) {
    ram(all, "transferred_bytes", Progress.Ram::transferred);
    ram(all, "normal_pages", Progress.Ram::normalPages);
    ram(all, "zero_pages", Progress.Ram::duplicatePages);
    ram(all, "dirty_syncs", Progress.Ram::dirtySyncCount);
    // QEMU shows 0 for these once it has completed
    last(all, "throughput_mbit_per_s", Progress.Ram::mbps);
    optional(all, "dirty_pages_per_s", r -> r.dirtyRate().map(DirtyRate::average));
    optional(all, "dirty_pages_per_s_without_first_epoch",
        r -> r.dirtyRate().map(DirtyRate::withoutFirst).filter(OptionalDouble::isPresent).map(OptionalDouble::getAsDouble));
    last(all, "dirty_pages_per_s_last", Progress.Ram::dirtyPagesRate);
    last(all, "remaining_bytes", Progress.Ram::remaining);
    optional(all, "source_hypervisor_cpu_s", r -> r.cpuTime().source());
    optional(all, "destination_hypervisor_cpu_s", r -> r.cpuTime().destination());
    optional(all, "hypervisor_cpu_s", r -> r.cpuTime().sum());
    optional(all, "max_bandwidth_bytes_per_s", r -> r.parameters().map(TrialRow.Parameters::maxBandwidth));
    optional(all, "avail_switchover_bandwidth_bytes_per_s", r -> r.parameters().map(TrialRow.Parameters::availSwitchoverBandwidth));
  }

  private static void mplm(List<Column> all) {
    figure(all, "mplm_epochs", MplmFigures::epochs);
    figure(all, "mplm_live_s", MplmFigures::liveTime);
    figure(all, "mplm_dirty_sent_pages", MplmFigures::dirtySent);
    figure(all, "mplm_nondirty_sent_pages", MplmFigures::nondirtySent);
    figure(all, "mplm_visits", MplmFigures::visits);
    figure(all, "mplm_fetched_pages", MplmFigures::fetched);
    figure(all, "mplm_dirty_left_pages", MplmFigures::dirtyPages);
    figure(all, "mplm_nondirty_left_pages", MplmFigures::nondirtyPages);
    optional(all, "mplm_stop_pages", r -> figures(r).flatMap(MplmFigures::stopPages));
    optional(all, "mplm_stop_bytes", r -> figures(r).flatMap(MplmFigures::stopBytes));
    figure(all, "mplm_end", MplmFigures::end);
  }

  private static void guest(List<Column> all) {
    optional(all, "guest_ready_s", r -> r.guest().map(TrialRow.Guest::ready));
    optional(all, "guest_resident_bytes", r -> r.guest().map(TrialRow.Guest::resident));
    optional(all, "used_memory_bytes", r -> r.guest().map(TrialRow.Guest::used));
    optional(all, "verification", r -> r.verification().map(TrialRow.Verification::result));
    optional(all, "verification_error", r -> r.verification().map(TrialRow.Verification::error));
    optional(all, "verification_repetition", r -> r.verification().map(TrialRow.Verification::repetition));
    optional(all, "program_s", TrialRow::program);
    optional(all, "source_peak_memory_bytes", r -> r.peakMemory().source());
    optional(all, "destination_peak_memory_bytes", r -> r.peakMemory().destination());
    measured(all, "boot_s", r -> r.times().boot());
    measured(all, "warm_up_s", r -> r.times().warmUp());
    measured(all, "memory_check_s", r -> r.times().memoryCheck());
    measured(all, "finish_s", r -> r.times().finish());
    measured(all, "overhead_s", r -> r.times().overhead());
    optional(all, "ssh_s", r -> r.times().ssh());
    measured(all, "wall_s", r -> r.times().all());
  }

  private static void setting(List<Column> all) {
    add(all, "qemu_version", r -> r.setting().qemuVersion());
    add(all, "engine_hash", r -> r.setting().engineHash());
    add(all, "scheduler_hash", r -> r.setting().schedulerHash());
    add(all, "guest_hash", r -> r.setting().guestHash());
    add(all, "guest_kernel", r -> r.setting().kernel());
    add(all, "engine", r -> r.planned().engine());
    add(all, "origin", r -> r.setting().ofSimulation() ? "simulated" : "measured");
  }

  private static void add(List<Column> all, String name, Function<TrialRow, ?> value) {
    all.add(new Column(name, row -> Optional.of(value.apply(row))));
  }

  /** What a trial that was computed does not have. */
  private static void measured(List<Column> all, String name, Function<TrialRow, ?> value) {
    optional(all, name, row -> row.setting().ofSimulation() ? Optional.empty() : Optional.of(value.apply(row)));
  }

  private static void optional(List<Column> all, String name, Function<TrialRow, Optional<?>> value) {
    all.add(new Column(name, value));
  }

  private static void ram(List<Column> all, String name, Function<Progress.Ram, ?> value) {
    all.add(new Column(name, row -> row.migration().flatMap(m -> m.end().ram()).map(value)));
  }

  private static void last(List<Column> all, String name, Function<Progress.Ram, ?> value) {
    all.add(new Column(name, row -> row.migration().flatMap(MigrationResult::last).flatMap(Progress::ram).map(value)));
  }

  private static void figure(List<Column> all, String name, Function<MplmFigures, ?> value) {
    all.add(new Column(name, row -> figures(row).map(value)));
  }

  private static void measure(List<Column> all, String name, Function<Downtimes, Optional<Measure>> value) {
    all.add(new Column(name + "_s", row -> value.apply(row.downtimes()).map(Measure::value)));
    all.add(new Column(name + "_error_s", row -> value.apply(row.downtimes()).map(Measure::error)));
  }

  private static Optional<MplmFigures> figures(TrialRow row) {
    return row.migration().flatMap(m -> m.end().mplm());
  }

  private static Optional<Scaled> scaled(TrialRow row) {
    return Optional.ofNullable(row.planned().experiment().scaled()).filter(Scaled::measured);
  }

  private static Optional<Object> setting(TrialRow row, String method, String setting) {
    return Optional.of(row.planned().method()).filter(m -> m.name().equals(method)).map(m -> m.settings().get(setting));
  }

  /** The migration, if it went through: only then QEMU's times are its own. */
  private static Optional<MigrationResult> completed(TrialRow row) {
    return row.migration().filter(m -> m.outcome() == MigrationResult.Outcome.COMPLETED);
  }

  private static String print(Object value) {
    if (value instanceof Duration duration) {
      BigDecimal seconds = BigDecimal.valueOf(duration.toNanos(), 9).setScale(6, RoundingMode.HALF_UP).stripTrailingZeros();
      return seconds.signum() == 0 ? "0" : seconds.toPlainString();
    }
    if (value instanceof DataSize size) {
      return Long.toString(size.bytes());
    }
    return value instanceof Double number
        ? BigDecimal.valueOf(number).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString()
        : value.toString();
  }
}
