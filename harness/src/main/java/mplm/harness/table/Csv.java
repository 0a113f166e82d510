// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import com.opencsv.RFC4180Parser;
import com.opencsv.exceptions.CsvException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import mplm.harness.input.BadInput;
import mplm.harness.result.TrialRow;
import mplm.harness.table.Columns.Column;

/** A CSV file being written, quoted as in RFC 4180; a row is on disk as soon as it is written. And how such files are read. */
public final class Csv implements AutoCloseable {
  private final Path file;
  private final CSVWriter writer;

  private Csv(Path file, OpenOption... options) throws IOException {
    this.file = file;
    this.writer = new CSVWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8, options), ICSVWriter.DEFAULT_SEPARATOR,
        ICSVWriter.DEFAULT_QUOTE_CHARACTER, ICSVWriter.DEFAULT_QUOTE_CHARACTER, ICSVWriter.DEFAULT_LINE_END);
  }

  /** Creates a {@code trials.csv}, which must not exist, and writes its header. */
  public static Csv trials(Path file) throws IOException {
    Csv csv = new Csv(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    csv.write(Columns.ALL.stream().map(Column::name).toList());
    return csv;
  }

  /** A file that is there; rows are added at its end. */
  public static Csv append(Path file) throws IOException {
    return new Csv(file, StandardOpenOption.APPEND);
  }

  /** Any file, in place of one that may be there. */
  public static Csv replace(Path file) throws IOException {
    return new Csv(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
  }

  /** The lines of a file, each with as many cells as its first; {@link BadInput} says what is wrong, and where. */
  public static List<List<String>> lines(Path file) {
    List<List<String>> lines = new ArrayList<>();
    try (CSVReader csv = new CSVReaderBuilder(Files.newBufferedReader(file)).withCSVParser(new RFC4180Parser()).build()) {
      for (String[] cells = csv.readNext(); cells != null; cells = csv.readNext()) {
        lines.add(List.of(cells));
        if (cells.length != lines.get(0).size()) {
          throw new BadInput(file + ":" + csv.getLinesRead() + ": has " + cells.length + " cells, allowed: " + lines.get(0).size()
              + ", as many as the first line");
        }
      }
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (CsvException e) {
      throw new BadInput(file + ":" + e.getLineNumber() + ": " + e.getMessage());
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read as CSV: " + BadInput.reason(e));
    }
    return lines;
  }

  /**
   * The rows of a file by column, below a first line that names these.
   *
   * @param kind what the file is said not to be if one of the columns is not in it
   * @throws BadInput says what is wrong, and where
   */
  public static List<Map<String, String>> rows(Path file, String kind, List<String> columns) {
    List<List<String>> lines = lines(file);
    List<String> header = lines.isEmpty() ? List.of() : lines.get(0);
    List<String> missing = columns.stream().filter(column -> !header.contains(column)).toList();
    if (!missing.isEmpty()) {
      throw new BadInput(file + ": is not " + kind + ": it has no column " + String.join(", ", missing));
    }
    List<Map<String, String>> rows = new ArrayList<>();
    for (List<String> cells : lines.subList(Math.min(1, lines.size()), lines.size())) {
      Map<String, String> row = new LinkedHashMap<>();
      for (int column = 0; column < header.size(); column++) {
        row.put(header.get(column), cells.get(column));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The number in a cell, empty if there is nothing in it; {@link IllegalArgumentException} if that is none, or below 0. */
  public static OptionalDouble number(Map<String, String> row, String column) {
    String text = row.getOrDefault(column, "");
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (text.matches("\\d+(\\.\\d+)?([eE][-+]?\\d+)?") && Double.isFinite(Double.parseDouble(text))) {
      return OptionalDouble.of(Double.parseDouble(text));
    }
    throw new IllegalArgumentException(column + ": '" + text + "' is not a number, allowed: 0 and above");
  }

  /** A number as these files have it: plain, at most six decimals, empty if there is none. */
  public static String text(OptionalDouble value) {
    return value.isEmpty() ? ""
        : BigDecimal.valueOf(value.getAsDouble()).setScale(6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }

  /** Writes a trial as a row of {@code trials.csv}. */
  public void write(TrialRow row) throws IOException {
    write(Columns.ALL.stream().map(column -> column.text(row)).toList());
  }

  /** Writes the cells of a row. */
  public void write(List<String> cells) throws IOException {
    writer.writeNext(cells.toArray(String[]::new), false);
    writer.flush();
    // opencsv keeps an error of the disk to itself
    if (writer.checkError()) {
      throw new IOException(file + " cannot be written", writer.getException());
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
