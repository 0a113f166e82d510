// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import org.testng.annotations.Test;

public class ConversationTest {
  /** Two QEMUs use the same ids, and one answers out of turn. */
  @Test
  public void eachAnswerBelongsToTheCommandOfItsPeerAndId() throws Exception {
    List<QmpMessage> messages = List.of(
        message("source", false, 1, "{'QMP': {}}"),
        message("source", true, 2, "{'execute': 'migrate', 'id': 1, 'arguments': {'uri': 'u'}}"),
        message("destination", true, 3, "{'execute': 'query-status', 'id': 1}"),
        message("source", true, 4, "{'exec-oob': 'stop', 'id': 2}"),
        message("source", false, 5, "{'error': {'class': 'GenericError'}, 'id': 2}"),
        message("destination", false, 6, "{'return': {'running': true}, 'id': 1}"),
        message("source", false, 7, "{'event': 'STOP', 'data': {'x': 1}}"),
        message("source", false, 8, "{'return': {}, 'id': 1}"),
        message("source", false, 9, "{'return': {}, 'id': 1}"),
        message("source", false, 10, "{'id': 1}"));
    List<Turn> turns = Conversation.of(messages);
    assertThat(turns).extracting(turn -> turn.kind() + " " + turn.name()).containsExactly("GREETING ", "COMMAND migrate",
        "COMMAND query-status", "COMMAND stop", "REFUSAL stop", "ANSWER query-status", "EVENT STOP", "ANSWER migrate", "ANSWER ",
        "OTHER ");
    assertThat(turns).extracting(turn -> turn.command().map(QmpMessage::nanoTime)).containsExactly(Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.of(4L), Optional.of(3L), Optional.empty(), Optional.of(2L), Optional.empty(),
        Optional.empty());
    assertThat(turns.get(1).value().path("uri").asText()).isEqualTo("u");
    assertThat(turns.get(4).value().path("class").asText()).isEqualTo("GenericError");
    assertThat(turns.get(5).value().path("running").asBoolean()).isTrue();
    assertThat(turns.get(6).value().path("x").asInt()).isEqualTo(1);
    assertThat(turns.get(9).value().isMissingNode()).isTrue();
  }

  private static QmpMessage message(String peer, boolean sent, long time, String body) throws Exception {
    return new QmpMessage(peer, sent, time, new ObjectMapper().readTree(body.replace('\'', '"')));
  }
}
