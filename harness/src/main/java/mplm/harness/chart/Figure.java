// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.util.List;
import mplm.harness.paper.Published;
import mplm.harness.statistics.Mean;

/**
 * What the chart of one experiment shows: seconds over the maximum tolerable downtime.
 *
 * @param title what was migrated: benchmark, class, guest, link
 * @param subtitle how it was measured: accelerator, testbed, day
 * @param stock stock pre-copy at each maximum tolerable downtime, in ascending order
 * @param mplm MPLM's settings, each at its own downtime
 * @param published the paper's points of the same benchmark; none if it does not have it
 */
public record Figure(String title, String subtitle, List<Point> stock, List<Point> mplm, List<Published.Point> published) {

  /** One method over its repetitions; a migration that did not converge has no time, so it stands beside the mean, never in it. */
  public sealed interface Point permits Converged, NotConverged, EndedBefore {
    /** Maximum tolerable downtime, seconds. */
    double x();

    /** The migration time, or what it is longer than, seconds. */
    double top();
  }

  /**
   * The mean of the repetitions that completed, at least one.
   *
   * @param x maximum tolerable downtime, or MPLM's own downtime, seconds
   * @param total migration time, seconds
   * @param downtime seconds
   */
  public record Converged(double x, Mean total, Mean downtime) implements Point {
    @Override
    public double top() {
      return total.value() + total.halfWidth().orElse(0);
    }
  }

  /**
   * Repetitions that were ended by their time limit.
   *
   * @param x maximum tolerable downtime, seconds; NaN for MPLM, which has none
   * @param limit the longest of their limits, seconds
   */
  public record NotConverged(double x, double limit) implements Point {
    @Override
    public double top() {
      return limit;
    }
  }

  /**
   * Repetitions whose program was done while they still migrated.
   *
   * @param x maximum tolerable downtime, seconds; NaN for MPLM, which has none
   * @param lasted the longest of them until then, seconds
   */
  public record EndedBefore(double x, double lasted) implements Point {
    @Override
    public double top() {
      return lasted;
    }
  }

  public Figure {
    stock = List.copyOf(stock);
    mplm = List.copyOf(mplm);
    published = List.copyOf(published);
  }
}
