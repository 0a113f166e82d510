// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import mplm.engine.migration.Method;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.record.TraceStamp;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Median;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;

/**
 * A method on a guest, and the trials of it that ended as a simulation can: completed, or not converged within the limit.
 *
 * @param experiment the guest and its link
 * @param kernelArguments of the guest
 * @param method by which it was moved
 * @param qemuVersion of the engine that moved it
 * @param trials at least one
 */
public record RealPoint(Experiment experiment, String kernelArguments, Method method, String qemuVersion, List<Trial> trials) {
  private static final List<String> COLUMNS = List.of("trial", "outcome", "limit_s", "total_s", "setup_s", "downtime_qemu_s",
      "downtime_s");

  /**
   * A trial's row, in seconds.
   *
   * @param completed or not converged, and then without the times below
   * @param limit after which it was cancelled
   * @param total QEMU's total time
   * @param setup the part of it before the first page
   * @param downtime QEMU's; of a guest that was stopped first the whole, of which QEMU's is the end
   */
  public record Trial(boolean completed, double limit, double total, double setup, double downtime) {}

  /**
   * Those of a run, from its {@code run.json} and {@code trials.csv}, in the order of the suite; {@link BadInput} if there are none.
   * Experiments that verify memory are left out: of their guests' memory, which is a shared file, each page that the migration reads
   * and the guest never wrote has to be made first.
   */
  public static List<RealPoint> of(Path run) {
    RunManifest manifest = RunManifest.read(run);
    if (manifest.engines() != null) {
      throw new BadInput(run + ": compares engines, allowed: a run of one engine; mplm run without --engine makes it");
    }
    Map<Integer, PlannedTrial> plan = manifest.plan().stream().collect(Collectors.toMap(PlannedTrial::number, planned -> planned));
    record Key(Experiment experiment, Method method) {}
    Map<Key, List<Trial>> trials = new LinkedHashMap<>();
    for (Experiment experiment : manifest.experiments().stream().filter(one -> !one.verifyMemory()).toList()) {
      for (Method method : experiment.methods()) {
        trials.put(new Key(experiment, method), new ArrayList<>());
      }
    }
    Path file = run.resolve("trials.csv");
    int number = 0;
    for (Row row : TrialsCsv.SCHEMA.read(file, "a run's trials", COLUMNS)) {
      number++;
      try {
        PlannedTrial planned = Optional.ofNullable(plan.get((int) number(row, "trial")))
            .orElseThrow(() -> new IllegalArgumentException(
                "trial: " + row.text("trial") + " is none of " + RunManifest.file(run)));
        List<Trial> of = trials.get(new Key(planned.experiment(), planned.method()));
        Outcome outcome = Outcome.parse(row.text("outcome"));
        if (of != null && planned.method().model().isPresent()) {
          trial(row, outcome, planned.method().stopsFirst() ? "downtime_s" : "downtime_qemu_s").ifPresent(of::add);
        }
      } catch (IllegalArgumentException e) {
        throw new BadInput(file + ": row " + number + ": " + e.getMessage());
      }
    }
    List<RealPoint> points = new ArrayList<>();
    trials.forEach((of, some) -> {
      if (!some.isEmpty()) {
        String arguments = manifest.kernelArguments().get(of.experiment.name());
        if (arguments == null) {
          throw new BadInput(RunManifest.file(run) + ": kernel_arguments: has none of experiment " + of.experiment.name());
        }
        points.add(new RealPoint(of.experiment, arguments, of.method, manifest.setting().qemuVersion(), some));
      }
    });
    if (points.isEmpty()) {
      throw new BadInput(run + ": no trial of it completed or did not converge, of experiments without verify_memory");
    }
    return points;
  }

  private static Optional<Trial> trial(Row row, Outcome outcome, String downtime) {
    return switch (outcome) {
      // a downtime that is not known, for which the row has its reasons, cannot be held against anything
      case COMPLETED -> row.number(downtime).isEmpty() ? Optional.empty() : Optional.of(new Trial(true, number(row, "limit_s"),
          number(row, "total_s"), number(row, "setup_s"), number(row, downtime)));
      case NOT_CONVERGED -> Optional.of(new Trial(false, number(row, "limit_s"), Double.NaN, Double.NaN, Double.NaN));
      default -> Optional.empty();
    };
  }

  private static double number(Row row, String column) {
    return row.number(column).orElseThrow(() -> new IllegalArgumentException(column + ": missing"));
  }

  /** What it is the guest of, in words. */
  public String guest() {
    return experiment.name() + ", " + experiment.benchmark().name() + "." + experiment.problemClass() + ", " + experiment.guest() + ", "
        + TraceStamp.withoutAddress(kernelArguments);
  }

  /** Whether more than half of the trials completed. */
  public boolean completed() {
    return 2 * trials.stream().filter(Trial::completed).count() > trials.size();
  }

  /** The time after which they were cancelled, seconds. */
  public double limit() {
    return trials.get(0).limit;
  }

  /** Median of a time of those that completed; NaN if none did. */
  public double median(ToDoubleFunction<Trial> time) {
    return Median.of(trials.stream().filter(Trial::completed).mapToDouble(time).toArray());
  }

  /** How far the times of those that completed lie apart, over their median; empty of a single one. */
  public OptionalDouble spread(ToDoubleFunction<Trial> time) {
    double[] times = trials.stream().filter(Trial::completed).mapToDouble(time).sorted().toArray();
    return times.length < 2 ? OptionalDouble.empty() : OptionalDouble.of((times[times.length - 1] - times[0]) / Median.of(times));
  }
}
