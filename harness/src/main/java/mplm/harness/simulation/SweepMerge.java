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
import mplm.harness.table.Csv;

/** The CSV files of a sweep's shards, put together in the order of the whole: byte for byte what one machine would have written. */
public final class SweepMerge {
  private final List<String> header;
  private final int count;
  /** By the table's number. */
  private final TreeMap<Integer, List<List<String>>> tables = new TreeMap<>();

  /** Of files in any order; {@link BadInput} if they are not shards of one sweep. */
  public SweepMerge(List<Path> files) {
    Map<Integer, Path> from = new HashMap<>();
    List<String> first = null;
    int of = 0;
    for (Path file : files) {
      List<List<String>> rows = read(file);
      if (from.containsValue(file)) {
        throw new BadInput(file + ": is there twice");
      }
      if (first == null) {
        first = rows.get(0);
      } else if (!first.equals(rows.get(0))) {
        throw new BadInput(files.get(0) + " and " + file + " are not shards of one sweep: their columns differ");
      }
      for (List<String> row : rows.subList(1, rows.size())) {
        String[] part = row.get(row.size() - 1).split("/", 2);
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
    header = first;
    count = of;
    for (Map.Entry<Integer, List<List<String>>> table : tables.entrySet()) {
      if (table.getKey() > count) {
        throw new BadInput(from.get(table.getKey()) + ": table " + table.getKey() + " of " + count + ", which there cannot be");
      }
      if (!methods(table.getValue()).equals(methods(tables.firstEntry().getValue()))) {
        throw new BadInput(from.get(table.getKey()) + ": table " + table.getKey() + " has not the methods of table "
            + tables.firstKey() + " of " + from.get(tables.firstKey()) + ": it is of another sweep, or rows are missing");
      }
    }
  }

  private static List<String> methods(List<List<String>> table) {
    return table.stream().map(row -> row.get(SimulationTable.HEADER.indexOf("method"))).distinct().toList();
  }

  private static List<List<String>> read(Path file) {
    List<List<String>> rows = Csv.lines(file);
    if (rows.isEmpty() || !rows.get(0).equals(SimulationTable.HEADER)) {
      throw new BadInput(file + " is not a CSV file of mplm simulate");
    }
    for (int n = 1; n < rows.size(); n++) {
      String part = rows.get(n).get(rows.get(n).size() - 1);
      if (!part.matches("[1-9]\\d{0,8}/[1-9]\\d{0,8}")) {
        throw new BadInput(file + ":" + (n + 1) + ": not a row of mplm simulate");
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
    try (Csv csv = Csv.replace(file)) {
      csv.write(header);
      for (List<List<String>> table : tables.values()) {
        for (List<String> row : table) {
          csv.write(row);
        }
      }
    }
  }
}
