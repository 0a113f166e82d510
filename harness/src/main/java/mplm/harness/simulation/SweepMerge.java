// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import mplm.harness.input.BadInput;
import mplm.harness.table.Row;

/** The CSV files of a sweep's shards, put together in the order of the whole: byte for byte what one machine would have written. */
public final class SweepMerge {
  /** What is the same in all tables of a sweep. */
  private static final List<String> SHARED = List.of("limit_s", "overheads", "beginnings");

  private final int count;
  /** The rows by the table's number. */
  private final TreeMap<Integer, List<Row>> tables = new TreeMap<>();

  /** Merges files in any order; {@link BadInput} if they are not shards of one sweep. */
  public SweepMerge(List<Path> files) {
    Map<Integer, Path> from = new HashMap<>();
    int of = 0;
    for (Path file : files) {
      List<Row> rows = read(file);
      if (from.containsValue(file)) {
        throw new BadInput(file + ": is there twice");
      }
      for (Row row : rows) {
        String[] part = row.text("part").split("/", 2);
        int number = Integer.parseInt(part[0]);
        if (of != 0 && of != Integer.parseInt(part[1])) {
          throw new BadInput(files.get(0) + " and " + file + " are not shards of one sweep: it has " + of + " and " + part[1] + " tables");
        }
        of = Integer.parseInt(part[1]);
        if (!from.computeIfAbsent(number, n -> file).equals(file)) {
          throw new BadInput("table " + number + " is there twice: " + from.get(number) + ", " + file);
        }
        tables.computeIfAbsent(number, n -> new ArrayList<>()).add(row);
      }
    }
    count = of;
    for (Map.Entry<Integer, List<Row>> table : tables.entrySet()) {
      if (table.getKey() > count) {
        throw new BadInput(from.get(table.getKey()) + ": table " + table.getKey() + " of " + count + ", which there cannot be");
      }
      if (!methods(table.getValue()).equals(methods(tables.firstEntry().getValue()))) {
        throw new BadInput(from.get(table.getKey()) + ": table " + table.getKey() + " has not the methods of table "
            + tables.firstKey() + " of " + from.get(tables.firstKey()) + ": it is of another sweep, or rows are missing");
      }
      for (String column : SHARED) {
        String one = tables.firstEntry().getValue().get(0).text(column);
        for (Row row : table.getValue()) {
          if (!row.text(column).equals(one)) {
            throw new BadInput(from.get(tables.firstKey()) + " and " + from.get(table.getKey()) + " are not shards of one sweep: "
                + column + ": " + one + ", " + row.text(column));
          }
        }
      }
    }
  }

  private static List<String> methods(List<Row> table) {
    return table.stream().map(row -> row.text("method")).distinct().toList();
  }

  private static List<Row> read(Path file) {
    List<Row> rows = SimulationCsv.SCHEMA.read(file, "a CSV file of mplm simulate", SimulationCsv.SCHEMA.header());
    for (int n = 0; n < rows.size(); n++) {
      if (!rows.get(n).text("part").matches("[1-9]\\d{0,8}/[1-9]\\d{0,8}")) {
        throw new BadInput(file + ":" + (n + 2) + ": not a row of mplm simulate");
      }
    }
    return rows;
  }

  /** What the merged file will lack, such as {@code table 3 of 12}. */
  public List<String> missing() {
    return IntStream.rangeClosed(1, count).filter(number -> !tables.containsKey(number))
        .mapToObj(number -> "table " + number + " of " + count).toList();
  }

  /** Writes it, in place of one that may be there. */
  public void write(Path file) throws IOException {
    SimulationCsv.SCHEMA.write(file, csv -> {
      for (List<Row> table : tables.values()) {
        for (Row row : table) {
          csv.copy(row);
        }
      }
    });
  }
}
