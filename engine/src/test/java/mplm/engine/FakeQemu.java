// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpMessage;

/** A peer of this process that speaks QMP as the test tells it to: well, late, wrongly or not at all. */
public final class FakeQemu implements AutoCloseable {
  private static final String EMPTY = "{\"return\": {}, \"id\": ID}";

  private final SocketPair sockets = SocketPair.open();
  private final Map<String, Function<JsonNode, String>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> commands = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::serve, "fake qemu");

  public FakeQemu() throws IOException {
    thread.setDaemon(true);
    thread.start();
    say("{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n");
  }

  /** A client of it. */
  public QmpClient client(String name, Consumer<QmpMessage> recorder) throws IOException, InterruptedException {
    return QmpClient.open(
        name, sockets.near().getInputStream(), sockets.near().getOutputStream(), recorder, Duration.ofSeconds(20));
  }

  /** What it says to a command, given its arguments; ID stands for the command's. Commands not named return an empty object. */
  public FakeQemu on(String command, Function<JsonNode, String> answer) {
    answers.put(command, answer);
    return this;
  }

  /** Returns this JSON to a command. */
  public FakeQemu returns(String command, String json) {
    return on(command, arguments -> "{\"id\": ID, \"return\": " + json + "}");
  }

  /** Says this now. */
  public void say(String text) throws IOException {
    sockets.far().getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends its side of the connection, if the client has not ended it already. */
  public void end() throws IOException {
    sockets.far().close();
  }

  /** The commands so far, whole messages. */
  public List<JsonNode> commands() {
    return commands;
  }

  private void serve() {
    ObjectMapper json = new ObjectMapper();
    try (MappingIterator<JsonNode> messages = json.readerFor(JsonNode.class).readValues(sockets.far().getInputStream())) {
      while (messages.hasNextValue()) {
        JsonNode message = messages.nextValue();
        commands.add(message);
        String answer = answers.getOrDefault(message.path("execute").asText(), arguments -> EMPTY).apply(message.path("arguments"));
        say(answer.replace("ID", message.path("id").asText()));
      }
    } catch (IOException e) {
      // the client or the test closed the connection: this peer's end, whatever it was doing
      commands.add(json.getNodeFactory().textNode(e.toString()));
    }
  }

  @Override
  public void close() throws IOException {
    sockets.close();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
