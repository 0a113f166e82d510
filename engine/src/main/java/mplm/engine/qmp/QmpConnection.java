// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import mplm.engine.unit.Patience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams to and from one QEMU, with a thread for each: one reads and stamps what arrives, the other writes, so that a peer that does
 * not read cannot hold a caller. Closing the streams must end a blocked read or write, as those of sockets do.
 */
final class QmpConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QmpConnection.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CLOSE_TIMEOUT = Patience.of(Duration.ofSeconds(30));

  private final String name;
  private final InputStream in;
  private final OutputStream out;
  private final Consumer<QmpMessage> recorder;
  private final Consumer<QmpMessage> heard;
  private final BiConsumer<String, Throwable> ended;
  private final Thread reader;
  private final ExecutorService writer;

  /**
   * A connection that reads nothing until it is started.
   *
   * @param recorder takes every message, sent ones before they are, one at a time; an exception from it ends the connection
   * @param heard takes the same messages after the recorder, those of both directions at the same time; an exception from it does so too
   * @param ended is told why no more will be read or written, perhaps more than once; the cause may be null
   */
  QmpConnection(String name, InputStream in, OutputStream out, Consumer<QmpMessage> recorder, Consumer<QmpMessage> heard,
      BiConsumer<String, Throwable> ended) {
    this.name = name;
    this.in = in;
    this.out = out;
    this.recorder = recorder;
    this.heard = heard;
    this.ended = ended;
    this.reader = daemon(this::read, "qmp reader " + name);
    this.writer = Executors.newSingleThreadExecutor(task -> daemon(task, "qmp writer " + name));
  }

  void start() {
    reader.start();
  }

  /** Has it written, and does not wait for that. */
  void send(ObjectNode message) {
    writer.execute(() -> write(message));
  }

  private void read() {
    try (MappingIterator<JsonNode> messages = JSON.readerFor(JsonNode.class).readValues(in)) {
      while (messages.hasNextValue()) {
        JsonNode message = messages.nextValue();
        tell(new QmpMessage(name, false, System.nanoTime(), message));
      }
      ended.accept("closed the connection", null);
    } catch (IOException | RuntimeException e) {
      ended.accept(oneLine(e), e);
    }
  }

  private void write(ObjectNode message) {
    try {
      tell(new QmpMessage(name, true, System.nanoTime(), message));
      out.write((message + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException | RuntimeException e) {
      ended.accept(oneLine(e), e);
    }
  }

  private void tell(QmpMessage message) {
    synchronized (recorder) {
      recorder.accept(message);
    }
    heard.accept(message);
  }

  /** Closes the streams and ends both threads; waits for that at most some seconds. */
  @Override
  public void close() {
    closeStream(out);
    closeStream(in);
    writer.shutdownNow();
    try {
      reader.join(CLOSE_TIMEOUT.toMillis());
      if (reader.isAlive() || !writer.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(name + ": its streams are closed, yet a read or write goes on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeStream(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("{}: closing a stream that was broken already", name, e);
    }
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
