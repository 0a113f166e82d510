// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.SerialLine;

/**
 * The file {@code serial.txt} of one side: every line of the guest's serial port as {@code SECONDS TEXT}, seconds after the trial
 * began. Beside it, {@code serial.log} is what the hypervisor itself wrote of the port, without times.
 */
public final class SerialRecord implements Consumer<SerialLine>, AutoCloseable {
  private final Writer writer;
  private final long begin;

  /** A new file; {@code begin} is when the trial began, {@link System#nanoTime}. */
  public SerialRecord(Path file, long begin) throws IOException {
    this.writer = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1);
    this.begin = begin;
  }

  @Override
  public void accept(SerialLine line) {
    try {
      writer.write(Seconds.of(line.arrival() - begin) + " " + line.text().replace('\r', ' ') + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** The guest's records in order; arrivals are nanoseconds after the trial began. None if there is no such file. */
  public static List<GuestRecord> read(Path file) throws IOException {
    List<GuestRecord> records = new ArrayList<>();
    for (Seconds.Line line : Seconds.lines(file)) {
      GuestRecord.parse(line.text(), line.time()).ifPresent(records::add);
    }
    return records;
  }
}
