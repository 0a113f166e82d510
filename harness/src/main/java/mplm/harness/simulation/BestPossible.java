// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param bounds one a beginning
 * @param setup seconds before the first page
 */
public record BestPossible(List<Bound> bounds, double setup) {
  private static final double NS_PER_S = 1e9;

  /** The best possible for migrations of up to {@code longest} seconds. */
  static BestPossible of(HeldTrace trace, Conditions conditions, double slowness, double setup, int beginnings, double longest)
      throws IOException {
    List<Bound> bounds = new ArrayList<>();
    for (int n = 0; n < beginnings; n++) {
      HeldTrace from = trace.later(trace.intervals() * n / beginnings).slower(slowness);
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

  private double median(Function<Bound, Optional<Duration>> time) {
    double median = Median.of(bounds.stream()
        .mapToDouble(bound -> time.apply(bound).map(some -> some.toNanos() / NS_PER_S).orElse(Double.POSITIVE_INFINITY)).toArray());
    return Double.isInfinite(median) ? Double.NaN : median;
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * NS_PER_S));
  }
}
