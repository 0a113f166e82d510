// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import mplm.engine.qmp.QmpMessage;

/**
 * The file {@code qmp.jsonl} of a trial: every message of both hypervisors, one a line, {@code t} seconds of the controller's clock
 * after the trial began. Thread-safe.
 */
final class QmpRecord implements Consumer<QmpMessage>, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Writer writer;
  private final long begin;

  QmpRecord(Path file, long begin) throws IOException {
    this.writer = Files.newBufferedWriter(file);
    this.begin = begin;
  }

  @Override
  public synchronized void accept(QmpMessage message) {
    ObjectNode line = JSON.createObjectNode()
        .put("t", BigDecimal.valueOf(message.nanoTime() - begin, 9))
        .put("peer", message.peer())
        .put("sent", message.sent());
    line.set("message", message.body());
    try {
      writer.write(line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
