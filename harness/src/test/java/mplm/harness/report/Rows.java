// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Progress;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;

/** Rows with given figures, for tests of what is made of rows. */
final class Rows {
  private static final Setting SETTING = new Setting("20260102-030405-quick", "2026-01-02T03:04:05Z", "namespaces", "tc tbf",
      Accelerator.TCG, "10.0.13", "e".repeat(64), "5".repeat(64), "9".repeat(16), "6.1.0-56-cloud-amd64");
  private static final Experiment EXPERIMENT = new Experiment("MG", new NpbConfigs(Path.of("../npb-configs")).benchmark("mg"), "W",
      2, DataSize.parse("1GiB"), Bandwidth.parse("60Mbit/s"), List.of(Mplm.PAPER), true, seconds(120), seconds(120), 4, seconds(60),
      false);

  private Rows() {}

  static TrialRow completed(String method, int repetition, double total, double downtime) {
    Progress end = progress("completed", method, total);
    long stop = 5_000_000_000L;
    MigrationResult result = new MigrationResult(Method.parse(method), MigrationResult.Outcome.COMPLETED, Optional.empty(),
        seconds(total + 0.05), Optional.of(seconds(total)), Optional.of(seconds(downtime)), Optional.of(seconds(0.002)),
        OptionalLong.of(stop), OptionalLong.of(stop + seconds(downtime - 0.001).toNanos()),
        Optional.of(progress("active", method, total)), List.of(progress("active", method, total), end), end);
    return row(method, repetition, Outcome.COMPLETED, Optional.empty(), Optional.of(result),
        Optional.of(new TrialRow.Verification("successful", "1.671e-13", 7)));
  }

  static TrialRow notConverged(String method, int repetition) {
    MigrationResult result = new MigrationResult(Method.parse(method), MigrationResult.Outcome.NOT_CONVERGED,
        Optional.of("not converged after 80s"), seconds(80.1), Optional.empty(), Optional.empty(), Optional.empty(),
        OptionalLong.empty(), OptionalLong.empty(), Optional.of(progress("active", method, 80)),
        List.of(progress("active", method, 80), progress("cancelled", method, 80)), progress("cancelled", method, 80));
    return row(method, repetition, Outcome.NOT_CONVERGED, result.reason(), Optional.of(result), Optional.empty());
  }

  /** With a reason that a CSV has to quote. */
  static TrialRow failed(String method, int repetition) {
    return row(method, repetition, Outcome.FAILED, Optional.of("source: \"boot\", no record,\nlast lines: none"), Optional.empty(),
        Optional.empty());
  }

  static List<TrialRow> ofEveryKind() {
    return List.of(notConverged("precopy:0.3s", 1), completed("precopy:5s", 1, 23.864, 4.6), completed("mplm", 1, 20.359, 6.186),
        failed("mplm:epoch=1s,share=25,strict", 1));
  }

  private static TrialRow row(String method, int repetition, Outcome outcome, Optional<String> reason,
      Optional<MigrationResult> migration, Optional<TrialRow.Verification> verification) {
    boolean booted = migration.isPresent();
    TrialRow.Guest guest = new TrialRow.Guest(seconds(3.014853), DataSize.parse("57MiB"), DataSize.parse("144MiB"));
    return new TrialRow(
        new PlannedTrial(repetition, "quick", EXPERIMENT, Method.parse(method), repetition), SETTING, outcome, reason,
        booted ? Optional.of(guest) : Optional.empty(),
        booted ? Optional.of(Duration.ofSeconds(80)) : Optional.empty(),
        migration,
        booted ? Optional.of(new TrialRow.Parameters(0, 0)) : Optional.empty(),
        migration.filter(m -> m.downtime().isPresent()).map(m -> downtimes(m.downtime().orElseThrow()))
            .orElseGet(() -> Downtimes.none(Optional.empty())),
        migration.filter(m -> m.downtime().isPresent()).map(m -> new DowntimeParts(seconds(0.001), seconds(0.002),
            m.downtime().orElseThrow().minus(seconds(0.01)), seconds(0.003), seconds(0.0025), seconds(0.0015))),
        migration.filter(m -> m.end().mplm().isPresent()).map(m -> new DirtyRate(2893.5, OptionalDouble.of(2700.25))),
        Optional.empty(),
        verification,
        verification.map(v -> seconds(9.5)),
        new TrialRow.Times(seconds(2.1), seconds(2), migration.map(MigrationResult::elapsed).orElse(Duration.ZERO), Duration.ZERO,
            seconds(1.75), seconds(6.35).plus(migration.map(MigrationResult::elapsed).orElse(Duration.ZERO))));
  }

  /** Of a guest whose clock stood still. */
  private static Downtimes downtimes(Duration downtime) {
    return new Downtimes(Optional.of(new Measure(downtime.plusMillis(1), seconds(0.003))),
        Optional.of(new Measure(downtime.plusNanos(250_000), seconds(0.002))), Optional.of(new Measure(downtime, seconds(0.0005))),
        Optional.of(downtime.plusMillis(17)), Optional.empty(), Optional.of(true), Optional.empty(), Optional.of("no tap device"));
  }

  private static Progress progress(String status, String method, double elapsed) {
    boolean live = status.equals("active");
    return new Progress(seconds(elapsed), status,
        Optional.of(new Progress.Ram(new DataSize(138_000_000), new DataSize(live ? 40_960_000 : 0), DataSize.parse("1GiB"), 35038,
            226_000, 5, live ? 6685 : 0, live ? 57.25 : 0)),
        Method.parse(method) instanceof Mplm
            ? Optional.of(new MplmFigures("paper", "5".repeat(64), 5, 10_000, 0, 17_000, 262_144, 300_000, 40_799, seconds(14.1),
                Optional.of(10_200L), Optional.of(new DataSize(10_200L * 4096)), "nondirty-empty"))
            : Optional.empty());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
