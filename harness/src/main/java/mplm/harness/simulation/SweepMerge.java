// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.RFC4180Parser;
import com.opencsv.exceptions.CsvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import mplm.harness.input.BadInput;
import mplm.harness.report.Csv;
import mplm.harness.report.SimulationTable;

/** The CSV files of a sweep's shards, put together in the order of the whole: byte for byte what one machine would have written. */
public final class SweepMerge {
  private final List<String> header;
  private final int count;
  /** By the table's number. */
  private final TreeMap<Integer, List<List<String>>> tables = new TreeMap<>();

  /** Of files in any order; {@link BadInput} if they are not shards of one sweep. */
  public SweepMerge(List<Path> files) throws IOException {
    Map<Integer, Path> from = new HashMap<>();
    List<String> first = null;
    int of = 0;
    Set<Path> named = new HashSet<>();
    for (Path file : files) {
      if (!named.add(file)) {
        throw new BadInput(file + " is named twice");
      }
      List<List<String>> rows = read(file);
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
  }

  private static List<List<String>> read(Path file) throws IOException {
    try (CSVReader csv = new CSVReaderBuilder(Files.newBufferedReader(file))
        .withCSVParser(new RFC4180Parser()).build()) {
      List<List<String>> rows = csv.readAll().stream().map(List::of).toList();
      if (rows.isEmpty() || !rows.get(0).equals(SimulationTable.HEADER)) {
        throw new BadInput(file + " is not a CSV file of mplm simulate");
      }
      for (int n = 1; n < rows.size(); n++) {
        if (rows.get(n).size() != SimulationTable.HEADER.size() || !rows.get(n).get(rows.get(n).size() - 1).matches("\\d{1,9}/\\d{1,9}")) {
          throw new BadInput(file + ":" + (n + 1) + ": not a row of mplm simulate");
        }
      }
      return rows;
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (CsvException e) {
      throw new BadInput(file + ": " + e.getMessage());
    }
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
