// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

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

/**
 * What simulations of a guest on a link came to, for people and as {@link SimulationCsv}, marked as simulated in both. For people a
 * value that does not exist is {@code -}.
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
  private static final int FRONTIER_LINES = 8;

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

  /** The rows of the CSV file: a method each of each table, and with a bound the points of its frontier behind. */
  public static List<SimulationCsv.Row> rows(List<SimulationTable> tables) {
    List<SimulationCsv.Row> rows = new ArrayList<>();
    for (SimulationTable table : tables) {
      table.rows.forEach(row -> rows.add(new SimulationCsv.Row(table, Optional.of(row), Optional.empty())));
      table.bound.map(Bound::frontier).orElse(List.of())
          .forEach(point -> rows.add(new SimulationCsv.Row(table, Optional.empty(), Optional.of(point))));
    }
    return rows;
  }

  Optional<Duration> bestDowntime(Simulated row) {
    return bound.flatMap(best -> row.total().flatMap(best::downtimeAt));
  }

  Optional<Duration> bestTotal(Simulated row) {
    return bound.flatMap(best -> row.downtime().flatMap(best::totalAt));
  }

  static String outcome(Simulated row) {
    return (row.completed() ? Outcome.COMPLETED : Outcome.NOT_CONVERGED).toString();
  }

  private static String fixed(Optional<Duration> seconds) {
    return seconds.map(time -> String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9)).orElse("-");
  }
}
