// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.engine.trace.HeldTrace;

/**
 * The overheads under which simulations of some points come nearest to their trials: a pattern search, one number at a time, from
 * the usual ones on, with steps that become half as long when none helps. The same points give the same overheads.
 */
final class OverheadFit {
  /** A point and the trace of its guest. */
  record Pair(RealPoint real, HeldTrace trace) {}

  /** The error of a point whose simulation ends otherwise than its trials. */
  private static final double OTHER_OUTCOME = 2;

  /**
   * The cost of a step away from the usual overheads, so that few points do not lead astray: as much as half a percent of a time.
   */
  private static final double UNUSUAL = 0.005;

  private static final double FIRST_STEP = 4;
  private static final double LAST_STEP = 0.5;
  private static final int BEGINNINGS = 3;

  private final List<Pair> points;
  private final double setup;
  private final AllCores cores;

  /** A fit on those points, whose migrations have {@code setup} seconds before the first page. */
  OverheadFit(List<Pair> points, double setup, AllCores cores) {
    this.points = points;
    this.setup = setup;
    this.cores = cores;
  }

  /** Searches them. */
  Overheads search(AllCores.Progress progress) throws Exception {
    Overheads best = Overheads.USUAL;
    double least = distance(best);
    int tried = 0;
    for (double step = FIRST_STEP; step >= LAST_STEP; ) {
      double before = least;
      for (int number = 0; number < Overheads.FITTED; number++) {
        for (double direction : new double[] {step, -step}) {
          Overheads other = best.with(number, direction);
          double distance = other.equals(best) ? least : distance(other);
          progress.done(++tried);
          if (distance < least) {
            best = other;
            least = distance;
            break;
          }
        }
      }
      step = least < before ? step : step / 2;
    }
    return best;
  }

  /** The sum of the logarithms by which times are missed, where downtimes and total times count the same, and what is unusual. */
  private double distance(Overheads overheads) throws Exception {
    List<Callable<Double>> tasks = new ArrayList<>();
    for (Pair point : points) {
      tasks.add(() -> distance(point.real, SimulatedPoint.of(point.real, point.trace, overheads, setup, BEGINNINGS)));
    }
    return cores.run(tasks).stream().mapToDouble(Double::doubleValue).sum() + UNUSUAL * overheads.steps();
  }

  private static double distance(RealPoint real, SimulatedPoint simulated) {
    if (real.completed() != simulated.completed()) {
      return OTHER_OUTCOME;
    }
    return real.completed()
        ? Math.abs(Math.log(simulated.total() / real.median(RealPoint.Trial::total)))
            + Math.abs(Math.log(simulated.downtime() / real.median(RealPoint.Trial::downtime)))
        : 0;
  }
}
