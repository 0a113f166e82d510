// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.harness.paper.Published;
import mplm.harness.statistics.Mean;

/**
 * What the chart of one experiment shows: seconds over the maximum tolerable downtime.
 *
 * @param title what was migrated: benchmark, class, guest, link
 * @param subtitle how it was measured: accelerator, testbed, day
 * @param curves the points of each {@link mplm.engine.migration.Method#curve}, in ascending order of their maximum tolerable downtime
 *     if they have one: stock pre-copy's and MPLM's first
 * @param published the paper's points of the same benchmark; none if it does not have it
 */
public record Figure(String title, String subtitle, Map<String, List<Point>> curves, List<Published.Point> published) {

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
   * @param x maximum tolerable downtime, or the method's own downtime, seconds
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
   * @param x maximum tolerable downtime, seconds; NaN for a method that has none
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
   * @param x maximum tolerable downtime, seconds; NaN for a method that has none
   * @param lasted the longest of them until then, seconds
   */
  public record EndedBefore(double x, double lasted) implements Point {
    @Override
    public double top() {
      return lasted;
    }
  }

  public Figure {
    Map<String, List<Point>> copy = new LinkedHashMap<>();
    curves.forEach((name, points) -> copy.put(name, List.copyOf(points)));
    curves = Collections.unmodifiableMap(copy);
    published = List.copyOf(published);
  }

  /** Stock pre-copy at each maximum tolerable downtime. */
  public List<Point> stock() {
    return curves.getOrDefault(Precopy.CURVE, List.of());
  }

  /** MPLM's settings, each at its own downtime. */
  public List<Point> mplm() {
    return curves.getOrDefault(Mplm.CURVE, List.of());
  }

  /** The points of all curves. */
  public Stream<Point> points() {
    return curves.values().stream().flatMap(List::stream);
  }
}
