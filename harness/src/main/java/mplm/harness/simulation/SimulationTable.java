// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Simulated;
import mplm.engine.trace.TraceHeader;
import mplm.engine.unit.Bandwidth;
import mplm.harness.result.Outcome;
import mplm.harness.table.TextTable;

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
 * @param rows one per method
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
    TextTable table = new TextTable("<<>>>>>>>>>>" + (bound.isPresent() ? ">>" : ""));
    table.row(withBest(List.of("method", "outcome", "total s", "live s", "downtime s", "transf. MiB", "non-dirty", "dirty", "final",
        "zero pages", "epochs", "dirtied/s"), "best downtime s", "best total s"));
    for (Simulated row : rows) {
      table.row(withBest(List.of(row.method(), outcome(row), fixed(row.total()), fixed(Optional.of(row.live())), fixed(row.downtime()),
          row.transferred().bytes() >> 20, row.nondirtyPages(), row.dirtyPages(), row.finalPages(), row.zeroPages(), row.epochs(),
          row.dirtyRate().isPresent() ? Math.round(row.dirtyRate().getAsDouble()) : "-"),
          fixed(bestDowntime(row)), fixed(bestTotal(row))));
    }
    text.append(table);
    if (rows.stream().anyMatch(Simulated::repeated)) {
      text.append(String.format(Locale.ROOT, "the trace was too short and began again%n"));
    }
    bound.ifPresent(best -> text.append(frontier(best)));
    return text.toString();
  }

  /** These cells, and behind them those of the best possible if it was asked for. */
  private Object[] withBest(List<?> cells, String... best) {
    return Stream.concat(cells.stream(), bound.isPresent() ? Stream.of(best) : Stream.empty()).toArray();
  }

  private static String frontier(Bound bound) {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT, "best possible, all writes known in advance (to %s s): total s, downtime s%n", fixed(Optional.of(bound.step()))));
    List<Bound.Point> points = bound.frontier();
    int lines = Math.min(FRONTIER_LINES, points.size());
    TextTable table = new TextTable("<>>");
    for (int line = 0; line < lines; line++) {
      Bound.Point point = points.get(lines == 1 ? 0 : line * (points.size() - 1) / (lines - 1));
      table.row("", fixed(Optional.of(point.total())), fixed(Optional.of(point.downtime())));
    }
    return text.append(table).toString();
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
