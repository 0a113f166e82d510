// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mplm.engine.trace.HeldTrace;
import mplm.harness.statistics.Median;
import mplm.harness.suite.Experiment;

/**
 * Simulates the points of runs to see how far that is from their trials. The overheads are known before, and all points are judged;
 * or they are fitted on every other point (of the next experiment on those that were left out of this one's methods), and judged on
 * the rest.
 */
public final class Judge {
  private static final int BEGINNINGS = 25;
  /** The number of beginnings for which the best possible is computed, which takes longer than a simulation. */
  private static final int BOUND_BEGINNINGS = 9;

  private final List<OverheadFit.Pair> pairs = new ArrayList<>();
  private final AllCores cores;

  /**
   * Reads the traces; {@link mplm.harness.input.BadInput} if one is none.
   *
   * @param traces the points of each run in the order of its suite, and where the trace of each one's guest is
   */
  public Judge(Map<RealPoint, Path> traces, AllCores cores) throws IOException {
    this.cores = cores;
    Map<Path, HeldTrace> held = new HashMap<>();
    for (Map.Entry<RealPoint, Path> point : traces.entrySet()) {
      Path file = point.getValue();
      if (!held.containsKey(file)) {
        held.put(file, TraceLibrary.hold(TraceLibrary.read(file)));
      }
      pairs.add(new OverheadFit.Pair(point.getKey(), held.get(file)));
    }
  }

  /**
   * Fits overheads, and judges.
   *
   * @param bound whether the best possible is computed too
   * @param progress is told how many overheads were tried
   */
  public ErrorTable fitted(boolean bound, AllCores.Progress progress) throws Exception {
    List<Boolean> halves = halves();
    List<OverheadFit.Pair> half = new ArrayList<>();
    for (int n = 0; n < pairs.size(); n++) {
      if (halves.get(n)) {
        half.add(pairs.get(n));
      }
    }
    double setup = setup(half);
    return table(new OverheadFit(half, setup, cores).search(progress), halves, setup, bound);
  }

  /** Judges by overheads that are known. */
  public ErrorTable known(Overheads overheads, boolean bound) throws Exception {
    return table(overheads, Collections.nCopies(pairs.size(), false), setup(pairs), bound);
  }

  private ErrorTable table(Overheads overheads, List<Boolean> fitted, double setup, boolean bound) throws Exception {
    List<Callable<SimulatedPoint>> tasks = new ArrayList<>();
    for (OverheadFit.Pair pair : pairs) {
      tasks.add(() -> SimulatedPoint.of(pair.real(), pair.trace(), overheads, setup, BEGINNINGS));
    }
    List<SimulatedPoint> simulated = cores.run(tasks);
    Map<Experiment, BestPossible> best = bound ? best(overheads, setup) : Map.of();
    List<ErrorTable.Row> rows = new ArrayList<>();
    for (int n = 0; n < pairs.size(); n++) {
      RealPoint real = pairs.get(n).real();
      rows.add(new ErrorTable.Row(real, simulated.get(n), fitted.get(n), Optional.ofNullable(best.get(real.experiment()))));
    }
    return new ErrorTable(rows, overheads);
  }

  private Map<Experiment, BestPossible> best(Overheads overheads, double setup) throws Exception {
    Map<Experiment, List<OverheadFit.Pair>> experiments = pairs.stream().filter(pair -> pair.real().completed())
        .collect(Collectors.groupingBy(pair -> pair.real().experiment(), LinkedHashMap::new, Collectors.toList()));
    List<Callable<BestPossible>> tasks = new ArrayList<>();
    experiments.forEach((experiment, some) -> {
      double longest = some.stream().mapToDouble(pair -> pair.real().median(RealPoint.Trial::total)).max().orElseThrow();
      tasks.add(() -> BestPossible.of(some.get(0).trace(), overheads.on(experiment.link()), overheads.slowness(), setup,
          BOUND_BEGINNINGS, longest));
    });
    Iterator<BestPossible> results = cores.run(tasks).iterator();
    Map<Experiment, BestPossible> best = new HashMap<>();
    experiments.keySet().forEach(experiment -> best.put(experiment, results.next()));
    return best;
  }

  private static double setup(List<OverheadFit.Pair> points) {
    double[] times = points.stream().filter(pair -> pair.real().completed())
        .mapToDouble(pair -> pair.real().median(RealPoint.Trial::setup)).filter(time -> !Double.isNaN(time)).toArray();
    return times.length == 0 ? 0 : Median.of(times);
  }

  /** The points on which overheads are fitted. */
  private List<Boolean> halves() {
    List<Boolean> halves = new ArrayList<>();
    int experiment = 0;
    int method = 0;
    for (int n = 0; n < pairs.size(); n++) {
      if (n > 0 && !pairs.get(n).real().experiment().equals(pairs.get(n - 1).real().experiment())) {
        experiment++;
        method = 0;
      }
      halves.add((experiment + method++) % 2 == 0);
    }
    return halves;
  }
}
