// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Progress;
import mplm.harness.host.Cause;
import mplm.harness.result.Measure;
import mplm.harness.result.TrialRow;
import mplm.harness.table.TextTable;

/** The short table at the end of a run. */
public final class Summary {
  private Summary() {}

  /** One line per trial below a header, columns aligned; a reason stands on a line of its own, and what helps below it. */
  public static String of(List<TrialRow> rows) {
    TextTable table = new TextTable("<<>>><<")
        .row("trial", "outcome", "total s", "downtime s", "transferred MiB", "guest", "memory");
    rows.forEach(row -> table.row(cells(row)));
    List<String> lines = table.lines();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i)).append('\n');
      if (i > 0) {
        TrialRow row = rows.get(i - 1);
        row.reason().ifPresent(reason -> text.append("    ").append(reason).append('\n'));
        row.reason().filter(reason -> row.outcome().isFault()).flatMap(Cause::of)
            .ifPresent(cause -> text.append("    -> ").append(cause.remedy()).append('\n'));
        row.downtimes().disagreement()
            .ifPresent(odd -> text.append("    downtimes disagree: ").append(odd).append('\n'));
      }
    }
    return text.toString();
  }

  private static Object[] cells(TrialRow row) {
    Optional<MigrationResult> migration = row.migration();
    return new Object[] {
        row.name(),
        row.outcome().toString(),
        seconds(migration.flatMap(MigrationResult::totalTime)),
        seconds(downtime(row)),
        migration.flatMap(m -> m.end().ram()).map(Progress.Ram::transferred)
            .map(size -> String.format(Locale.ROOT, "%.0f", size.bytes() / 1048576.0)).orElse("-"),
        row.verification().map(v -> "verified: " + v.result()).orElse("-"),
        row.memory().map(verdict -> verdict.equal() ? "equal" : "different").orElse("-")};
  }

  /** The one that counts, or QEMU's own where there is no other. */
  private static Optional<Duration> downtime(TrialRow row) {
    return row.downtimes().headline().or(row.downtimes()::qemu).map(Measure::value);
  }

  private static String seconds(Optional<Duration> duration) {
    return duration.map(d -> String.format(Locale.ROOT, "%.2f", d.toMillis() / 1000.0)).orElse("-");
  }
}
