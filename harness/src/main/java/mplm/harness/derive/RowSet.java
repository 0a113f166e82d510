// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;
import mplm.harness.verdict.Observation;

/**
 * Rows to be compared: those of a run's folder, or of a CSV file with the columns of {@code trials.csv}.
 *
 * @param path where they are
 * @param run empty for a file
 * @param rows at least one
 */
public record RowSet(Path path, Optional<RunDerivation> run, List<Row> rows) {
  private static final String PROTECTION = "stream_protection";
  private static final String BALLAST = "ballast_bytes";
  /** What explains another result, of rows whose run is not there to be asked; of one cell, or of all. */
  private static final List<String> STAMP = List.of("origin", "testbed", "shaping", "accelerator", "guest_hash", PROTECTION);
  private static final List<String> CELL_STAMP = List.of("benchmark", "class", "vcpus", "memory_bytes", BALLAST, "link_bits_per_s");
  /** What a file of before these columns were there does not say. */
  private static final Map<String, String> BEFORE = Map.of(PROTECTION, "none", BALLAST, "0");

  public RowSet {
    rows = List.copyOf(rows);
  }

  /** Reads them; {@link BadInput} if that is neither. */
  public static RowSet read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      RunDerivation run = RunDerivation.ofRecords(path);
      return new RowSet(path, Optional.of(run), run.rows().stream().map(TrialsCsv.SCHEMA::row).toList());
    }
    if (!Files.exists(path)) {
      throw new BadInput(path + ": no such file or folder");
    }
    RunManifest.refuseNewer(path.toAbsolutePath().getParent());
    List<Row> rows = TrialsCsv.SCHEMA.read(path, "a file with the columns of trials.csv", Observation.REQUIRED);
    if (rows.isEmpty()) {
      throw new BadInput(path + ": has no rows");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < rows.size(); i++) {
      String run = rows.get(i).text("run");
      String trial = rows.get(i).text("trial");
      if (!run.isEmpty() && !trial.isEmpty() && !seen.add(run + " " + trial)) {
        throw new BadInput(path + ": row " + (i + 1) + ": trial " + trial + " of run " + run
            + " is there twice, allowed: once, or it would count twice");
      }
    }
    return new RowSet(path, Optional.empty(), rows);
  }

  /** Whether both are the rows of one run or file, which was made at one time. */
  public boolean isSame(RowSet other) throws IOException {
    return place().equals(other.place());
  }

  private Path place() throws IOException {
    Path real = path.toRealPath();
    return run.isPresent() ? real.resolve("trials.csv") : real;
  }

  /** What is compared of them. */
  public List<Observation> observations() {
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      try {
        all.add(Observation.of(rows.get(i)));
      } catch (IllegalArgumentException e) {
        throw new BadInput(path + ": row " + (i + 1) + ": " + e.getMessage());
      }
    }
    return all;
  }

  /** What differs and may explain another result, such as {@code testbed: none, loopback}; empty if the two can be compared. */
  public List<String> obstacles(RowSet candidate) {
    if (run.isPresent() && candidate.run.isPresent()) {
      return new RunComparison(run.get(), candidate.run.get()).obstacles();
    }
    Map<String, String> here = stamp();
    Map<String, String> there = candidate.stamp();
    here.keySet().retainAll(there.keySet());
    return here.entrySet().stream().filter(entry -> !entry.getValue().equals(there.get(entry.getKey())))
        .map(entry -> entry.getKey() + ": " + entry.getValue() + ", " + there.get(entry.getKey())).toList();
  }

  /** Whether a row is of emulated hosts, whose times are no measure of speed. */
  public boolean ofEmulatedHosts() {
    return rows.stream().anyMatch(row -> row.text("hosts_emulated").equals("yes"));
  }

  private Map<String, String> stamp() {
    Map<String, TreeSet<String>> values = new TreeMap<>();
    for (Row row : rows) {
      STAMP.forEach(column -> values.computeIfAbsent(column, key -> new TreeSet<>()).add(said(row, column)));
      CELL_STAMP.forEach(column -> values.computeIfAbsent(column + " of " + row.text("experiment"), key -> new TreeSet<>())
          .add(said(row, column)));
      if (row.text("origin").equals("simulated")) {
        // a real trial's follows from the memory that its guest had in use
        values.computeIfAbsent("limit_s of " + row.text("experiment"), key -> new TreeSet<>()).add(row.text("limit_s"));
      }
    }
    Map<String, String> stamp = new TreeMap<>();
    values.forEach((key, all) -> stamp.put(key, String.join("/", all)));
    return stamp;
  }

  private static String said(Row row, String column) {
    return row.text(column).isEmpty() ? BEFORE.getOrDefault(column, "") : row.text(column);
  }
}
