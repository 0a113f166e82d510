// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Progress;
import mplm.harness.host.Cause;
import mplm.harness.result.Measure;
import mplm.harness.result.TrialRow;

/** The short table at the end of a run. */
public final class Summary {
  private static final List<String> HEADER =
      List.of("trial", "outcome", "total s", "downtime s", "transferred MiB", "guest", "memory");

  private Summary() {}

  /** One line a trial below a header, columns aligned; a reason stands on a line of its own, and what helps below it. */
  public static String of(List<TrialRow> rows) {
    List<List<String>> table = new ArrayList<>();
    table.add(HEADER);
    rows.forEach(row -> table.add(line(row)));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < table.size(); i++) {
      for (int column = 0; column < HEADER.size(); column++) {
        int c = column;
        int width = table.stream().mapToInt(line -> line.get(c).length()).max().orElse(0);
        boolean number = column >= 2 && column <= 4;
        text.append(String.format(Locale.ROOT, "%" + (number ? "" : "-") + width + "s", table.get(i).get(column)));
        text.append(column + 1 < HEADER.size() ? "  " : "");
      }
      text.replace(text.length() - trailing(text), text.length(), "").append('\n');
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

  private static List<String> line(TrialRow row) {
    Optional<MigrationResult> migration = row.migration();
    return List.of(
        row.name(),
        row.outcome().toString(),
        seconds(migration.flatMap(MigrationResult::totalTime)),
        seconds(downtime(row)),
        migration.flatMap(m -> m.end().ram()).map(Progress.Ram::transferred)
            .map(size -> String.format(Locale.ROOT, "%.0f", size.bytes() / 1048576.0)).orElse("-"),
        row.verification().map(v -> "verified: " + v.result()).orElse("-"),
        row.memory().map(verdict -> verdict.equal() ? "equal" : "different").orElse("-"));
  }

  /** The one that counts, or QEMU's own where there is no other. */
  private static Optional<Duration> downtime(TrialRow row) {
    return row.downtimes().headline().or(row.downtimes()::qemu).map(Measure::value);
  }

  private static String seconds(Optional<Duration> duration) {
    return duration.map(d -> String.format(Locale.ROOT, "%.2f", d.toMillis() / 1000.0)).orElse("-");
  }

  private static int trailing(StringBuilder text) {
    int n = 0;
    while (n < text.length() && text.charAt(text.length() - 1 - n) == ' ') {
      n++;
    }
    return n;
  }
}
