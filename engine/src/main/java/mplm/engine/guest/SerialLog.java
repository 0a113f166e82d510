// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import mplm.engine.unit.Durations;
import mplm.engine.unit.Patience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one hypervisor's serial port says, read by a thread of its own as it comes. Thread-safe. A migrated guest speaks through two
 * ports one after the other; a line may begin at the source and end at the destination.
 */
public final class SerialLog implements AutoCloseable {
  /** Sent to the serial port: finish and verify the repetition in progress, then power off. */
  public static final String STOP = "stop\n";
  /** Begins the part of a message that quotes the guest, over several lines. */
  public static final String LAST_LINES = "; its last lines:";

  private static final Logger LOG = LoggerFactory.getLogger(SerialLog.class);
  private static final Duration CLOSE_TIMEOUT = Patience.of(Duration.ofSeconds(30));
  private static final int TAIL_LINES = 20;
  private static final int LONGEST_LINE = 1 << 16;
  /** What a 16550 holds of what the guest has written: its FIFO and the byte that is being sent. */
  private static final int UART_BYTES = 17;

  private final String name;
  private final InputStream in;
  private final Optional<SerialLog> before;
  private final Consumer<SerialLine> recorder;
  private final Thread reader;

  /** Guards all below; notified when records grow or the end comes. */
  private final Object lock = new Object();

  private final List<GuestRecord> records = new ArrayList<>();
  private final Deque<String> tail = new ArrayDeque<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean anyLine;
  private GuestException.Died death;

  private SerialLog(String name, InputStream in, Optional<SerialLog> before, Consumer<SerialLine> recorder) {
    this.name = name;
    this.in = in;
    this.before = before;
    this.recorder = recorder;
    this.reader = new Thread(this::read, "serial reader " + name);
    this.reader.setDaemon(true);
  }

  /**
   * Reads {@code in} from now on and owns it; closing it must end a blocked read, as that of a socket does.
   *
   * @param recorder takes every line, one at a time; an exception from it ends the reading
   */
  public static SerialLog open(String name, InputStream in, Consumer<SerialLine> recorder) {
    return open(name, in, Optional.empty(), recorder);
  }

  /** The destination's port: its first line continues what the source's left unfinished. */
  public static SerialLog openAfter(SerialLog source, String name, InputStream in, Consumer<SerialLine> recorder) {
    return open(name, in, Optional.of(source), recorder);
  }

  private static SerialLog open(String name, InputStream in, Optional<SerialLog> before, Consumer<SerialLine> recorder) {
    SerialLog log = new SerialLog(name, in, before, recorder);
    log.reader.start();
    return log;
  }

  /** The records so far, in order. */
  public List<GuestRecord> records() {
    synchronized (lock) {
      return List.copyOf(records);
    }
  }

  /** The first record of that kind, waited for if need be; a guest that reports an error ends the wait. */
  public GuestRecord await(String kind, Duration timeout) throws GuestException, InterruptedException {
    return await(kind, record -> record.kind().equals(kind), timeout);
  }

  /** The first record that is wanted, waited for if need be; {@code what} names it in messages. */
  public GuestRecord await(String what, Predicate<GuestRecord> wanted, Duration timeout)
      throws GuestException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (lock) {
      for (int next = 0; ; next++) {
        while (next == records.size()) {
          if (death != null) {
            throw new GuestException.Died(death.getMessage() + ", awaited: " + what + lastLines(), death);
          }
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            throw new GuestException.NotYet(
                name + ": no record '" + what + "' within " + Durations.print(timeout) + lastLines());
          }
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        }
        GuestRecord record = records.get(next);
        if (wanted.test(record)) {
          return record;
        }
        if (record.kind().equals("error")) {
          throw new GuestException.Failed(name + ": the guest failed: " + record.text("message"));
        }
      }
    }
  }

  /** Closes the stream and ends the reading thread; waits for that at most some seconds. */
  @Override
  public void close() {
    die("closed by the controller", null);
    try {
      in.close();
    } catch (IOException e) {
      LOG.debug("{}: closing a stream that was broken already", name, e);
    }
    try {
      reader.join(CLOSE_TIMEOUT.toMillis());
      if (reader.isAlive()) {
        throw new IllegalStateException(name + ": its stream is closed, yet a read goes on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    byte[] buffer = new byte[4096];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long arrival = System.nanoTime();
        synchronized (lock) {
          for (int i = 0; i < n; i++) {
            accept(buffer[i], arrival);
          }
        }
      }
      die("the serial port was closed", null);
    } catch (IOException | RuntimeException e) {
      die("the serial port broke: " + e.getMessage(), e);
    }
  }

  private void accept(byte b, long arrival) {
    if (b != '\n' && line.size() < LONGEST_LINE) {
      line.write(b);
      return;
    }
    String text = text(line).stripTrailing();
    if (!anyLine) {
      text = joined(before.map(SerialLog::unfinished).orElse(""), text);
    }
    anyLine = true;
    line.reset();
    if (b != '\n') {
      line.write(b); // of a line that is too long, and goes on
    }
    recorder.accept(new SerialLine(arrival, text));
    Optional<GuestRecord> record = GuestRecord.parse(text, arrival);
    record.ifPresent(records::add);
    if (record.filter(r -> r.kind().equals("heartbeat")).isEmpty()) {
      tail.add(text);
      if (tail.size() > TAIL_LINES) {
        tail.remove();
      }
    }
    lock.notifyAll();
  }

  /**
   * A line that began at the source. If nobody reads the source's port for a moment, its UART fills, and goes on to send when the guest
   * has stopped and what it holds has been migrated: the destination sends that once more. The record's sum tells how much it is.
   */
  private static String joined(String begun, String rest) {
    for (int twice = 1; twice <= Math.min(UART_BYTES, Math.min(begun.length(), rest.length())); twice++) {
      String line = begun + rest.substring(twice);
      if (begun.endsWith(rest.substring(0, twice)) && GuestRecord.parse(line, 0).isPresent()
          && GuestRecord.parse(begun + rest, 0).isEmpty()) {
        return line;
      }
    }
    return begun + rest;
  }

  private String unfinished() {
    synchronized (lock) {
      return text(line);
    }
  }

  /** Bytes as they are: a serial port speaks no encoding. */
  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private void die(String reason, Throwable cause) {
    synchronized (lock) {
      if (death == null) {
        death = new GuestException.Died(name + ": " + reason, cause);
      }
      lock.notifyAll();
    }
  }

  private String lastLines() {
    return tail.isEmpty() ? "; it said nothing" : LAST_LINES + "\n  " + String.join("\n  ", tail);
  }
}
