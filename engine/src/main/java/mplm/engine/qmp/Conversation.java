// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows which answer belongs to which command, with one QEMU or several, live or recorded. It is told each message in order of time.
 * Thread-safe, if a command is told before it is sent.
 */
public final class Conversation {
  /** The key of a message that is a command. */
  static final String EXECUTE = "execute";

  /** The same of one that is not to wait for others. */
  static final String EXECUTE_OUT_OF_BAND = "exec-oob";

  /** What a message is. */
  public enum Kind {
    GREETING,
    COMMAND,
    /** The answer to a command that was run. */
    ANSWER,
    /** The answer to a command that QEMU refused. */
    REFUSAL,
    EVENT,
    /** Nothing of QMP. */
    OTHER
  }

  /**
   * A message with its place in the conversation.
   *
   * @param name of the command that it is or answers, or of the event; empty if there is none
   * @param command that it answers; empty if it is no answer, or if no such command was told
   */
  public record Turn(Kind kind, String name, QmpMessage message, Optional<QmpMessage> command) {
    /** Whether it is one of that kind and name. */
    public boolean is(Kind otherKind, String otherName) {
      return kind == otherKind && name.equals(otherName);
    }

    /** The arguments of a command, what an answer returns, the error of a refusal, or the data of an event; may be missing. */
    public JsonNode value() {
      return message.body().path(switch (kind) {
        case GREETING -> "QMP";
        case COMMAND -> "arguments";
        case ANSWER -> "return";
        case REFUSAL -> "error";
        default -> "data";
      });
    }

    /** The peer of the message. */
    public String peer() {
      return message.peer();
    }

    /** When it was sent or came, nanoseconds of the messages' clock. */
    public long time() {
      return message.nanoTime();
    }
  }

  /** Commands that are not answered yet, by peer and id. */
  private final Map<String, QmpMessage> open = new ConcurrentHashMap<>();

  /** All turns of a conversation that was recorded, in order. */
  public static List<Turn> of(List<QmpMessage> messages) {
    Conversation conversation = new Conversation();
    return messages.stream().map(conversation::hear).toList();
  }

  /** The next message. */
  public Turn hear(QmpMessage message) {
    JsonNode body = message.body();
    String id = message.peer() + " " + body.path("id").asText();
    if (message.sent()) {
      open.put(id, message);
      return new Turn(Kind.COMMAND, command(message), message, Optional.empty());
    }
    if (body.has("event")) {
      return new Turn(Kind.EVENT, body.get("event").asText(), message, Optional.empty());
    }
    if (body.has("id") && (body.has("return") || body.has("error"))) {
      Optional<QmpMessage> command = Optional.ofNullable(open.remove(id));
      return new Turn(body.has("error") ? Kind.REFUSAL : Kind.ANSWER,
          command.map(Conversation::command).orElse(""), message, command);
    }
    return new Turn(body.has("QMP") ? Kind.GREETING : Kind.OTHER, "", message, Optional.empty());
  }

  private static String command(QmpMessage asked) {
    return asked.body().path(asked.body().has(EXECUTE) ? EXECUTE : EXECUTE_OUT_OF_BAND).asText();
  }
}
