// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import mplm.harness.report.Columns.Column;

/** A CSV file being written, quoted as in RFC 4180; a row is on disk as soon as it is written. */
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
