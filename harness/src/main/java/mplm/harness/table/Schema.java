// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import mplm.harness.file.WholeFile;
import mplm.harness.input.BadInput;

/**
 * What stands in one kind of CSV file. It writes such files and reads them, so that nothing is written that it does not describe.
 * Readers name the columns that they cannot do without; a file may have more columns than these, and fewer than the schema.
 *
 * @param <R> what a row is made of
 * @param file the name of the file, or the command that writes it
 * @param row what one row is, as the end of "one row per ..."
 * @param columns in the order of the file
 */
public record Schema<R>(String file, String row, List<Column<R>> columns) {
  public Schema {
    columns = List.copyOf(columns);
    if (columns.stream().map(Column::name).distinct().count() < columns.size()) {
      throw new IllegalStateException(file + " has two columns of one name");
    }
  }

  /** One without columns yet. */
  public static <R> Schema<R> of(String file, String row) {
    return new Schema<>(file, row, List.of());
  }

  /** The same with one more column, which is empty when {@code empty} says. */
  public Schema<R> with(String name, Kind kind, String meaning, String empty, Function<R, ?> value) {
    List<Column<R>> all = new ArrayList<>(columns);
    all.add(new Column<>(name, kind, meaning, empty, value));
    return new Schema<>(file, row, all);
  }

  /** The same with one more column, which is never empty. */
  public Schema<R> with(String name, Kind kind, String meaning, Function<R, ?> value) {
    return with(name, kind, meaning, "", value);
  }

  /** The first line of a file. */
  public List<String> header() {
    return columns.stream().map(Column::name).toList();
  }

  /** A column; that it is there is the caller's promise. */
  public Column<R> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " has no column " + name));
  }

  /** A file in place of one that may be there; its first line is written. */
  public Csv<R> replace(Path path) throws IOException {
    return new Csv<>(path, columns, true, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
  }

  /** A file that is there, to whose end rows are added with the columns that it has. */
  public Csv<R> append(Path path) throws IOException {
    return new Csv<>(path, Csv.header(path).stream().map(this::known).toList(), false, StandardOpenOption.APPEND);
  }

  /** One that another version wrote stays empty here. */
  private Column<R> known(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst()
        .orElseGet(() -> new Column<>(name, Kind.TEXT, "", "", made -> ""));
  }

  /** Writes a copy of a file with the columns that it lacks, empty, behind its own; writes none and says false if it lacks none. */
  public boolean widen(Path path, Path copy) throws IOException {
    List<String> own = Csv.header(path);
    List<Column<R>> all = new ArrayList<>(own.stream().map(this::known).toList());
    columns.stream().filter(column -> !own.contains(column.name())).forEach(all::add);
    if (all.size() == own.size()) {
      return false;
    }
    try (Csv<R> csv = new Schema<>(file, row, all).replace(copy)) {
      for (Row one : read(path, file, List.of())) {
        csv.copy(one);
      }
    }
    return true;
  }

  /** What a file is written by. */
  @FunctionalInterface
  public interface Rows<R> {
    /** Writes all of them. */
    void to(Csv<R> csv) throws IOException;
  }

  /** Writes a file in place of one that may be there. */
  public void write(Path path, Iterable<R> rows) throws IOException {
    write(path, csv -> {
      for (R one : rows) {
        csv.write(one);
      }
    });
  }

  /** Writes a file in place of one that may be there: whole or not at all, for a disk may be full. */
  public void write(Path path, Rows<R> rows) throws IOException {
    WholeFile.write(path, place -> {
      try (Csv<R> csv = replace(place)) {
        rows.to(csv);
      }
    });
  }

  /** A row that was made here, as if it had been read from a file. */
  public Row row(R made) {
    Map<String, String> cells = new LinkedHashMap<>();
    columns.forEach(column -> cells.put(column.name(), column.text(made)));
    return new Row(this, cells);
  }

  /**
   * The rows of a file.
   *
   * @param kind what the file is said not to be if one of the columns is not in it
   * @throws BadInput says what is wrong, and where
   */
  public List<Row> read(Path path, String kind, List<String> required) {
    return rows(Csv.lines(path), path.toString(), kind, required);
  }

  /** The rows of a file of that name that is open; all columns are required. */
  public List<Row> read(Reader reader, String name) {
    return read(reader, name, file, header());
  }

  /** The same of a file whose kind is told if one of those columns is not in it. */
  public List<Row> read(Reader reader, String name, String kind, List<String> required) {
    return rows(Csv.lines(reader, name), name, kind, required);
  }

  private List<Row> rows(List<List<String>> lines, String name, String kind, List<String> required) {
    required.forEach(this::column);
    List<String> header = lines.isEmpty() ? List.of() : lines.get(0);
    List<String> missing = required.stream().filter(column -> !header.contains(column)).toList();
    if (!missing.isEmpty()) {
      throw new BadInput(name + ": is not " + kind + ": it has no column " + String.join(", ", missing));
    }
    List<Row> rows = new ArrayList<>();
    for (List<String> line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int column = 0; column < header.size(); column++) {
        cells.put(header.get(column), line.get(column));
      }
      rows.add(new Row(this, cells));
    }
    return rows;
  }
}
