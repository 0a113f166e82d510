// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import mplm.engine.trace.HeldTrace;
import mplm.harness.chart.ChoiceChart;
import mplm.harness.record.RunManifest;
import mplm.harness.record.TraceStamp;
import mplm.harness.result.MethodSummary;
import mplm.harness.suite.Experiment;

/**
 * The best possible on the guests of a run, for its charts, if there are traces of them. What real migrations have beside their pages
 * is not known here, so it has none of that: {@code mplm simulate --against RUN --bound} fits overheads first.
 *
 * @param manifest of the run
 * @param traces their folder; there may be none
 */
public record BestOfRun(RunManifest manifest, Path traces) {
  /** The best possible takes longer to compute than a simulation. */
  private static final int BEGINNINGS = 9;

  /** The best possible for an experiment, up to the longest time of its methods; without a frontier, and with the reason, if it is not known. */
  public ChoiceChart.Best of(List<MethodSummary> methods) {
    OptionalDouble longest = methods.stream().map(MethodSummary::total).flatMapToDouble(OptionalDouble::stream).max();
    try {
      Optional<Path> trace = longest.isPresent() ? trace(methods.get(0).experiment()) : Optional.empty();
      if (trace.isEmpty()) {
        return new ChoiceChart.Best(List.of(), "no trace of this guest is at hand, so the best possible is not known");
      }
      BestPossible best = BestPossible.of(HeldTrace.of(TraceLibrary.read(trace.get())),
          Overheads.NONE.on(methods.get(0).experiment().link()), 1, 0, BEGINNINGS, longest.getAsDouble());
      return new ChoiceChart.Best(best.frontier(), "best possible: of " + trace.get().getFileName() + ", knows all writes in advance, slows no guest,"
          + " sends pages at the link's full rate");
    } catch (IOException | RuntimeException e) {
      System.err.println("mplm: the best possible is not drawn: " + e.getMessage());
      return new ChoiceChart.Best(List.of(), "the best possible is not known, for the traces at hand cannot be used");
    }
  }

  private Optional<Path> trace(Experiment experiment) throws IOException {
    String arguments = manifest.kernelArguments().get(experiment.name());
    if (arguments == null || !Files.isDirectory(traces)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(traces)) {
      if (files.noneMatch(file -> file.toString().endsWith(TraceStamp.TRACE))) {
        return Optional.empty();
      }
    }
    return new TraceLibrary(List.of(traces)).of(experiment, arguments, manifest.setting().accelerator());
  }
}
