// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.unit.Durations;
import mplm.harness.calibration.Calibrations;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Hosts;
import mplm.harness.paper.Estimate;
import mplm.harness.run.Spread;
import mplm.harness.scale.Scaling;
import mplm.harness.scale.WorkingSet;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;

/** What {@code mplm run --dry-run} says of the run that it does not make. */
final class DryRun {
  private final PrintWriter out;

  DryRun(PrintWriter out) {
    this.out = out;
  }

  /** The trials that a run which was broken off has not done. */
  void missing(RunDerivation begun) throws IOException {
    List<PlannedTrial> missing = begun.missing();
    missing.forEach(planned -> out.println("  " + planned.number() + "  " + planned.name()));
    out.println(missing.size() + " of " + begun.manifest().trials().size() + " trials are missing");
    out.flush();
  }

  /**
   * The trials of a suite, on which pair of hosts each takes place, and how long they may take.
   *
   * @param pairs null if they are not known
   * @param engines that are compared, or none
   * @param minutes after which a comparison of engines ends
   */
  void plan(Suite suite, Shard part, long seed, List<Hosts> pairs, List<String> engines, int minutes) throws IOException {
    out.println("suite " + suite.name() + ": " + suite.title());
    Suite chosen = suite.hasUnmeasured() ? asMeasuredBefore(suite) : suite;
    List<PlannedTrial> plan = part.of(chosen.plan(seed, engines));
    Map<String, String> spread = pairs == null || pairs.get(0).pair() == null ? Map.of()
        : Spread.of(suite.plan(seed), pairs.stream().map(Hosts::pair).toList());
    for (PlannedTrial planned : plan) {
      out.println("  " + planned.number() + "  " + planned.name() + "  (" + planned.experiment().title() + ", cancelled after "
          + planned.experiment().limitPasses() + " passes of used memory, not before "
          + Durations.print(planned.experiment().limitAtLeast()) + ")"
          + (spread.isEmpty() ? "" : " on " + spread.get(planned.experiment().name())));
    }
    out.println(plan.size() + " trials" + (engines.isEmpty() ? "" : " at most, within " + minutes + " minutes"));
    out.println(Estimate.of(plan).sentence());
    out.flush();
  }

  /** The suite with what the cache has of guests like these, which may be of another engine or place, and would then not be used. */
  private Suite asMeasuredBefore(Suite suite) throws IOException {
    List<Experiment> experiments = new ArrayList<>();
    for (Experiment experiment : suite.experiments()) {
      Optional<WorkingSet> guest = experiment.link() == null ? Calibrations.inCache(false).latest(experiment) : Optional.empty();
      experiments.add(guest.map(experiment::measured).orElse(experiment));
      if (experiment.link() == null) {
        out.println(experiment.name() + ": " + (guest.isPresent()
            ? "link and times as they follow from the guest that was last measured"
            : "link and times follow from its guest, which is measured when the run begins; estimated with a pass of "
                + Durations.print(Scaling.USUAL)));
      }
    }
    return suite.withExperiments(experiments);
  }
}
