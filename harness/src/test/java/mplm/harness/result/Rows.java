// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.scale.Proportions;
import mplm.harness.scale.Scaling;
import mplm.harness.scale.WorkingSet;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;

/** Rows with given figures, for tests of what is made of rows. */
public final class Rows {
  private static final Setting SETTING = new Setting("20260102-030405-quick", "2026-01-02T03:04:05Z", "namespaces", "tc tbf", "none",
      Accelerator.TCG, "10.0.13", "e".repeat(64), "5".repeat(64), "9".repeat(16), "6.1.0-56-cloud-amd64");
  private static final Experiment EXPERIMENT = experiment("MG", "W", 2, "1GiB", "60Mbit/s");

  private Rows() {}

  /** Named as its benchmark. */
  public static Experiment experiment(String name, String problemClass, int vcpus, String memory, String link) {
    return new Experiment(name, new NpbConfigs(Path.of("../npb-configs")).benchmark(name.toLowerCase(Locale.ROOT)), problemClass,
        vcpus,
        DataSize.parse(memory), Bandwidth.parse(link), List.of(Mplm.PAPER), true, seconds(120), seconds(120), 4, seconds(60),
            false);
  }

  /** As the paper has it. */
  public static Experiment fullSize(String name) {
    return experiment(name, "C", 8, "8GiB", "1Gbit/s");
  }

  /** The experiment of that name in the suite {@code scaled}, with a guest such that a pass takes 9 s. */
  public static Experiment scaled(String name) {
    Experiment unmeasured = new NpbConfigs(Path.of("../npb-configs")).suite("scaled").experiments().stream()
        .filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    Proportions paper = unmeasured.benchmark().paper();
    DataSize used = DataSize.parse("90MiB");
    return unmeasured.measured(new WorkingSet(used, new TreeMap<>(Map.of(seconds(Scaling.epoch(seconds(9), paper)),
        new DataSize(Math.round(used.bytes() * paper.dirtiedInEpoch()))))));
  }

  public static TrialRow completed(String method, int repetition, double total, double downtime) {
    return completed(EXPERIMENT, method, repetition, total, downtime, 2893.5);
  }

  /** With a dirty page rate if the method is MPLM. */
  public static TrialRow completed(
      Experiment experiment, String method, int repetition, double total, double downtime, double dirtyRate) {
    Progress end = progress(experiment, "completed", method, total);
    Progress last = progress(experiment, "active", method, total);
    long stop = 5_000_000_000L;
    MigrationResult result = new MigrationResult(Method.parse(method), MigrationResult.Outcome.COMPLETED, Optional.empty(),
        seconds(total + 0.05), Optional.of(seconds(total)), Optional.of(seconds(downtime)), Optional.of(seconds(0.002)),
        OptionalLong.of(stop), OptionalLong.of(stop + seconds(downtime - 0.001).toNanos()), Optional.of(last), List.of(last, end),
            end);
    return row(experiment, method, repetition, Outcome.COMPLETED, Optional.empty(), Optional.of(result),
        Optional.of(new TrialRow.Verification("successful", "1.671e-13", 7)), dirtyRate);
  }

  /** The row of a planned trial that completed. */
  public static TrialRow of(PlannedTrial planned, Setting setting, double total, double downtime) {
    TrialRow row = completed(planned.experiment(), planned.method().toString(), planned.repetition(), total, downtime, 2893.5);
    Origin.Measured m = row.measured().orElseThrow();
    return new TrialRow(planned, new Origin.Measured(setting, m.pair(), m.guest(), m.parameters(), m.parts(), m.memory(),
        m.verification(), m.program(), m.lost(), m.cpuTime(), m.peakMemory(), m.times()), row.outcome(), row.reason(), row.limit(),
        row.migration(), row.downtimes(), row.dirtyRate());
  }

  public static TrialRow notConverged(String method, int repetition) {
    return notConverged(EXPERIMENT, method, repetition);
  }

  /** Within 80 s. */
  public static TrialRow notConverged(Experiment experiment, String method, int repetition) {
    Progress last = progress(experiment, "active", method, 80);
    Progress end = progress(experiment, "cancelled", method, 80);
    MigrationResult result = new MigrationResult(Method.parse(method), MigrationResult.Outcome.NOT_CONVERGED,
        Optional.of("not converged after 80s"), seconds(80.1), Optional.empty(), Optional.empty(), Optional.empty(),
        OptionalLong.empty(), OptionalLong.empty(), Optional.of(last), List.of(last, end), end);
    return row(experiment, method, repetition, Outcome.NOT_CONVERGED, result.reason(), Optional.of(result), Optional.empty(),
        2893.5);
  }

  /** The program was done after {@code lasted} seconds of migrating. */
  public static TrialRow endedBefore(Experiment experiment, String method, int repetition, double lasted) {
    Progress last = progress(experiment, "active", method, lasted);
    MigrationResult result = new MigrationResult(Method.parse(method), MigrationResult.Outcome.FAILED,
        Optional.of("the guest is gone"), seconds(lasted), Optional.empty(), Optional.empty(), Optional.empty(),
        OptionalLong.empty(), OptionalLong.empty(), Optional.of(last), List.of(last), last);
    return row(experiment, method, repetition, Outcome.ENDED_BEFORE,
        Optional.of("the program was done before the guest was stopped"),
        Optional.of(result), Optional.empty(), 2893.5);
  }

