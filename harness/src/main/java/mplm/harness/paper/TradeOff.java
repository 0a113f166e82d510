// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.harness.paper.Claim.C2;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import mplm.harness.result.Cell;
import mplm.harness.result.TrialRow;

/** {@link Claim#C2}. */
final class TradeOff {
  private static final int POINTS = 3;
  private static final double TIE = 0.05;
  private static final double TREND = 0.5;
  private static final double MOST = 0.9;
  private static final double NO_OVERLAP = 0.8;

  private TradeOff() {}

  /**
   * A value over a maximum tolerable downtime.
   *
   * @param x the maximum tolerable downtime, seconds
   * @param value seconds
   * @param atLeast it is longer than that, by how much is not known
   */
  record Observation(double x, double value, boolean atLeast) {}

  static List<Finding> findings(List<Cell> cells) {
    return Claim.each(cells, TradeOff::finding);
  }

  private static Finding finding(List<Cell> experiment) {
    String name = experiment.get(0).experiment().name();
    List<Observation> totals = new ArrayList<>();
    List<Observation> downtimes = new ArrayList<>();
    List<Cell> points = Cell.stock(experiment).stream().filter(cell -> observe(cell, totals, downtimes)).toList();
    if (points.size() < POINTS) {
      return new Finding(C2, name, points.size() + " maximum tolerable downtimes with a trial that could tell", Verdict.NOT_RUN);
    }
    Cell largest = points.get(points.size() - 1);
    double most = largest.maxTolerableDowntime().getAsDouble();
    double pass = largest.pass().orElse(Double.NaN);
    if (!(most >= pass)) {
      return new Finding(C2, name, String.format(Locale.ROOT,
          "the largest maximum tolerable downtime, %.3g s, is less than one pass, %.3g s",
          most, pass), Verdict.NOT_RUN);
    }
    int completed = largest.completed().size();
    long observed = totals.stream().filter(o -> o.x == most).count();
    double share = largest.total().isEmpty() ? 0 : largest.downtime().orElseThrow().value() / largest.total().orElseThrow().value();
    double total = gamma(totals);
    double downtime = gamma(downtimes);
    return new Finding(C2, name, String.format(Locale.ROOT,
        "gamma of total time %.2f, of downtime %.2f over %d settings; at %.3g s %d of %d"
        + " completed, downtime is %.0f %% of total time", total, downtime, points.size(), most, completed, observed, 100 * share),
        Verdict.of(total <= -TREND && downtime >= TREND && completed >= MOST * observed && share >= NO_OVERLAP));
  }

  private static boolean observe(Cell cell, List<Observation> totals, List<Observation> downtimes) {
    double x = cell.maxTolerableDowntime().getAsDouble();
    int before = totals.size();
    for (TrialRow row : cell.trials()) {
      OptionalDouble total = Cell.total(row);
      OptionalDouble atLeast = Cell.atLeast(row);
      if (total.isPresent()) {
        totals.add(new Observation(x, total.getAsDouble(), false));
        downtimes.add(new Observation(x, Cell.downtime(row).getAsDouble(), false));
      } else if (atLeast.isPresent()) {
        totals.add(new Observation(x, atLeast.getAsDouble(), true));
      }
    }
    return totals.size() > before;
  }

  /** Pairs that rise less pairs that fall, over both; 0 if no pair can tell. */
  static double gamma(List<Observation> observations) {
    int rise = 0;
    int fall = 0;
    for (Observation one : observations) {
      for (Observation other : observations) {
        if (one.x < other.x) {
          rise += longer(other, one) ? 1 : 0;
          fall += longer(one, other) ? 1 : 0;
        }
      }
    }
    return rise + fall == 0 ? 0 : (double) (rise - fall) / (rise + fall);
  }

  /** What is only known to be longer than its value is never shorter than anything. */
  private static boolean longer(Observation one, Observation other) {
    return !other.atLeast && one.value > other.value * (1 + (one.atLeast ? 0 : TIE));
  }
}
