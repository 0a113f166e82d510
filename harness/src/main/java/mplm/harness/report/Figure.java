// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import java.util.List;

/**
 * What the chart of one experiment shows: seconds over the maximum tolerable downtime.
 *
 * @param title what was migrated: benchmark, class, guest, link
 * @param subtitle how it was measured: accelerator, testbed, day
 * @param stock stock pre-copy at each maximum tolerable downtime, in ascending order
 * @param mplm MPLM's settings, each at its own downtime
 */
public record Figure(String title, String subtitle, List<Point> stock, List<Point> mplm) {

  /** One method over its repetitions; a migration that did not converge has no time, so it is counted beside the mean, never in it. */
  public sealed interface Point permits Converged, NotConverged {}

  /**
   * The mean of the repetitions that completed, at least one.
   *
   * @param x maximum tolerable downtime, or MPLM's own downtime, seconds
   * @param total migration time, seconds
   * @param downtime seconds
   */
  public record Converged(double x, double total, double downtime) implements Point {}

  /**
   * Repetitions that were ended by their time limit.
   *
   * @param x maximum tolerable downtime, seconds; NaN for MPLM, which has none
   * @param limit the longest of their limits, seconds
   */
  public record NotConverged(double x, double limit) implements Point {}

  public Figure {
    stock = List.copyOf(stock);
    mplm = List.copyOf(mplm);
  }
}
