// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Simulated;
import mplm.engine.trace.TraceHeader;
import mplm.engine.unit.Bandwidth;
import mplm.harness.result.Outcome;
import mplm.harness.table.Csv;

/**
 * What simulations of a guest on a link came to, for people and as CSV, marked as simulated in both. A value that does not exist
 * is {@code -}, in CSV empty. Columns that {@code trials.csv} has too bear its names.
 *
 * @param number of the table in its sweep, from 1
 * @param of how many tables the sweep has
 * @param trace what the guest did
 * @param link its rate
 * @param limit after which a migration was cancelled
 * @param overheads that the migrations had beside their pages; empty if none
 * @param rows a method each
 * @param bound the best possible; empty if it was not asked for
 */
public record SimulationTable(
    int number, int of, TraceHeader trace, Bandwidth link, Duration limit, String overheads, List<Simulated> rows,
    Optional<Bound> bound) {
  /** The columns of the CSV file. */
  public static final List<String> HEADER = List.of(
      "kind", "trace", "memory_bytes", "link_bits_per_s", "limit_s", "method", "outcome", "total_s", "live_s", "downtime_s",
      "transferred_bytes", "nondirty_sent_pages", "dirty_sent_pages", "final_pages", "zero_pages", "epochs", "dirty_pages_per_s",
      "trace_repeated", "best_downtime_s", "best_total_s", "bound_step_s", "overheads", "part");

  private static final int FRONTIER_LINES = 8;
  private static final int DECIMALS = 9;

  /** Lines of text. */
  public String text() {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT, "SIMULATED, not measured: a guest of %s on a link of %s, %s%s%n", trace.memory(), link, trace.source(),
        overheads.isEmpty() ? "" : ", " + overheads));
    int wide = rows.stream().mapToInt(row -> row.method().length()).max().orElse(0);
    text.append(String.format(Locale.ROOT,
        "%-" + wide + "s  %-13s %8s %8s %10s %11s %10s %10s %10s %10s %7s %9s", "method", "outcome",
        "total s", "live s", "downtime s", "transf. MiB", "non-dirty", "dirty", "final", "zero pages", "epochs", "dirtied/s"));
    text.append(bound.isPresent() ? String.format(Locale.ROOT,
        " %15s %12s%n", "best downtime s", "best total s") : String.format(Locale.ROOT, "%n"));
    for (Simulated row : rows) {
      text.append(String.format(Locale.ROOT,
          "%-" + wide + "s  %-13s %8s %8s %10s %11s %10d %10d %10d %10d %7d %9s", row.method(), outcome(row),
          fixed(row.total()), fixed(Optional.of(row.live())), fixed(row.downtime()), row.transferred().bytes() >> 20,
          row.nondirtyPages(), row.dirtyPages(), row.finalPages(), row.zeroPages(), row.epochs(),
          row.dirtyRate().isPresent() ? Math.round(row.dirtyRate().getAsDouble()) : "-"));
      text.append(bound.isPresent()
          ? String.format(Locale.ROOT,
              " %15s %12s%n", fixed(bestDowntime(row)), fixed(bestTotal(row))) : String.format(Locale.ROOT, "%n"));
    }
    if (rows.stream().anyMatch(Simulated::repeated)) {
      text.append(String.format(Locale.ROOT, "the trace was too short and began again%n"));
    }
    bound.ifPresent(best -> text.append(frontier(best)));
    return text.toString();
  }

  private static String frontier(Bound bound) {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT, "best possible, all writes known in advance (to %s s): total s, downtime s%n", fixed(Optional.of(bound.step()))));
    List<Bound.Point> points = bound.frontier();
    int lines = Math.min(FRONTIER_LINES, points.size());
    for (int line = 0; line < lines; line++) {
      Bound.Point point = points.get(lines == 1 ? 0 : line * (points.size() - 1) / (lines - 1));
      text.append(String.format(Locale.ROOT,
          "  %8s %8s%n", fixed(Optional.of(point.total())), fixed(Optional.of(point.downtime()))));
    }
    return text.toString();
  }

  /** Writes a row a method of each table, and with a bound the points of its frontier behind. */
  public static void write(Path file, List<SimulationTable> tables) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(HEADER);
      for (SimulationTable table : tables) {
        for (Simulated row : table.rows) {
          csv.write(table.cells(row));
        }
        for (Bound.Point point : table.bound.map(Bound::frontier).orElse(List.of())) {
          csv.write(table.cells(point));
        }
      }
    }
  }

  private List<String> cells(Simulated row) {
    List<String> cells = start("simulated");
    cells.addAll(List.of(row.method(), outcome(row), exact(row.total()), exact(Optional.of(row.live())), exact(row.downtime()),
        "" + row.transferred().bytes(), "" + row.nondirtyPages(), "" + row.dirtyPages(), "" + row.finalPages(),
        "" + row.zeroPages(), "" + row.epochs(), rate(row), row.repeated() ? "yes" : "no", exact(bestDowntime(row)),
        exact(bestTotal(row)), exact(bound.map(Bound::step)), overheads, part()));
    return cells;
  }

  private List<String> cells(Bound.Point point) {
    List<String> cells = start("bound");
    cells.addAll(List.of("best possible", "", exact(Optional.of(point.total())),
        exact(Optional.of(point.total().minus(point.downtime()))), exact(Optional.of(point.downtime()))));
    while (cells.size() < HEADER.size() - 3) {
      cells.add("");
    }
    cells.addAll(List.of(exact(bound.map(Bound::step)), overheads, part()));
    return cells;
  }

  /** By which shards are merged. */
  private String part() {
    return number + "/" + of;
  }

  private List<String> start(String kind) {
    return new ArrayList<>(List.of(
        kind, trace.source(), "" + trace.memory().bytes(), "" + link.bitsPerSecond(), exact(Optional.of(limit))));
  }

  private Optional<Duration> bestDowntime(Simulated row) {
    return bound.flatMap(best -> row.total().flatMap(best::downtimeAt));
  }

  private Optional<Duration> bestTotal(Simulated row) {
    return bound.flatMap(best -> row.downtime().flatMap(best::totalAt));
  }

  private static String outcome(Simulated row) {
    return (row.completed() ? Outcome.COMPLETED : Outcome.NOT_CONVERGED).toString();
  }

  private static String rate(Simulated row) {
    return row.dirtyRate().isPresent() ? String.format(Locale.ROOT, "%.3f", row.dirtyRate().getAsDouble()) : "";
  }

  private static String fixed(Optional<Duration> seconds) {
    return seconds.map(time -> String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9)).orElse("-");
  }

  private static String exact(Optional<Duration> seconds) {
    return seconds.map(time -> BigDecimal.valueOf(time.toNanos(), DECIMALS).setScale(6, RoundingMode.HALF_UP).toPlainString())
        .orElse("");
  }
}
