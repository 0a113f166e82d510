// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
import mplm.engine.trace.HeldTrace;
import mplm.harness.report.Median;

/**
 * What simulations of a {@link RealPoint} come to. A real migration begins anywhere in the guest's program; so do these, spread
 * evenly over the trace.
 *
 * @param migrations one a beginning
 * @param setup seconds before the first page
 */
public record SimulatedPoint(List<Simulated> migrations, double setup) {
  private static final double NS_PER_S = 1e9;

  /** Simulates it {@code beginnings} times. */
  static SimulatedPoint of(RealPoint real, HeldTrace trace, Overheads overheads, double setup, int beginnings) throws IOException {
    List<Simulated> migrations = new ArrayList<>();
    Duration limit = Duration.ofNanos(Math.round(real.limit() * NS_PER_S));
    for (int n = 0; n < beginnings; n++) {
      HeldTrace from = trace.later(trace.intervals() * n / beginnings).slower(overheads.slowness());
      migrations.add(new Simulation(from, overheads.on(real.experiment().link()), limit).run(real.method()));
    }
    return new SimulatedPoint(migrations, setup);
  }

  /** Whether more than half of them completed. */
  boolean completed() {
    return 2 * completedOnes().size() > migrations.size();
  }

  /** Median total time of those that completed, seconds; NaN if none did. */
  double total() {
    return setup + median(one -> one.total().orElseThrow().toNanos());
  }

  /** Median downtime of those that completed, seconds; NaN if none did. */
  double downtime() {
    return median(one -> one.downtime().orElseThrow().toNanos());
  }

  private double median(ToDoubleFunction<Simulated> nanoseconds) {
    return Median.of(completedOnes().stream().mapToDouble(nanoseconds).toArray()) / NS_PER_S;
  }

  private List<Simulated> completedOnes() {
    return migrations.stream().filter(one -> one.outcome() == Outcome.COMPLETED).toList();
  }
}
