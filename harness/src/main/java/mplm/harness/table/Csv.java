// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import com.opencsv.RFC4180Parser;
import com.opencsv.exceptions.CsvException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mplm.harness.input.BadInput;

/**
 * A CSV file being written, quoted as in RFC 4180; a row is on disk as soon as it is written. A {@link Schema} opens it.
 *
 * @param <R> what a row is made of
 */
public final class Csv<R> implements AutoCloseable {
  private final Path file;
  private final List<Column<R>> columns;
  private final CSVWriter writer;

  Csv(Path file, List<Column<R>> columns, boolean begin, OpenOption... options) throws IOException {
    this.file = file;
    this.columns = columns;
    this.writer = new CSVWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8, options), ICSVWriter.DEFAULT_SEPARATOR,
        ICSVWriter.DEFAULT_QUOTE_CHARACTER, ICSVWriter.DEFAULT_QUOTE_CHARACTER, ICSVWriter.DEFAULT_LINE_END);
    if (begin) {
      line(columns.stream().map(Column::name).toList());
    }
  }

  /** Writes a row. */
  public void write(R row) throws IOException {
    line(columns.stream().map(column -> column.text(row)).toList());
  }

  /** Writes a row that was read; what this file does not have of it is left out. */
  public void copy(Row row) throws IOException {
    line(columns.stream().map(column -> row.cells().getOrDefault(column.name(), "")).toList());
  }

  private void line(List<String> cells) throws IOException {
    writer.writeNext(cells.toArray(String[]::new), false);
    writer.flush();
    // opencsv keeps an error of the disk to itself
    if (writer.checkError()) {
      throw new IOException(file + " cannot be written: " + writer.getException().getMessage(), writer.getException());
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** The first line of a file; none if it is empty. */
  static List<String> header(Path file) {
    List<List<String>> lines = lines(file);
    return lines.isEmpty() ? List.of() : lines.get(0);
  }

  /** The lines of a file, each with as many cells as its first; {@link BadInput} says what is wrong, and where. */
  static List<List<String>> lines(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      return lines(reader, file.toString());
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /** What {@link #lines(Path)} gives, of a file of that name that is open. */
  static List<List<String>> lines(Reader reader, String name) {
    List<List<String>> lines = new ArrayList<>();
    try (CSVReader csv = new CSVReaderBuilder(reader).withCSVParser(new RFC4180Parser()).build()) {
      for (String[] cells = csv.readNext(); cells != null; cells = csv.readNext()) {
        lines.add(List.of(cells));
        if (cells.length != lines.get(0).size()) {
          throw new BadInput(name + ":" + csv.getLinesRead() + ": has " + cells.length + " cells, allowed: " + lines.get(0).size()
              + ", as many as the first line");
        }
      }
    } catch (CsvException e) {
      throw new BadInput(name + ":" + e.getLineNumber() + ": " + e.getMessage());
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    return lines;
  }

  private static BadInput unreadable(String name, IOException e) {
    return new BadInput(name + ": cannot be read as CSV: " + BadInput.reason(e));
  }
}
