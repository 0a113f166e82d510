// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import mplm.engine.qmp.QmpMessage;

/**
 * The file {@code qmp.jsonl}: every message of both hypervisors, one per line, {@code t} seconds after the trial began. Thread-safe.
 */
public final class QmpRecord implements Consumer<QmpMessage>, AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final Writer writer;
  private final long begin;

  /** A new file; {@code begin} is when the trial began, {@link System#nanoTime}. */
  public QmpRecord(Path file, long begin) throws IOException {
    this.writer = Files.newBufferedWriter(file);
    this.begin = begin;
  }

  @Override
  public synchronized void accept(QmpMessage message) {
    ObjectNode line = JSON.createObjectNode()
        .put("t", Seconds.of(message.nanoTime() - begin))
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

  /** The messages in order; their times are nanoseconds after the trial began. None if there is no such file. */
  public static List<QmpMessage> read(Path file) throws IOException {
    List<QmpMessage> messages = new ArrayList<>();
    if (Files.exists(file)) {
      for (String text : Files.readAllLines(file)) {
        JsonNode line = JSON.readTree(text);
        messages.add(new QmpMessage(line.required("peer").asText(), line.required("sent").asBoolean(),
            Seconds.nanos(line.required("t").decimalValue()), line.required("message")));
      }
    }
    return messages;
  }
}
