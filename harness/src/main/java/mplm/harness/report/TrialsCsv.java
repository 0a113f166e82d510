// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.report.Columns.Column;

/** The file {@code trials.csv}: a row a trial, quoted as in RFC 4180, on disk as soon as it is written. */
public final class TrialsCsv implements AutoCloseable {
  private final CSVWriter writer;

  private TrialsCsv(CSVWriter writer) {
    this.writer = writer;
  }

  /** Creates the file, which must not exist, and writes its header. */
  public static TrialsCsv create(Path file) throws IOException {
    TrialsCsv csv = new TrialsCsv(new CSVWriter(
        Files.newBufferedWriter(file, StandardCharsets.UTF_8, java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE),
        ICSVWriter.DEFAULT_SEPARATOR, ICSVWriter.DEFAULT_QUOTE_CHARACTER, ICSVWriter.DEFAULT_QUOTE_CHARACTER,
        ICSVWriter.DEFAULT_LINE_END));
    csv.write(Columns.ALL.stream().map(Column::name).toArray(String[]::new));
    return csv;
  }

  /** Writes a row and flushes it. */
  public void write(TrialRow row) throws IOException {
    write(Columns.ALL.stream().map(column -> column.text(row)).toArray(String[]::new));
  }

  private void write(String[] cells) throws IOException {
    writer.writeNext(cells, false);
    writer.flush();
    // opencsv keeps an error of the disk to itself
    if (writer.checkError()) {
      throw new IOException("trials.csv cannot be written", writer.getException());
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
