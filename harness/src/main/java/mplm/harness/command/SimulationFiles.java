// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.harness.input.BadInput;
import mplm.harness.result.TrialRow;
import mplm.harness.simulation.ErrorTable;
import mplm.harness.simulation.HeatMap;
import mplm.harness.simulation.SimulatedRows;
import mplm.harness.simulation.SimulationCharts;
import mplm.harness.simulation.SimulationCsv;
import mplm.harness.simulation.SimulationTable;
import mplm.harness.table.TrialsCsv;
import picocli.CommandLine.Option;

/** The files and charts that {@code mplm simulate} writes beside what it prints. */
final class SimulationFiles {
  @Option(names = "--csv", paramLabel = "FILE",
      description = "write the rows to this file too, and with --bound the Pareto frontier")
  private Path csv;

  @Option(names = "--heat-map", paramLabel = "DIR", description = "draw times of methods over links, a chart per trace")
  private Path heatMap;

  @Option(names = "--trials", paramLabel = "FILE",
      description = "write rows as trials.csv has them, of the origin simulated, for compare")
  private Path trials;

  @Option(names = "--charts", paramLabel = "DIR", description = "draw charts of each trace and link, as run does of an"
      + " experiment: times by maximum tolerable downtime, and, in folder choice, methods by migration time and downtime")
  private Path charts;

  /** {@link BadInput} if one cannot be written; this comes before hours of simulation. */
  void refuseUnwritable() {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put("--csv", csv);
    files.put("--trials", trials);
    files.forEach((option, file) -> {
      if (file != null && (Files.isDirectory(file) || !Files.isDirectory(file.toAbsolutePath().getParent()))) {
        throw new BadInput(option + " " + file + ": cannot be written: "
            + (Files.isDirectory(file) ? "is a folder" : "there is no such folder"));
      }
    });
    if (csv != null && trials != null && csv.toAbsolutePath().normalize().equals(trials.toAbsolutePath().normalize())) {
      throw new BadInput("--csv, --trials: both are " + csv + ", allowed: two files");
    }
    Map<String, Path> folders = new LinkedHashMap<>();
    folders.put("--heat-map", heatMap);
    folders.put("--charts", charts);
    folders.forEach((option, folder) -> {
      if (folder != null && Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new BadInput(option + " " + folder + ": is no folder");
      }
    });
  }

  /** Whether there is to be a chart over all links. */
  boolean hasHeatMap() {
    return heatMap != null;
  }

  /** Writes what a sweep found, all but heat maps. */
  void write(List<SimulationTable> tables) throws IOException {
    List<TrialRow> simulated = trials == null && charts == null ? List.of() : rows(tables);
    writeCsv(() -> SimulationCsv.SCHEMA.write(csv, SimulationTable.rows(tables)));
    try {
      if (trials != null) {
        TrialsCsv.SCHEMA.write(trials, simulated);
      }
      if (charts != null) {
        SimulationCharts.write(tables, simulated, charts);
      }
    } catch (FileSystemException | FileNotFoundException e) {
      throw new BadInput("--trials, --charts: cannot be written: " + BadInput.reason(e));
    }
  }

  private static List<TrialRow> rows(List<SimulationTable> tables) {
    try {
      return SimulatedRows.of(tables);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--trials, --charts: " + e.getMessage());
    }
  }

  /**
   * Draws heat maps, if there are to be.
   *
   * @param tables of each trace, one after the other
   * @param links how many of these are of one trace
   * @return what to say of each
   */
  List<String> draw(List<SimulationTable> tables, int links) throws IOException {
    List<String> said = new ArrayList<>();
    for (int first = 0; heatMap != null && first < tables.size(); first += links) {
      List<Path> files = HeatMap.write(tables.subList(first, first + links), heatMap, "trace-" + (first / links + 1));
      files.forEach(file -> said.add("chart:    " + file));
      if (files.isEmpty()) {
        said.add("no chart of " + tables.get(first).trace().source() + ": no migration came to its end within the limit");
      }
    }
    return said;
  }

  /** Writes how far simulations are from a run. */
  void write(ErrorTable table) throws IOException {
    writeCsv(() -> ErrorTable.SCHEMA.write(csv, table.rows()));
  }

  /** Writes a file. */
  private interface Writer {
    void write() throws IOException;
  }

  private void writeCsv(Writer writer) throws IOException {
    try {
      if (csv != null) {
        writer.write();
      }
    } catch (FileSystemException | FileNotFoundException e) {
      throw new BadInput("--csv " + csv + ": cannot be written: " + BadInput.reason(e));
    }
  }
}
