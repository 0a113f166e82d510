// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.harness.paper.Claim.C1;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;

/** {@link Claim#C1}. */
final class UntilTheEnd {
  private static final double SMALL = 0.05;
  private static final double MOST = 0.9;

  private UntilTheEnd() {}

  static List<Finding> findings(List<Cell> cells) {
    return Claim.each(cells, UntilTheEnd::finding);
  }

  private static Finding finding(List<Cell> experiment) {
    String name = experiment.get(0).experiment().name();
    Optional<Cell> smallest = Cell.stock(experiment).stream().findFirst();
    if (smallest.isEmpty() || smallest.get().pass().isEmpty()) {
      return new Finding(C1, name, "no stock trial", Verdict.NOT_RUN);
    }
    Cell cell = smallest.get();
    double downtime = cell.maxTolerableDowntime().getAsDouble();
    double pass = cell.pass().getAsDouble();
    String at = String.format(Locale.ROOT, "at %.3g s (one pass: %.3g s)", downtime, pass);
    if (downtime > SMALL * pass) {
      return new Finding(C1, name, at + ": more than 5 % of a pass", Verdict.NOT_RUN);
    }
    long completed = cell.completed().size();
    long limit = cell.count(Outcome.NOT_CONVERGED);
    long ended = cell.outrun();
    long all = completed + limit + ended;
    if (all == 0) {
      return new Finding(C1, name, at + ": no trial that could tell", Verdict.NOT_RUN);
    }
    return new Finding(C1, name, String.format(Locale.ROOT, "%s: %d of %d lasted until the program was done, %d until the limit, %d"
        + " completed", at, ended, all, limit, completed), Verdict.of(ended + limit >= MOST * all));
  }
}
