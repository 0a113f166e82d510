// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.harness.paper.Claim.C3;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Mean;

/** {@link Claim#C3}. */
final class LowEnd {
  private static final double MOST = 0.9;
  private static final double BETTER = 0.85;
  private static final double BELOW = 0.9;

  private LowEnd() {}

  static List<Finding> findings(List<Cell> cells) {
    return Claim.each(cells, LowEnd::finding);
  }

  private static Finding finding(List<Cell> experiment) {
    String name = experiment.get(0).experiment().name();
    Optional<Cell> mplm = Cell.mplm(experiment);
    List<Cell> stock = Cell.stock(experiment);
    OptionalDouble longest = stock.stream().flatMap(cell -> cell.trials().stream())
        .mapToDouble(row -> Cell.atLeast(row).orElse(0)).max();
    double total = Math.max(longest.orElse(0), stock.stream().map(Cell::total).flatMap(Optional::stream)
        .mapToDouble(Mean::value).max().orElse(0));
    OptionalDouble downtime = stock.stream().map(Cell::downtime).flatMap(Optional::stream).mapToDouble(Mean::value).max();
    if (mplm.isEmpty() || stock.size() < 2 || downtime.isEmpty()) {
      return new Finding(C3, name, mplm.isEmpty() ? "no MPLM trial" : "no two stock settings, one of them with a downtime",
          Verdict.NOT_RUN);
    }
    Cell cell = mplm.get();
    long completed = cell.completed().size();
    long all = completed + cell.count(Outcome.NOT_CONVERGED) + cell.outrun();
    if (completed == 0) {
      return new Finding(C3, name, "of " + all + " MPLM trials none completed", all == 0 ? Verdict.NOT_RUN
          : Verdict.NOT_REPRODUCED);
    }
    double ownTotal = cell.total().orElseThrow().value();
    double ownDowntime = cell.downtime().orElseThrow().value();
    List<Cell> better = stock.stream().filter(other -> other.total().isPresent()
        && other.total().orElseThrow().value() < BETTER * ownTotal
            && other.downtime().orElseThrow().value() < BETTER * ownDowntime).toList();
    String measured = String.format(Locale.ROOT, "MPLM %.2f s, downtime %.2f s, %d of %d completed; largest stock %.2f s,"
        + " downtime %.2f s; %s", ownTotal, ownDowntime, completed, all, total, downtime.getAsDouble(), better.isEmpty()
        ? "no stock setting is better in both" : better.get(0).method() + " is better in both");
    return new Finding(C3, name, measured, Verdict.of(completed >= MOST * all && better.isEmpty() && ownTotal <= BELOW * total
        && ownDowntime <= BELOW * downtime.getAsDouble()));
  }
}
