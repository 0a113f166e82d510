// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.history;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Csv;
import mplm.harness.verdict.Metric;
import mplm.harness.verdict.Observation;

/**
 * The file {@code history.csv} in the folder of the runs: a row a run, experiment, method and engine, only ever appended to, with
 * the medians of the trials that completed. A run adds its rows when all of its trials are made.
 */
public final class History {
  private static final String FILE = "history.csv";
  private static final List<String> HEADER = header();

  private final Path file;

  private History(Path file) {
    this.file = file;
  }

  /** That of the runs in this folder. */
  public static History in(Path runs) {
    return new History(runs.resolve(FILE));
  }

  /** That in this file. */
  public static History of(Path file) {
    return new History(file);
  }

  /** Adds the rows of a run, once. Other runs may end meanwhile. */
  public void add(RunManifest manifest, List<TrialRow> rows) throws IOException {
    record Key(Experiment experiment, String method, String engine, String hash) {}
    Map<Key, List<TrialRow>> cells = rows.stream().collect(Collectors.groupingBy(
        row -> new Key(row.planned().experiment(), row.planned().method().toString(), row.planned().engine(),
            row.setting().engineHash()),
        LinkedHashMap::new, Collectors.toList()));
    // before the file is locked: a lock ends when its process closes the file for the first time
    if (Files.exists(file)
        && Csv.rows(file, "a history", HEADER).stream().anyMatch(row -> row.get("run").equals(manifest.setting().run()))) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.lock(); // until the file is closed; whoever holds it writes a few lines
      if (channel.size() == 0) {
        channel.write(StandardCharsets.UTF_8.encode(String.join(",", HEADER) + "\n"));
      }
      try (Csv csv = Csv.append(file)) {
        for (Map.Entry<Key, List<TrialRow>> cell : cells.entrySet()) {
          Key key = cell.getKey();
          List<String> cellsOfRow = new ArrayList<>(List.of(manifest.setting().started(), manifest.setting().run(),
              machine(manifest),
              key.experiment.name(), key.experiment.title(), key.method, key.engine, key.hash,
              Long.toString(cell.getValue().stream().filter(row -> row.outcome() == Outcome.COMPLETED).count())));
          cellsOfRow.addAll(medians(cell.getValue()));
          csv.write(cellsOfRow);
        }
      }
    }
  }

  /** All series of a metric, by what is the same in it; {@link BadInput} if the file cannot be read. */
  public Map<String, List<Point>> series(Metric metric) {
    if (!Files.exists(file)) {
      throw new BadInput(file + ": no such file: a run adds to it when it ends");
    }
    Map<String, List<Point>> series = new LinkedHashMap<>();
    int number = 0;
    for (Map<String, String> row : Csv.rows(file, "a history", HEADER)) {
      number++;
      OptionalDouble value;
      try {
        value = Csv.number(row, metric.toString());
      } catch (IllegalArgumentException e) {
        throw new BadInput(file + ": row " + number + ": " + e.getMessage());
      }
      if (value.isPresent()) {
        String engine = row.get("engine").isEmpty() ? "" : ", engine " + row.get("engine");
        series.computeIfAbsent(row.get("experiment") + " " + row.get("method") + engine + " (" + row.get("title") + "; "
            + row.get("machine") + ")", name -> new ArrayList<>())
            .add(new Point(row.get("run"), row.get("engine_hash"), value.getAsDouble()));
      }
    }
    return series;
  }

  /**
   * A median of a run.
   *
   * @param run its id
   * @param engine the hash of its engine
   * @param value in the unit of the metric's title
   */
  public record Point(String run, String engine, double value) {}

  /** What medians may only be compared within. */
  private static String machine(RunManifest manifest) {
    Map<String, String> source = manifest.environment().getOrDefault("source", Map.of());
    return source.getOrDefault("cpu", "unknown CPU") + ", " + source.getOrDefault("cores", "?") + " cores, testbed "
        + manifest.setting().testbed() + ", " + manifest.setting().accelerator().name();
  }

  private static List<String> medians(List<TrialRow> rows) {
    List<Observation> trials = rows.stream().map(Observation::of).filter(trial -> trial.outcome() == Outcome.COMPLETED).toList();
    List<String> medians = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      double[] values = trials.stream().filter(trial -> trial.values().containsKey(metric))
          .mapToDouble(trial -> metric.shown(trial.values().get(metric))).sorted().toArray();
      medians.add(values.length == 0 ? "" : Double.toString(Math.round(
          1e6 * (values[(values.length - 1) / 2] + values[values.length / 2]) / 2) / 1e6));
    }
    return medians;
  }

  private static List<String> header() {
    List<String> header =
        new ArrayList<>(List.of("started", "run", "machine", "experiment", "title", "method", "engine",
            "engine_hash", "completed"));
    Arrays.stream(Metric.values()).map(Metric::toString).forEach(header::add);
    return List.copyOf(header);
  }
}
