// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.history;

import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.TEXT;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import mplm.harness.file.WholeFile;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Median;
import mplm.harness.table.Csv;
import mplm.harness.table.Row;
import mplm.harness.table.Schema;
import mplm.harness.verdict.Metric;
import mplm.harness.verdict.Observation;

/**
 * The file {@code history.csv} in the folder of the runs: a row per run, experiment, method and engine, only ever appended to, with
 * the medians of the trials that completed. A run adds its rows when all of its trials are made. A file of before a metric was there
 * gets its column, empty in the rows that it has; a column that a newer version added is kept.
 */
public final class History {
  private static final String FILE = "history.csv";

  /** The columns. */
  public static final Schema<Entry> SCHEMA = schema();

  /** The columns that say what a row is of; a file may have other metrics. */
  private static final List<String> REQUIRED = SCHEMA.header().subList(0, SCHEMA.header().size() - Metric.values().length);

  private final Path file;

  /**
   * What a row is made of.
   *
   * @param of the run
   * @param trials of one experiment, method and engine, at least one
   */
  public record Entry(RunManifest of, List<TrialRow> trials) {
    private TrialRow first() {
      return trials.get(0);
    }

    private long completed() {
      return trials.stream().filter(row -> row.outcome() == Outcome.COMPLETED).count();
    }

    /** What medians may only be compared within. */
    private String machine() {
      Map<String, String> source = of.source(first().planned().experiment());
      return source.getOrDefault("cpu", "unknown CPU") + ", " + source.getOrDefault("cores", "?") + " cores, testbed "
          + of.setting().testbed() + ", " + of.setting().accelerator().name()
          + (of.setting().protection().equals("none") ? "" : ", " + of.setting().protection());
    }

    private OptionalDouble median(Metric metric) {
      double[] values = trials.stream().map(Observation::of).filter(trial -> trial.outcome() == Outcome.COMPLETED)
          .filter(trial -> trial.values().containsKey(metric)).mapToDouble(trial -> metric.shown(trial.values().get(metric))).toArray();
      return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Median.of(values));
    }
  }

  private static Schema<Entry> schema() {
    Schema<Entry> schema = Schema.<Entry>of(FILE, "run, experiment, method and engine")
        .with("started", TEXT, "when the run began, ISO 8601, UTC", entry -> entry.of.setting().started())
        .with("run", TEXT, "name of the run's folder", entry -> entry.of.setting().run())
        .with("machine", TEXT, "the source host's CPU and cores, the testbed, the accelerator, and `tls` if the stream was protected", Entry::machine)
        .with("experiment", TEXT, "name of the experiment", entry -> entry.first().planned().experiment().name())
        .with("title", TEXT, "the guest and its link, in words", entry -> entry.first().planned().experiment().title())
        .with("method", TEXT, "the whole text of the method", entry -> entry.first().planned().method())
        .with("engine", TEXT, "name of the engine in a run that compares engines", "the run has one engine",
            entry -> entry.first().planned().engine())
        .with("engine_hash", TEXT, "hash of all that the hypervisor was built from", entry -> entry.first().setting().engineHash())
        .with("completed", COUNT, "trials that completed", Entry::completed);
    for (Metric metric : Metric.values()) {
      schema = schema.with(metric.toString(), metric.kind(), "median of these trials: " + metric.title(),
          "no trial completed that has it, or the row is of before it was recorded", entry -> entry.median(metric));
    }
    return schema;
  }

  private History(Path file) {
    this.file = file;
  }

  /** The history of the runs in this folder. */
  public static History in(Path runs) {
    return new History(runs.resolve(FILE));
  }

  /** The history in this file. */
  public static History of(Path file) {
    return new History(file);
  }

  /** Adds the rows of a run, once. Other runs may end meanwhile. */
  public void add(RunManifest manifest, List<TrialRow> rows) throws IOException {
    record Key(String experiment, String method, String engine, String hash) {}
    Map<Key, List<TrialRow>> cells = rows.stream().collect(Collectors.groupingBy(
        row -> new Key(row.planned().experiment().name(), row.planned().method().toString(), row.planned().engine(),
            row.setting().engineHash()),
        LinkedHashMap::new, Collectors.toList()));
    // beside the file: its lock would end when the file is read, and be of another file once it is replaced
    Path guard = file.resolveSibling("." + file.getFileName() + ".lock");
    try (FileChannel channel = FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock(); // until it is closed; whoever holds it writes a few lines
      if (!Files.exists(file) || Files.size(file) == 0) {
        SCHEMA.write(file, List.of());
      }
      if (read().stream().anyMatch(row -> row.text("run").equals(manifest.setting().run()))) {
        return;
      }
      // whole or not at all: half a line, as a full disk leaves it, would be no history any more
      WholeFile.write(file, fresh -> {
        if (!SCHEMA.widen(file, fresh)) {
          Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
        }
        try (Csv<Entry> csv = SCHEMA.append(fresh)) {
          for (List<TrialRow> cell : cells.values()) {
            csv.write(new Entry(manifest, cell));
          }
        }
      });
    }
  }

  private List<Row> read() {
    return SCHEMA.read(file, "a history", REQUIRED);
  }

  /** All series of a metric, by what is the same in it; {@link BadInput} if the file cannot be read. */
  public Map<String, List<Point>> series(Metric metric) {
    if (!Files.exists(file)) {
      throw new BadInput(file + ": no such file: a run adds to it when it ends");
    }
    Map<String, List<Point>> series = new LinkedHashMap<>();
    int number = 0;
    for (Row row : read()) {
      number++;
      OptionalDouble value;
      try {
        value = row.number(metric.toString());
      } catch (IllegalArgumentException e) {
        throw new BadInput(file + ": row " + number + ": " + e.getMessage());
      }
      if (value.isPresent()) {
        String engine = row.text("engine").isEmpty() ? "" : ", engine " + row.text("engine");
        series.computeIfAbsent(row.text("experiment") + " " + row.text("method") + engine + " (" + row.text("title") + "; "
            + row.text("machine") + ")", name -> new ArrayList<>())
            .add(new Point(row.text("run"), row.text("engine_hash"), value.getAsDouble()));
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
}
