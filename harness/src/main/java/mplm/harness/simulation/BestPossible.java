// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Conditions;
import mplm.engine.trace.HeldTrace;
import mplm.harness.statistics.Median;

/**
 * The best possible on a guest and its link. As a real migration begins anywhere in the guest's program, it is the median over
 * migrations that begin evenly spread over the trace.
 *
 * @param bounds one per beginning
 * @param setup seconds before the first page
 */
public record BestPossible(List<Bound> bounds, double setup) {
  private static final double NS_PER_S = 1e9;

  /** The best possible for migrations of up to {@code longest} seconds. */
  static BestPossible of(HeldTrace trace, Conditions conditions, double slowness, double setup, int beginnings, double longest)
      throws IOException {
    List<Bound> bounds = new ArrayList<>();
    for (HeldTrace from : SimulatedPoint.beginnings(trace, beginnings, slowness)) {
      bounds.add(new Bound(from, conditions, duration(longest)));
    }
    return new BestPossible(bounds, setup);
  }

  /** The least downtime in a total time, both seconds; NaN if that is shorter than one pass, as it is for most beginnings. */
  double downtime(double total) {
    return Double.isNaN(total) ? Double.NaN : median(bound -> bound.downtimeAt(duration(Math.max(0, total - setup))));
  }

  /** The least total time with a downtime of at most that, both seconds; NaN if for most beginnings there is none. */
  double total(double downtime) {
    return Double.isNaN(downtime) ? Double.NaN : setup + median(bound -> bound.totalAt(duration(downtime)));
  }

  /** {@link #downtime} as a duration; empty for NaN. */
  Optional<Duration> downtimeAt(Duration total) {
    return known(downtime(total.toNanos() / NS_PER_S));
  }

  /** {@link #total} as a duration; empty for NaN. */
  Optional<Duration> totalAt(Duration downtime) {
    return known(total(downtime.toNanos() / NS_PER_S));
  }

  private static Optional<Duration> known(double seconds) {
    return Double.isNaN(seconds) ? Optional.empty() : Optional.of(duration(seconds));
  }

  /**
   * The Pareto frontier: total migration time ascends, downtime descends. With several beginnings it is that of {@link #total}, the
   * median of the least total times for each downtime.
   */
  public List<Bound.Point> frontier() {
    List<Duration> downtimes = bounds.stream().flatMap(bound -> bound.frontier().stream()).map(Bound.Point::downtime).distinct()
        .sorted(Comparator.reverseOrder()).toList();
    List<Bound.Point> frontier = new ArrayList<>();
    for (Duration downtime : downtimes) {
      double total = total(downtime.toNanos() / NS_PER_S);
      if (Double.isNaN(total)) {
        continue;
      }
      Bound.Point point = new Bound.Point(duration(total), downtime);
      // in the same time there is less downtime
      if (!frontier.isEmpty() && frontier.get(frontier.size() - 1).total().equals(point.total())) {
        frontier.remove(frontier.size() - 1);
      }
      frontier.add(point);
    }
    return frontier;
  }

  /** The time to which all this is exact. */
  public Duration step() {
    return bounds.stream().map(Bound::step).max(Comparator.naturalOrder()).orElseThrow();
  }

  private double median(Function<Bound, Optional<Duration>> time) {
    double median = Median.of(bounds.stream()
        .mapToDouble(bound -> time.apply(bound).map(some -> some.toNanos() / NS_PER_S).orElse(Double.POSITIVE_INFINITY)).toArray());
    return Double.isInfinite(median) ? Double.NaN : median;
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * NS_PER_S));
  }
}
