// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import mplm.engine.unit.Patience;

/**
 * A conversation with one QEMU. Thread-safe. A peer that does not read cannot hold a caller beyond its time-out. Closing the streams must
 * end a blocked read or write, as those of sockets do.
 */
public final class QmpClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  /** QMP's capability of that name. */
  private static final String OUT_OF_BAND = "oob";

  private final String name;
  private final QmpConnection connection;
  private final AtomicLong lastId = new AtomicLong();
  private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
  private final Conversation conversation = new Conversation();
  private final Map<Long, CompletableFuture<Conversation.Turn>> waiting = new ConcurrentHashMap<>();

  /** Guards itself and {@link #death}; notified when either changes. */
  private final List<QmpEvent> events = new ArrayList<>();

  private QmpException.Died death;
  private volatile boolean outOfBand;

  private QmpClient(String name, InputStream in, OutputStream out, Consumer<QmpMessage> recorder) {
    this.name = name;
    this.connection = new QmpConnection(name, in, out, recorder, this::hear, this::die);
  }

  /**
   * Waits for the greeting and negotiates; the client then owns the streams.
   *
   * @param name of the peer, for messages and threads
   * @param recorder takes every message, one at a time; an exception from it ends the conversation
   * @param timeout of the whole negotiation; when it fails, the streams are closed
   */
  public static QmpClient open(
      String name, InputStream in, OutputStream out, Consumer<QmpMessage> recorder, Duration timeout)
      throws QmpException, InterruptedException {
    QmpClient client = new QmpClient(name, in, out, recorder);
    try {
      client.connection.start();
      JsonNode offered = client.await(client.greeting, "greeting", timeout).path("QMP").path("capabilities");
      client.outOfBand = StreamSupport.stream(offered.spliterator(), false).anyMatch(one -> one.asText().equals(OUT_OF_BAND));
      client.execute("qmp_capabilities", client.outOfBand ? Map.of("enable", List.of(OUT_OF_BAND)) : Map.of(), timeout);
      return client;
    } catch (QmpException | InterruptedException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** The peer's name. */
  public String name() {
    return name;
  }

  /** Runs a command without arguments; see {@link #execute(String, Map, Duration)}. */
  public JsonNode execute(String command, Duration timeout) throws QmpException, InterruptedException {
    return execute(command, Map.of(), timeout);
  }

  /**
   * Runs a command.
   *
   * @param arguments strings, numbers, booleans, lists and maps of them
   * @return what QEMU returned, often an empty object
   */
  public JsonNode execute(String command, Map<String, ?> arguments, Duration timeout)
      throws QmpException, InterruptedException {
    return execute(Conversation.EXECUTE, command, arguments, timeout);
  }

  /**
   * Runs a command out of band, which QEMU does even while its main thread waits, such as for a page of a guest in post-copy. Few commands
   * allow it.
   */
  public JsonNode executeOutOfBand(String command, Map<String, ?> arguments, Duration timeout)
      throws QmpException, InterruptedException {
    return execute(outOfBand ? Conversation.EXECUTE_OUT_OF_BAND : Conversation.EXECUTE, command, arguments, timeout);
  }

  private JsonNode execute(String how, String command, Map<String, ?> arguments, Duration timeout)
      throws QmpException, InterruptedException {
    long id = lastId.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put(how, command).put("id", id);
    if (!arguments.isEmpty()) {
      message.set("arguments", JSON.valueToTree(arguments));
    }
    CompletableFuture<Conversation.Turn> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    try {
      synchronized (events) {
        if (death != null) {
          throw new QmpException.Died(death.getMessage(), death);
        }
        connection.send(message);
      }
      Conversation.Turn reply = await(answer, "answer to " + command, timeout);
      JsonNode value = reply.value();
      if (reply.kind() == Conversation.Kind.REFUSAL) {
        throw new QmpException.Refused(name, command, value.path("desc").asText());
      }
      return value;
    } finally {
      waiting.remove(id);
    }
  }

  /** All events so far, in order of arrival. */
  public List<QmpEvent> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** The first event of that name that arrived at or after {@code since} ({@link System#nanoTime}), waited for if need be. */
  public QmpEvent await(String event, long since, Duration timeout) throws QmpException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (events) {
      for (int next = 0; ; next++) {
        while (next == events.size()) {
          if (death != null) {
            throw new QmpException.Died(death.getMessage() + ", awaited: event " + event, death);
          }
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            String last = events.isEmpty() ? "none" : events.get(events.size() - 1).name();
            throw notYet("event " + event, timeout, "; the last event was " + last);
          }
          TimeUnit.NANOSECONDS.timedWait(events, left);
        }
        QmpEvent candidate = events.get(next);
        if (candidate.name().equals(event) && candidate.arrival() - since >= 0) {
          return candidate;
        }
      }
    }
  }

  /** Closes the streams and ends both threads; waits for that at most some seconds. Commands in progress end as {@code Died}. */
  @Override
  public void close() {
    die("closed by the controller", null);
    connection.close();
  }

  private void hear(QmpMessage message) {
    Conversation.Turn turn = conversation.hear(message);
    switch (turn.kind()) {
      case EVENT -> {
        QmpEvent event = new QmpEvent(turn.name(), turn.value(), turn.time());
        synchronized (events) {
          events.add(event);
          events.notifyAll();
        }
      }
      case ANSWER, REFUSAL -> {
        CompletableFuture<Conversation.Turn> answer = waiting.get(message.body().get("id").asLong());
        // none: its command has timed out
        if (answer != null) {
          answer.complete(turn);
        }
      }
      case GREETING -> greeting.complete(message.body());
      case COMMAND -> { }
      case OTHER -> throw new IllegalArgumentException("not a message of QMP: " + message.body());
    }
  }

  /** The first reason stays. */
  private void die(String reason, Throwable cause) {
    QmpException.Died first;
    synchronized (events) {
      if (death == null) {
        death = new QmpException.Died(name + ": " + reason, cause);
      }
      first = death;
      events.notifyAll();
    }
    greeting.completeExceptionally(first);
    waiting.values().forEach(answer -> answer.completeExceptionally(first));
  }

  private <T> T await(CompletableFuture<T> future, String what, Duration timeout)
      throws QmpException, InterruptedException {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw notYet(what, timeout, "");
    } catch (ExecutionException e) {
      throw new QmpException.Died(e.getCause().getMessage() + ", awaited: " + what, e.getCause());
    }
  }

  private QmpException.NotYet notYet(String what, Duration timeout, String lastSeen) {
    return new QmpException.NotYet(
        name + ": no " + what + " " + Patience.within(timeout) + lastSeen);
  }
}
