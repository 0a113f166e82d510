// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import mplm.engine.FakeQemu;
import mplm.engine.SocketPair;
import mplm.engine.unit.Patience;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The client against a peer that the test plays, mostly a bad one. */
public class QmpClientTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration MOMENT = Duration.ofMillis(50);

  private final List<QmpMessage> recorded = Collections.synchronizedList(new ArrayList<>());
  private FakeQemu qemu;
  private QmpClient client;

  @BeforeMethod
  public void connect() throws Exception {
    recorded.clear();
    qemu = new FakeQemu();
    client = qemu.client("source", recorded::add);
  }

  @AfterMethod(alwaysRun = true)
  public void close() throws Exception {
    client.close();
    qemu.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().matches("qmp (reader|writer) source")) {
        thread.join(SOON.toMillis());
        assertThat(thread.isAlive()).as("%s outlives its client", thread.getName()).isFalse();
      }
    }
  }

  @Test
  public void answersGoToTheirCommandsWhateverTheirOrder() throws Exception {
    qemu.on("one", arguments -> "");
    qemu.on("two", arguments -> "{\"id\":ID,\"return\":\"b\"} {\"return\":\"a\",\n\"id\":2}");
    CompletableFuture<String> first = execute("one");
    awaitCommands(2);
    assertThat(client.execute("two", SOON).asText()).isEqualTo("b");
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("a");
  }

  @Test
  public void argumentsAreJson() throws Exception {
    client.execute("migrate", Map.of("uri", "tcp:[::1]:\"1\""), SOON);
    assertThat(qemu.commands().get(1)).hasToString(
        "{\"execute\":\"migrate\",\"id\":2,\"arguments\":{\"uri\":\"tcp:[::1]:\\\"1\\\"\"}}");
  }

  @Test
  public void anErrorIsARefusal() {
    qemu.on("fly", arguments -> "{\"error\":{\"class\":\"CommandNotFound\",\"desc\":\"no such thing\"},\"id\":ID}");
    assertThatThrownBy(() -> client.execute("fly", SOON))
        .isInstanceOf(QmpException.Refused.class).hasMessage("source refused fly: no such thing");
  }

  @Test
  public void silenceIsNotYetAndALateAnswerIsDropped() throws Exception {
    qemu.on("one", arguments -> "");
    qemu.on("two", arguments -> "{\"return\":\"late\",\"id\":2}{\"return\":\"right\",\"id\":ID}");
    assertThatThrownBy(() -> client.execute("one", MOMENT))
        .isInstanceOf(QmpException.NotYet.class).hasMessage("source: no answer to one " + Patience.within(MOMENT));
    assertThat(client.execute("two", SOON).asText()).isEqualTo("right");
  }

  @Test
  public void aPeerThatDoesNotReadCannotHoldACaller() throws Exception {
    try (SocketPair sockets = SocketPair.open()) {
      sockets.far().getOutputStream().write("{\"QMP\":{}}".getBytes(StandardCharsets.UTF_8));
      CompletableFuture<Void> answer = CompletableFuture.runAsync(() -> {
        try {
          sockets.far().getInputStream().read();
          sockets.far().getOutputStream().write("{\"return\":{},\"id\":1}".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          throw new CompletionException(e);
        }
      });
      try (QmpClient stuck = QmpClient.open(
          "stuck", sockets.near().getInputStream(), sockets.near().getOutputStream(), message -> { }, SOON)) {
        answer.get(20, TimeUnit.SECONDS);
        Map<String, String> big = Map.of("a", "x".repeat(32 << 20));
        assertThatThrownBy(() -> stuck.execute("one", big, MOMENT)).isInstanceOf(QmpException.NotYet.class);
      }
    }
  }

  @DataProvider
  public Object[][] ends() {
    return new Object[][] {
      {"", "closed the connection"},
      {"{\"return\": {", "end-of-input"},
      {"qemu-system-x86_64: warning: what", "Unrecognized token"},
      {"{\"hello\": 1}", "not a message of QMP"},
      {"[1]", "not a message of QMP"},
      {"\u0000\u0001", "Illegal character"},
    };
  }

  @Test(dataProvider = "ends")
  public void anEndOrGarbageIsDeathAndSaysWhy(String last, String reason) throws Exception {
    qemu.on("one", arguments -> "");
    CompletableFuture<String> pending = execute("one");
    awaitCommands(2);
    qemu.say(last);
    qemu.end();
    assertThatThrownBy(() -> pending.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(QmpException.Died.class)
        .hasMessageContaining("source: ").hasMessageContaining(reason).hasMessageContaining("awaited: answer to one");
    assertThatThrownBy(() -> client.execute("two", SOON)).isInstanceOf(QmpException.Died.class).hasMessageContaining(reason);
    assertThatThrownBy(() -> client.await("STOP", 0, SOON)).isInstanceOf(QmpException.Died.class).hasMessageContaining("event STOP");
  }

  @Test
  public void closingEndsACommandInProgress() throws Exception {
    qemu.on("one", arguments -> "");
    CompletableFuture<String> pending = execute("one");
    awaitCommands(2);
    client.close();
    assertThatThrownBy(() -> pending.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(QmpException.Died.class)
        .hasMessageContaining("closed by the controller");
  }

  @Test
  public void eventsAreStampedAndKept() throws Exception {
    long before = System.nanoTime();
    qemu.say("{\"event\":\"STOP\",\"timestamp\":{}}{\"event\":\"RESUME\",\"data\":{\"a\":1}}");
    QmpEvent resume = client.await("RESUME", before, SOON);
    assertThat(resume.data().path("a").asInt()).isEqualTo(1);
    QmpEvent stop = client.await("STOP", before, SOON);
    assertThat(stop.arrival()).isBetween(before, resume.arrival());
    assertThat(client.events()).containsExactly(stop, resume);
    assertThatThrownBy(() -> client.await("STOP", resume.arrival() + 1, MOMENT))
        .isInstanceOf(QmpException.NotYet.class)
        .hasMessage("source: no event STOP " + Patience.within(MOMENT) + "; the last event was RESUME");
  }

  @Test
  public void everyMessageIsRecorded() throws Exception {
    qemu.on("one", arguments -> "{\"event\":\"STOP\"}{\"return\":{},\"id\":ID}");
    client.execute("one", SOON);
    assertThat(recorded).extracting(QmpMessage::toString).containsExactly(
        "source < {\"QMP\":{\"version\":{},\"capabilities\":[]}}",
        "source > {\"execute\":\"qmp_capabilities\",\"id\":1}",
        "source < {\"return\":{},\"id\":1}",
        "source > {\"execute\":\"one\",\"id\":2}",
        "source < {\"event\":\"STOP\"}",
        "source < {\"return\":{},\"id\":2}");
  }

  @Test
  public void aPeerWithoutAGreetingIsNotWaitedForLong() throws Exception {
    try (SocketPair silent = SocketPair.open()) {
      assertThatThrownBy(() -> QmpClient.open(
          "mute", silent.near().getInputStream(), silent.near().getOutputStream(), message -> { }, MOMENT))
          .isInstanceOf(QmpException.NotYet.class).hasMessage("mute: no greeting " + Patience.within(MOMENT));
      assertThat(silent.near().isClosed()).isTrue();
    }
  }

  private CompletableFuture<String> execute(String command) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return client.execute(command, SOON).asText();
      } catch (IOException | InterruptedException e) {
        throw new CompletionException(e);
      }
    });
  }

  private void awaitCommands(int count) throws InterruptedException {
    for (int n = 0; qemu.commands().size() < count; n++) {
      assertThat(n).as("looks for command %d", count).isLessThan(2000);
      Thread.sleep(10);
    }
  }
}
