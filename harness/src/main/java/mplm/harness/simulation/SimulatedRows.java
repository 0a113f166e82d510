// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.Progress;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.simulate.Simulated;
import mplm.engine.unit.DataSize;
import mplm.harness.result.DirtyRate;
import mplm.harness.result.Downtimes;
import mplm.harness.result.Measure;
import mplm.harness.result.Origin;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;

/**
 * Simulated migrations as rows of {@code trials.csv}, of the origin {@code simulated}: an experiment is a trace on a link, a
 * repetition another beginning. A trial and its result are in the form of a measured one's, so that all that reads rows reads these too;
 * {@link Origin.Simulated} says what they are. What only a real trial has is empty.
 */
public final class SimulatedRows {
  private static final String NAME = "simulation";

  /** The most characters of a trace's source in the name of its experiment, which is a file's too. */
  private static final int LONGEST = 150;

  private static final long MIB = 1 << 20;

  private SimulatedRows() {}

  /** The rows of all tables. */
  public static List<TrialRow> of(List<SimulationTable> tables) {
    List<TrialRow> rows = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    for (SimulationTable table : tables) {
      String source = table.trace().source().substring(0, Math.min(LONGEST, table.trace().source().length()));
      String name = (source + "-" + table.link()).replaceAll("[^A-Za-z0-9.]+", "-").replaceFirst("^[-.]+", "");
      int same = names.merge(name, 1, Integer::sum);
      Experiment experiment = experiment(same == 1 ? name : name + "-" + same, table, table.rows());
      for (SimulatedPoint point : table.points()) {
        for (int n = 0; n < point.migrations().size(); n++) {
          rows.add(row(new PlannedTrial(rows.size() + 1, NAME, experiment, Method.parse(point.migrations().get(n).method()), n + 1), table,
              point.migrations().get(n)));
        }
      }
    }
    return rows;
  }

  private static Experiment experiment(String name, SimulationTable table, List<Simulated> rows) {
    Benchmark trace = Benchmark.trace(table.trace().source());
    // a recorded guest has ROMs and video memory beside its memory, and no whole MiB in all
    DataSize memory = new DataSize((table.trace().memory().bytes() + MIB - 1) / MIB * MIB);
    return new Experiment(name, trace, Benchmark.NO_CLASS, 1, memory, table.link(),
        rows.stream().map(row -> Method.parse(row.method())).distinct().toList(), true, Duration.ZERO, Duration.ZERO, 3,
        table.limit(), false);
  }

  private static TrialRow row(PlannedTrial planned, SimulationTable table, Simulated row) {
    boolean completed = row.completed();
    Duration elapsed = row.total().orElse(row.live());
    Progress end = new Progress(elapsed, completed ? "completed" : "cancelled",
        Optional.of(new Progress.Ram(row.transferred(), new DataSize(0), planned.experiment().memory(), row.pages() - row.zeroPages(),
            row.zeroPages(), row.epochs(), 0, 0)), Optional.empty());
    Optional<String> reason = completed ? Optional.empty() : Optional.of("not converged within the limit");
    MigrationResult result = new MigrationResult(planned.method(),
        completed ? MigrationResult.Outcome.COMPLETED : MigrationResult.Outcome.NOT_CONVERGED, reason, elapsed, row.total(), row.downtime(),
        completed ? Optional.of(Duration.ZERO) : Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty(),
        List.of(), end);
    Optional<Measure> downtime = row.downtime().map(time -> new Measure(time, Duration.ZERO));
    return new TrialRow(planned,
        new Origin.Simulated(table.overheads(), Scheduler.sourceHash()), completed ? Outcome.COMPLETED : Outcome.NOT_CONVERGED, reason,
        Optional.of(table.limit()), Optional.of(result),
        new Downtimes(Optional.empty(), downtime, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty()),
        row.dirtyRate().isPresent()
            ? Optional.of(new DirtyRate(row.dirtyRate().getAsDouble(), OptionalDouble.empty())) : Optional.empty());
  }
}
