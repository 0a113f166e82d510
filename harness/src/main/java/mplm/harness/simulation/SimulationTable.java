// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static mplm.engine.unit.Durations.seconds;

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
 * @param points one per method
 * @param best the best possible; empty if it was not asked for
 */
public record SimulationTable(
    int number, int of, TraceHeader trace, Bandwidth link, Duration limit, String overheads, List<SimulatedPoint> points,
    Optional<BestPossible> best) {
  private static final int FRONTIER_LINES = 8;

  /** A migration by each method, of the medians if there are several beginnings. */
  public List<Simulated> rows() {
    return points.stream().map(SimulatedPoint::median).toList();
  }

  /** How many migrations by each method there are, each from another beginning. */
  public int beginnings() {
    return points.get(0).migrations().size();
  }

  /** Lines of text. */
  public String text() {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT, "SIMULATED, not measured: a guest of %s on a link of %s, %s%s%s%n", trace.memory(), link, trace.source(),
        overheads.isEmpty() ? "" : ", " + overheads, beginnings() == 1 ? "" : ", medians of " + beginnings() + " beginnings"));
    TextTable table = new TextTable("<<>>>>>>>>>>" + (best.isPresent() ? ">>" : ""));
    table.row(withBest(List.of("method", "outcome", "total s", "live s", "downtime s", "transf. MiB", "non-dirty", "dirty", "final",
        "zero pages", "epochs", "dirtied/s"), "best downtime s", "best total s"));
    for (SimulatedPoint point : points) {
      Simulated row = point.median();
      table.row(withBest(List.of(row.method(), outcome(row) + share(point), fixed(row.total()), fixed(Optional.of(row.live())),
          fixed(row.downtime()), row.transferred().bytes() >> 20, row.nondirtyPages(), row.dirtyPages(), row.finalPages(), row.zeroPages(), row.epochs(),
          row.dirtyRate().isPresent() ? Math.round(row.dirtyRate().getAsDouble()) : "-"),
          fixed(bestDowntime(row)), fixed(bestTotal(row))));
    }
    text.append(table);
    if (rows().stream().anyMatch(Simulated::repeated)) {
      text.append(String.format(Locale.ROOT, "the trace was too short and began again%n"));
    }
    best.ifPresent(known -> text.append(frontier(known)));
    return text.toString();
  }

  /** How many completed, if some did and some did not. */
  private static String share(SimulatedPoint point) {
    int all = point.migrations().size();
    return point.completions() % all == 0 ? "" : " (" + point.completions() + " of " + all + " completed)";
  }

  /** These cells, and behind them those of the best possible if it was asked for. */
  private Object[] withBest(List<?> cells, String... best) {
    return Stream.concat(cells.stream(), this.best.isPresent() ? Stream.of(best) : Stream.empty()).toArray();
  }

  private static String frontier(BestPossible best) {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT, "best possible, all writes known in advance (to %s s): total s, downtime s%n", fixed(Optional.of(best.step()))));
    List<Bound.Point> points = best.frontier();
    int lines = Math.min(FRONTIER_LINES, points.size());
    TextTable table = new TextTable("<>>");
    for (int line = 0; line < lines; line++) {
      Bound.Point point = points.get(lines == 1 ? 0 : line * (points.size() - 1) / (lines - 1));
      table.row("", fixed(Optional.of(point.total())), fixed(Optional.of(point.downtime())));
    }
    return text.append(table).toString();
  }

  /** The rows of the CSV file: one per method of each table, and behind them the points of the frontier if there is a bound. */
  public static List<SimulationCsv.Row> rows(List<SimulationTable> tables) {
    List<SimulationCsv.Row> rows = new ArrayList<>();
    for (SimulationTable table : tables) {
      table.rows().forEach(row -> rows.add(new SimulationCsv.Row(table, Optional.of(row), Optional.empty())));
      table.best.map(BestPossible::frontier).orElse(List.of())
          .forEach(point -> rows.add(new SimulationCsv.Row(table, Optional.empty(), Optional.of(point))));
    }
    return rows;
  }

  Optional<Duration> bestDowntime(Simulated row) {
    return best.flatMap(known -> row.total().flatMap(known::downtimeAt));
  }

  Optional<Duration> bestTotal(Simulated row) {
    return best.flatMap(known -> row.downtime().flatMap(known::totalAt));
  }

  static String outcome(Simulated row) {
    return (row.completed() ? Outcome.COMPLETED : Outcome.NOT_CONVERGED).toString();
  }

  private static String fixed(Optional<Duration> seconds) {
    return seconds.map(time -> String.format(Locale.ROOT, "%.3f", seconds(time))).orElse("-");
  }
}
