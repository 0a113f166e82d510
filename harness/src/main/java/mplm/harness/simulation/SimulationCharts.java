// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mplm.harness.chart.Chart;
import mplm.harness.chart.ChoiceChart;
import mplm.harness.chart.Figure;
import mplm.harness.chart.Figures;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.TrialRow;

/** The charts of a run, of simulated migrations. */
public final class SimulationCharts {
  private SimulationCharts() {}

  /**
   * Writes, of each table, its figure into the folder and its {@link ChoiceChart}, with the best possible if the table has it, into
   * {@code choice} below. A figure in which no migration came to its end is left out.
   *
   * @param rows those of the tables, {@link SimulatedRows}
   */
  public static void write(List<SimulationTable> tables, List<TrialRow> rows, Path folder) throws IOException {
    for (Map.Entry<String, Figure> figure : Figures.of(rows).entrySet()) {
      Chart.write(figure.getValue(), folder, figure.getKey());
    }
    Map<String, List<MethodSummary>> experiments = MethodSummary.of(rows).stream()
        .collect(Collectors.groupingBy(summary -> summary.experiment().name(), LinkedHashMap::new, Collectors.toList()));
    Iterator<SimulationTable> of = tables.iterator();
    for (Map.Entry<String, List<MethodSummary>> experiment : experiments.entrySet()) {
      ChoiceChart.write(experiment.getValue(), best(of.next()), folder.resolve("choice"), experiment.getKey());
    }
  }

  private static ChoiceChart.Best best(SimulationTable table) {
    String medians = table.beginnings() == 1 ? "" : "medians of migrations that began at " + table.beginnings() + " moments of the trace; ";
    return new ChoiceChart.Best(table.best().map(BestPossible::frontier).orElse(List.of()), medians
        + (table.best().isPresent() ? "the best possible knows all writes in advance" : "without --bound the best possible is not computed"));
  }
}
