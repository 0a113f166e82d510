// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
import mplm.engine.simulate.SwitchoverRule;
import mplm.engine.trace.HeldTrace;
import mplm.harness.statistics.Median;

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
      migrations.add(new Simulation(from, overheads.on(real.experiment().link()), limit, SwitchoverRule.of(real.qemuVersion()))
          .run(real.method()));
    }
    return new SimulatedPoint(migrations, setup);
  }

  /** Whether more than half of them completed. */
  boolean completed() {
    return 2 * completedOnes().size() > migrations.size();
  }

  /** Median total time of those that completed, seconds; NaN if none did. */
  double total() {
    return setup + Median.of(seconds(SimulatedPoint::totalOf));
  }

  /** Median downtime of those that completed, seconds; NaN if none did. */
  double downtime() {
    return Median.of(seconds(SimulatedPoint::downtimeOf));
  }

  /** The least and the most that migrations have, seconds, for where in its program the guest is; NaN of none. */
  record Span(double least, double most) {
    static Span of(double... times) {
      return new Span(Arrays.stream(times).min().orElse(Double.NaN), Arrays.stream(times).max().orElse(Double.NaN));
    }

    /** Whether a time is in it, or beyond by that share at most. */
    boolean has(double time, double tolerance) {
      return time >= least * (1 - tolerance) && time <= most * (1 + tolerance);
    }
  }

  /** Total times of those that completed. */
  Span totals() {
    return Span.of(Arrays.stream(seconds(SimulatedPoint::totalOf)).map(time -> setup + time).toArray());
  }

  /** Downtimes of those that completed. */
  Span downtimes() {
    return Span.of(seconds(SimulatedPoint::downtimeOf));
  }

  private static Duration totalOf(Simulated one) {
    return one.total().orElseThrow();
  }

  private static Duration downtimeOf(Simulated one) {
    return one.downtime().orElseThrow();
  }

  private double[] seconds(Function<Simulated, Duration> time) {
    return completedOnes().stream().mapToDouble(one -> time.apply(one).toNanos() / NS_PER_S).toArray();
  }

  private List<Simulated> completedOnes() {
    return migrations.stream().filter(one -> one.completed()).toList();
  }
}