  /** The same, but so many pages were sent from the dirty set. */
  public static TrialRow sending(TrialRow row, long dirtySent) {
    MigrationResult m = row.migration().orElseThrow();
    MplmFigures f = m.end().mplm().orElseThrow();
    MplmFigures figures = new MplmFigures(f.policy(), f.schedulerHash(), f.epochs(), f.dirtyPages(), f.nondirtyPages(), dirtySent,
        f.nondirtySent(), f.visits(), f.fetched(), f.liveTime(), f.stopPages(), f.stopBytes(), f.forecast(),
        f.end());
    Progress end = new Progress(m.end().elapsed(), m.end().status(), m.end().ram(), Optional.of(figures));
    MigrationResult result = new MigrationResult(m.method(), m.outcome(), m.reason(), m.elapsed(), m.totalTime(), m.downtime(),
        m.setupTime(), m.stop(), m.resume(), m.last(), m.looks(), end);
    return new TrialRow(row.planned(), row.origin(), row.outcome(), row.reason(), row.limit(), Optional.of(result), row.downtimes(),
        row.dirtyRate());
  }

  /** With a reason that a CSV has to quote. */
  public static TrialRow failed(String method, int repetition) {
    return failed(EXPERIMENT, method, repetition);
  }

  /** See {@link #failed(String, int)}. */
  public static TrialRow failed(Experiment experiment, String method, int repetition) {
    return row(experiment, method, repetition, Outcome.FAILED, Optional.of("source: \"boot\", no record,\nlast lines: none"),
        Optional.empty(), Optional.empty(), 0);
  }

  public static List<TrialRow> ofEveryKind() {
    return List.of(notConverged("precopy:0.3s", 1), completed("precopy:5s", 1, 23.864, 4.6), completed("mplm", 1, 20.359, 6.186),
        failed("mplm:epoch=1s,share=25,strict", 1));
  }

  private static TrialRow row(Experiment experiment, String method, int repetition, Outcome outcome, Optional<String> reason,
      Optional<MigrationResult> migration, Optional<TrialRow.Verification> verification, double dirtyRate) {
    boolean booted = migration.isPresent();
    DataSize program = experiment.benchmark().classes().get(experiment.problemClass()).memory();
    TrialRow.Guest guest = new TrialRow.Guest(seconds(3.014853), program, new DataSize(program.bytes() + (87L << 20)));
    Origin.Measured measured = new Origin.Measured(SETTING, outcome == Outcome.FAILED ? Optional.of("west") : Optional.empty(),
        booted ? Optional.of(guest) : Optional.empty(), booted ? Optional.of(new TrialRow.Parameters(0, 0)) : Optional.empty(),
        migration.filter(m -> m.downtime().isPresent()).map(m -> new DowntimeParts(seconds(0.001), seconds(0.002),
            m.downtime().orElseThrow().minus(seconds(0.01)), seconds(0.003), seconds(0.0025), seconds(0.0015))),
        Optional.empty(), verification, verification.map(v -> seconds(9.5)), lost(migration),
        new TrialRow.CpuTime(migration.map(m -> seconds(1.25)), migration.map(m -> seconds(0.75))),
        new TrialRow.PeakMemory(Optional.of(DataSize.parse("300MiB")).filter(m -> booted),
            Optional.of(DataSize.parse("250MiB")).filter(m -> booted)),
        new TrialRow.Times(seconds(2.1), seconds(2), migration.map(MigrationResult::elapsed).orElse(Duration.ZERO), Duration.ZERO,
            seconds(1.75), seconds(6.35).plus(migration.map(MigrationResult::elapsed).orElse(Duration.ZERO)),
            Optional.of(seconds(0.75))));
    return new TrialRow(new PlannedTrial(repetition, "quick", experiment, Method.parse(method), repetition), measured, outcome, reason,
        booted ? Optional.of(Duration.ofSeconds(80)) : Optional.empty(), migration,
        migration.filter(m -> m.downtime().isPresent()).map(m -> downtimes(m.downtime().orElseThrow()))
            .orElseGet(() -> Downtimes.none(Optional.empty())),
        migration.filter(m -> m.end().mplm().isPresent()).map(m -> new DirtyRate(dirtyRate, OptionalDouble.of(2700.25))));
  }

  /** A second before, and a quarter after. */
  private static LostTime lost(Optional<MigrationResult> migration) {
    return new LostTime(migration.flatMap(MigrationResult::downtime)
        .map(blackout -> new LostTime.Parts(seconds(1), blackout, seconds(0.25), seconds(0.125))), Optional.empty());
  }

  /** The downtimes of a guest whose clock stood still. */
  private static Downtimes downtimes(Duration downtime) {
    return new Downtimes(Optional.of(new Measure(downtime.plusMillis(1), seconds(0.003))),
        Optional.of(new Measure(downtime.plusNanos(250_000), seconds(0.002))), Optional.of(new Measure(downtime, seconds(0.0005))),
        Optional.of(downtime.plusMillis(17)), Optional.empty(), Optional.of(true), Optional.empty(), Optional.of("no tap device"));
  }

  private static Progress progress(Experiment experiment, String status, String method, double elapsed) {
    boolean live = status.equals("active");
    return new Progress(seconds(elapsed), status,
        Optional.of(new Progress.Ram(new DataSize(138_000_000), new DataSize(live ? 40_960_000 : 0), experiment.memory(), 35038,
            226_000, 5, live ? 6685 : 0, live ? 57.25 : 0)),
        Method.parse(method) instanceof Mplm
            ? Optional.of(new MplmFigures("paper", "5".repeat(64), 5, 10_000, 0, 17_000, experiment.memory().bytes() / 4096,
                300_000, 40_799, seconds(14.1),
                Optional.of(10_200L), Optional.of(new DataSize(10_200L * 4096)), Optional.empty(), "nondirty-empty"))
            : Optional.empty());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
