// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
import mplm.engine.simulate.SwitchoverRule;
import mplm.engine.trace.HeldTrace;
import mplm.engine.unit.DataSize;
import mplm.harness.statistics.Median;

/**
 * What simulations of a method on a guest come to. A real migration begins anywhere in the guest's program; so do these, spread
 * evenly over the trace.
 *
 * @param migrations one per beginning
 * @param setup seconds before the first page
 */
public record SimulatedPoint(List<Simulated> migrations, double setup) {
  private static final double NS_PER_S = 1e9;

  /** Simulates a real one {@code beginnings} times. */
  static SimulatedPoint of(RealPoint real, HeldTrace trace, Overheads overheads, double setup, int beginnings) throws IOException {
    List<Simulated> migrations = new ArrayList<>();
    Duration limit = Duration.ofNanos(Math.round(real.limit() * NS_PER_S));
    for (HeldTrace from : beginnings(trace, beginnings, overheads.slowness())) {
      migrations.add(new Simulation(from, overheads.on(real.experiment().link()), limit, SwitchoverRule.of(real.qemuVersion()))
          .run(real.method()));
    }
    return new SimulatedPoint(migrations, setup);
  }

  /** The guest at so many moments, spread evenly over its trace, and so many times as slow. */
  static List<HeldTrace> beginnings(HeldTrace trace, int beginnings, double slowness) {
    return IntStream.range(0, beginnings)
        .mapToObj(n -> trace.later((int) ((long) trace.intervals() * n / beginnings)).slower(slowness)).toList();
  }

  /** One migration that has the median of each number: of those that completed if most did, and else of all. */
  Simulated median() {
    List<Simulated> of = completed() ? completedOnes() : migrations;
    double[] rates = of.stream().flatMapToDouble(one -> one.dirtyRate().stream()).toArray();
    return new Simulated(migrations.get(0).method(), middle(of, Simulated::total), middle(of, one -> Optional.of(one.live())).orElseThrow(),
        middle(of, Simulated::downtime), new DataSize(count(of, one -> one.transferred().bytes())), count(of, Simulated::nondirtyPages),
        count(of, Simulated::dirtyPages), count(of, Simulated::finalPages), count(of, Simulated::zeroPages), count(of, Simulated::epochs),
        rates.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(rates)),
        migrations.stream().anyMatch(Simulated::repeated));
  }

  private Optional<Duration> middle(List<Simulated> of, Function<Simulated, Optional<Duration>> time) {
    double[] times = of.stream().flatMap(one -> time.apply(one).stream()).mapToDouble(Duration::toNanos).toArray();
    return times.length < of.size() ? Optional.empty() : Optional.of(Duration.ofNanos(Math.round(Median.of(times))));
  }

  private static long count(List<Simulated> of, ToLongFunction<Simulated> number) {
    return Math.round(Median.of(of.stream().mapToDouble(number::applyAsLong).toArray()));
  }

  /** How many completed. */
  int completions() {
    return completedOnes().size();
  }

  /** Whether more than half of them completed. */
  boolean completed() {
    return 2 * completions() > migrations.size();
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
