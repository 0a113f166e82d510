// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import mplm.engine.FakeQemu;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;
import mplm.engine.unit.Patience;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What a migration makes of QEMU's answers, with two peers that give them as the test wants. */
public class MigrationTest {
  private static final Method PRECOPY = new Precopy(Duration.ofMillis(300));
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String RAM = "\"ram\": {\"transferred\": %d, \"remaining\": %d, \"total\": 1073741824, \"normal\": 7,"
      + " \"duplicate\": 8, \"dirty-sync-count\": 3, \"dirty-pages-rate\": %d, \"mbps\": 95.5}";
  private static final String MPLM = "\"mplm\": {\"policy\": \"paper\", \"scheduler-hash\": \"abc\", \"epochs\": 5, \"dirty-pages\": 10,"
      + " \"nondirty-pages\": 11, \"dirty-sent\": 12, \"nondirty-sent\": 13, \"visits\": 14, \"fetched\": 15, \"live-time\": 1600,"
      + " \"stop-pages\": 17, \"stop-bytes\": 69632, \"end\": \"nondirty-empty\"}";
  private static final String LOADING = "{\"status\": \"inmigrate\", \"running\": false}";
  private static final String ACTIVE = "{\"status\": \"active\", " + String.format(RAM, 1000, 5000, 42) + "}";
  private static final String COMPLETED =
      "{\"status\": \"completed\", \"total-time\": 9000, \"downtime\": 250, \"setup-time\": 5, " + String.format(RAM, 2000, 0, 0) + "}";

  private final List<Progress> seen = new ArrayList<>();
  private final List<QmpMessage> messages = Collections.synchronizedList(new ArrayList<>());
  private FakeQemu source;
  private FakeQemu destination;
  private QmpClient toSource;
  private QmpClient toDestination;

  @BeforeMethod
  public void connect() throws Exception {
    seen.clear();
    messages.clear();
    source = new FakeQemu();
    destination = new FakeQemu();
    toSource = source.client("source", messages::add);
    toDestination = destination.client("destination", messages::add);
    source.returns("query-status", "{\"status\": \"running\", \"running\": true}");
    source.returns("query-migrate-capabilities", "[{\"capability\": \"xbzrle\", \"state\": false}]");
    destination.returns("query-status", "{\"status\": \"running\", \"running\": true}");
    destination.returns("query-migrate", "{\"socket-address\": [{\"type\": \"inet\", \"host\": \"h\", \"port\": \"4711\"}]}");
    source.on("migrate", arguments -> "{\"event\": \"STOP\"} {\"return\": {}, \"id\": ID}");
    destination.on("migrate-incoming", arguments -> "{\"return\": {}, \"id\": ID}");
  }

  @AfterMethod(alwaysRun = true)
  public void close() throws Exception {
    toSource.close();
    toDestination.close();
    source.close();
    destination.close();
  }

  @Test
  public void completedWaitsForTheFinalNumbersAndKeepsTheLastPoll() throws Exception {
    states(ACTIVE, ACTIVE, "{\"status\": \"completed\", \"total-time\": 0}", COMPLETED);
    destinationLoads(3);
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.reason()).isEmpty();
    assertThat(result.totalTime()).contains(Duration.ofSeconds(9));
    assertThat(result.downtime()).contains(Duration.ofMillis(250));
    assertThat(result.setupTime()).contains(Duration.ofMillis(5));
    Progress.Ram last = result.last().orElseThrow().ram().orElseThrow();
    assertThat(last.remaining()).isEqualTo(new DataSize(5000));
    assertThat(last.dirtyPagesRate()).isEqualTo(42);
    assertThat(result.end().ram().orElseThrow().transferred()).isEqualTo(new DataSize(2000));
    assertThat(result.end().mplm()).isEmpty();
    assertThat(seen).extracting(Progress::status).containsExactly("active", "active", "completed", "completed");
  }

  /** A method of which the kit knows nothing: its limit is raised with each poll. */
  private record Stepped(Duration first) implements Method {
    @Override
    public String name() {
      return "stepped";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("downtime-limit", first.toMillis());
    }

    @Override
    public Set<String> capabilities() {
      return Set.of("x-stepped");
    }

    @Override
    public Steering steering() {
      long[] limit = {first.toMillis()};
      return (now, from, to) ->
          from.execute("migrate-set-parameters", Map.of("downtime-limit", limit[0] *= 2), Duration.ofSeconds(10));
    }
  }

  @Test
  public void aMethodThatIsAddedHasItsParametersAndSteersQemu() throws Exception {
    states(ACTIVE, ACTIVE, COMPLETED);
    destinationLoads(1);
    try (AutoCloseable added = Methods.add(new Methods.Form("stepped", "stepped:DURATION", "moves in steps", false, Set.of("x-stepped"),
        rest -> new Stepped(Durations.parse(rest.orElseThrow()))))) {
      assertThat(added).isNotNull();
      source.returns("query-migrate-capabilities", "[{\"capability\": \"mplm\", \"state\": true}]");
      assertThat(run(Method.parse("stepped:20ms"), LONG).outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(Method.parseList("mplm:epoch=1s,strict,stepped:20ms,mplm,precopy:1s")).hasSize(4)
          .element(1).isEqualTo(new Stepped(Duration.ofMillis(20)));
    }
    assertThat(source.commands()).filteredOn(command -> command.path("execute").asText().equals("migrate-set-parameters"))
        .extracting(command -> command.at("/arguments/downtime-limit").asLong()).containsExactly(20L, 40L, 80L);
    assertThat(source.commands()).filteredOn(command -> command.path("execute").asText().equals("migrate-set-capabilities"))
        .last().satisfies(last -> assertThat(last.at("/arguments/capabilities"))
            .extracting(one -> one.get("capability").asText() + " " + one.get("state")).containsExactlyInAnyOrder(
                "x-stepped true", "mplm false"));
    assertThatThrownBy(() -> Method.parse("stepped:20ms")).hasMessageContaining("a method is precopy:DURATION");
  }

  @Test
  public void downtimeIsSeenFromStopToResume() throws Exception {
    states(ACTIVE, COMPLETED);
    destinationLoads(2);
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.stop()).hasValue(toSource.events().get(0).arrival());
    assertThat(result.resume()).hasValue(toDestination.events().get(0).arrival());
    assertThat(result.downtimeSeen()).contains(Duration.ofNanos(result.resume().getAsLong() - result.stop().getAsLong()));
    assertThat(result.downtimeSeen().orElseThrow()).isPositive();
  }

  /** Its program was done in that moment. */
  @Test
  public void aGuestThatPowersOffAsSoonAsItHasArrivedWasMoved() throws Exception {
    states(ACTIVE, COMPLETED);
    destination.on("query-status", arguments -> {
      try {
        destination.say("{\"event\": \"RESUME\"} {\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-shutdown\"}}");
        destination.end();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "";
    });
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED);
    assertThat(result.resume()).hasValue(toDestination.events().get(0).arrival());
  }

  /** Nobody knows whether the guest ever ran there. */
  @Test
  public void aDestinationThatDiesBeforeItsGuestHasGoneOnIsAFailure() throws Exception {
    states(ACTIVE, COMPLETED);
    destination.on("query-status", arguments -> {
      try {
        destination.end();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "";
    });
    assertThat(run(PRECOPY, LONG).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  public void aDestinationThatStaysStoppedHasNoResume() throws Exception {
    states(COMPLETED);
    destination.returns("query-status", "{\"status\": \"paused\", \"running\": false}");
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.stop()).isPresent();
    assertThat(result.resume()).isEmpty();
    assertThat(result.downtimeSeen()).isEmpty();
  }

  @Test
  public void atItsLimitItIsCancelledAndNotConverged() throws Exception {
    states(ACTIVE);
    destination.returns("query-status", LOADING);
    aCancelIsFollowedBy("{\"status\": \"cancelling\"}", "{\"status\": \"cancelled\"}");
    MigrationResult result = run(PRECOPY, Duration.ofMillis(300));
    assertThat(result.outcome()).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(result.reason()).contains("not converged after 0.3s");
    assertThat(result.totalTime()).isEmpty();
    assertThat(result.downtimeSeen()).isEmpty();
    assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    assertThat(result.end().status()).isEqualTo("cancelled");
    assertThat(result.end().ram().orElseThrow().transferred()).isEqualTo(new DataSize(1000));
  }

  /** QEMU does not lift its limit of the vCPUs itself. */
  @Test
  public void whoIsNotMovedIsNotSlowedDownAnyLonger() throws Exception {
    states(ACTIVE);
    aCancelIsFollowedBy("{\"status\": \"cancelled\"}");
    assertThat(run(Method.parse("precopy:1ms,dirty-limit=4"), Duration.ofMillis(100)).outcome()).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(source.commands()).extracting(command -> command.path("execute").asText())
        .containsSubsequence("migrate_cancel", "cancel-vcpu-dirty-limit");
  }

  @Test
  public void whoIsStillSlowedDownIsTold() throws Exception {
    states("{\"status\": \"failed\", \"error-desc\": \"Channel error\"}");
    source.on("cancel-vcpu-dirty-limit",
        arguments -> "{\"error\": {\"class\": \"GenericError\", \"desc\": \"migration is running\"}, \"id\": ID}");
    assertThat(run(Method.parse("precopy:1ms,dirty-limit=4"), LONG).reason().orElseThrow()).contains("Channel error")
        .contains("; the guest is still slowed down: ").endsWith("migration is running");
  }

  /** Long before its limit; cancelled once, and never begun again. */
  @Test
  public void oneThatStandsStillHasFailed() throws Exception {
    states(ACTIVE);
    destination.returns("query-status", LOADING);
    aCancelIsFollowedBy("{\"status\": \"cancelling\"}", "{\"status\": \"cancelled\"}");
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason()).contains(
        "migration link: no progress, nothing more got through from source to destination for "
            + Durations.print(Patience.of(Duration.ofSeconds(10))) + ", 1000 bytes before");
    assertThat(result.elapsed()).isBetween(Patience.of(Duration.ofSeconds(10)), Patience.of(Duration.ofSeconds(30)));
    assertThat(source.commands()).filteredOn(command -> command.path("execute").asText().equals("migrate")).hasSize(1);
  }

  /** As through a firewall that drops what it does not let through: QEMU waits for minutes, and says nothing. */
  @Test
  public void oneThatNeverConnectsIsToldAsThat() throws Exception {
    states("{\"status\": \"setup\"}");
    destination.returns("query-status", LOADING);
    aCancelIsFollowedBy("{\"status\": \"cancelled\"}");
    assertThat(run(PRECOPY, LONG).reason()).contains("migration link: no connection from source to destination came about for "
        + Durations.print(Patience.of(Duration.ofSeconds(10))));
  }

  /** A cancel may end as "failed", for a reason that the cancel itself has made. */
  @Test
  public void failedByTheCancelIsNotConverged() throws Exception {
    states(ACTIVE);
    destination.returns("query-status", LOADING);
    aCancelIsFollowedBy("{\"status\": \"failed\", \"error-desc\": \"Channel error\"}");
    MigrationResult result = run(PRECOPY, Duration.ofMillis(100));
    assertThat(result.outcome()).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(result.reason()).contains("not converged after 0.1s"); // what the streams say then is of the cancel itself
  }

  /** All of it may be at the destination by then, which would run it while a cancel lets it go on at the source. */
  @Test
  public void whatIsLeavingIsNotCancelledAtTheLimit() throws Exception {
    String leaving = ACTIVE.replace("active", "device");
    states(leaving, leaving, leaving, leaving, leaving, COMPLETED);
    destinationLoads(0);
    assertThat(run(PRECOPY, Duration.ofMillis(150)).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(source.commands()).noneMatch(command -> command.path("execute").asText().equals("migrate_cancel"));
  }

  /** It has got all in the moment before the cancel. */
  @Test
  public void aGuestThatRunsAtBothSidesIsEndedAtTheDestination() throws Exception {
    states(ACTIVE);
    aCancelIsFollowedBy("{\"status\": \"cancelled\"}");
    MigrationResult result = run(PRECOPY, Duration.ofMillis(100));
    assertThat(result.outcome()).isEqualTo(Outcome.NOT_CONVERGED);
    assertThat(result.reason()).contains("not converged after 0.1s; destination: ran the guest too, and was ended");
    assertThat(destination.commands()).last().satisfies(last -> assertThat(last.path("execute").asText()).isEqualTo("quit"));
  }

  /** The cancel lost the race: the guest is at the destination, and that is what counts. */
  @Test
  public void completedAfterTheCancelIsCompleted() throws Exception {
    states(ACTIVE);
    aCancelIsFollowedBy(COMPLETED);
    destinationLoads(0);
    assertThat(run(PRECOPY, Duration.ofMillis(100)).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  /** Post-copy began between a look and the cancel, which QEMU refuses then: the guest is on its way, and nothing has failed. */
  @Test
  public void aCancelThatPostcopyForestallsIsNoFailure() throws Exception {
    states(ACTIVE);
    source.on("migrate_cancel", arguments -> {
      states(ACTIVE.replace("active", "postcopy-active"), COMPLETED);
      return "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Postcopy migration in progress, cannot cancel.\"}, \"id\": ID}";
    });
    destinationLoads(0);
    assertThat(run(Method.parse("postcopy:after=9pass"), Duration.ofMillis(100)).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  /** However often its driver tries, and QEMU falls back to paused. */
  @Test
  public void aStreamThatBreaksOnceIsMadeAnewOnce() throws Exception {
    MigrationAccount account = new MigrationAccount(Method.parse("postcopy"), 0);
    int time = 0;
    for (String status : List.of("active", "postcopy-active", "postcopy-paused", "postcopy-recover", "postcopy-paused", "postcopy-paused",
        "postcopy-recover-setup", "postcopy-active", "postcopy-active")) {
      account.look(new ObjectMapper().readTree(ACTIVE.replace("active", status)), time++);
    }
    account.look(new ObjectMapper().readTree(COMPLETED.replace("\"ram\": {", "\"ram\": {\"postcopy-bytes\": 7, ")), time);
    assertThat(account.completed().postcopy().orElseThrow().recoveries()).isEqualTo(1);
  }

  @Test
  public void failureHasTheReasonsOfBothSides() throws Exception {
    states(ACTIVE, "{\"status\": \"failed\", \"error-desc\": \"Broken pipe\"}");
    destination.on("query-migrate", new Function<JsonNode, String>() {
      private int calls;

      @Override
      public String apply(JsonNode arguments) {
        return "{\"id\": ID, \"return\": " + (calls++ == 0
            ? "{\"socket-address\": [{\"port\": \"1\"}]}" : "{\"status\": \"failed\", \"error-desc\": \"no such device\"}") + "}";
      }
    });
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason()).contains("source: Broken pipe; destination: no such device");
    assertThat(result.end().ram()).isPresent();
  }

  /** Since QEMU 11.0 there is a state on the way to it; made up after its documentation. */
  @Test
  public void oneThatIsFailingHasNotEndedYet() throws Exception {
    states(ACTIVE, "{\"status\": \"failing\"}", "{\"status\": \"failing\"}", "{\"status\": \"failed\", \"error-desc\": \"late\"}");
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason().orElseThrow()).startsWith("source: late");
    assertThat(seen).extracting(Progress::status).containsExactly("active", "failing", "failing", "failed");
  }

  /** At its limit too; a cancel would be the outcome then. */
  @Test
  public void oneThatIsFailingIsNotCancelled() throws Exception {
    String failing = ACTIVE.replace("active", "failing");
    states(failing, failing, failing, failing, failing, "{\"status\": \"failed\", \"error-desc\": \"no space\"}");
    MigrationResult result = run(PRECOPY, Duration.ofMillis(150));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason().orElseThrow()).startsWith("source: no space");
    assertThat(source.commands()).noneMatch(command -> command.path("execute").asText().equals("migrate_cancel"));
  }

  /** The states are those of QEMU 11.1.1 whose destination was killed; its guest went on. */
  @Test
  public void postcopyThatFailsBeforeTheDestinationHasTheGuestLosesNothing() throws Exception {
    for (String loading : List.of("postcopy-device", "postcopy-active")) {
      states(ACTIVE, ACTIVE.replace("active", loading), ACTIVE.replace("active", "failing"),
          "{\"status\": \"failed\", \"error-desc\": \"Unable to read from socket: Connection reset by peer\"}");
      messages.clear();
      MigrationResult result = run(Method.parse("postcopy:after=0pass"), LONG);
      assertThat(result.outcome()).isEqualTo(loading.equals("postcopy-device") ? Outcome.FAILED : Outcome.LOST);
      assertThat(result.reason().orElseThrow()).contains("source: Unable to read from socket: Connection reset by peer");
    }
  }

  /** QEMU 11.1 waits for the destination to have the devices, which takes a slow link longer than a broken one is waited for. */
  @Test
  public void devicesThatAreOnTheirWayAreNoBrokenStream() throws Exception {
    for (boolean still : List.of(false, true)) {
      PostcopyRecovery recovery = new PostcopyRecovery(null, null, null); // that state has nothing to recover
      assertThat(recovery.goesOn(devices(Duration.ZERO), still)).isTrue();
      assertThat(recovery.goesOn(devices(PostcopyRecovery.LONGEST.plusMillis(1)), still)).isEqualTo(!still);
    }
  }

  private static Progress devices(Duration elapsed) {
    return new Progress(elapsed, "postcopy-device", Optional.empty(), Optional.empty());
  }

  /** Since 11.1 {@code expected-downtime} is QEMU's INT64_MAX when nothing gets through; nobody reads it, and nothing breaks. */
  @Test
  public void anEndlessExpectedDowntimeIsNoNumberOfAMigration() throws Exception {
    states(ACTIVE.replaceFirst("\\{", "{\"expected-downtime\": 9223372036854775807, \"remaining\": 9223372036854775807, "), COMPLETED);
    destinationLoads(0);
    assertThat(run(PRECOPY, LONG).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  public void aDeadDestinationIsNamedInTheReason() throws Exception {
    states(ACTIVE, "{\"status\": \"failed\"}");
    source.on("migrate", arguments -> {
      end(destination);
      return "{\"return\": {}, \"id\": ID}";
    });
    assertThat(run(PRECOPY, LONG).reason().orElseThrow())
        .startsWith("source: failed without a reason; destination: ");
  }

  @Test
  public void aSourceThatDiesIsAFailure() throws Exception {
    states(ACTIVE);
    source.on("query-migrate", new Function<JsonNode, String>() {
      private int calls;

      @Override
      public String apply(JsonNode arguments) {
        if (calls++ == 2) {
          end(source);
        }
        return "{\"id\": ID, \"return\": " + ACTIVE + "}";
      }
    });
    MigrationResult result = run(PRECOPY, LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason().orElseThrow()).startsWith("source: ");
    assertThat(result.last()).isPresent();
  }

  @Test
  public void messagesWithoutAMigrationGiveNoResult() throws Exception {
    toSource.execute("query-status", LONG);
    assertThat(MigrationResult.of(PRECOPY, false, Outcome.FAILED, Optional.of("why"), List.copyOf(messages))).isEmpty();
  }

  /** The rest of the record is lost, and another file says that the migration completed. */
  @Test
  public void aRecordThatBreaksOffBeforeTheNumbersIsRefused() throws Exception {
    states(COMPLETED);
    run(PRECOPY, LONG);
    int end = messages.size();
    while (messages.get(end - 1).body().path("return").path("total-time").isMissingNode()) {
      end--;
    }
    int begin = 0;
    while (!messages.get(begin).body().path("execute").asText().equals("migrate")) {
      begin++;
    }
    for (int length = begin + 1; length < end; length++) {
      List<QmpMessage> kept = List.copyOf(messages.subList(0, length));
      assertThatThrownBy(() -> MigrationResult.of(PRECOPY, false, Outcome.COMPLETED, Optional.empty(), kept)).as("%s messages", length)
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("query-migrate");
    }
  }

  /** It was told to go on after the comparison of its memory: when it did says nothing of the downtime. */
  @Test
  public void aDestinationThatIsContinuedHasNoResume() throws Exception {
    states(COMPLETED);
    destination.returns("query-status", "{\"status\": \"paused\", \"running\": false}");
    destination.on("cont", arguments -> "{\"event\": \"RESUME\"} {\"id\": ID, \"return\": {}}");
    MigrationResult result = run(PRECOPY, LONG);
    toDestination.execute("cont", LONG);
    assertThat(toDestination.events()).extracting(event -> event.name()).containsExactly("RESUME");
    assertThat(MigrationResult.of(PRECOPY, true, result.outcome(), result.reason(), List.copyOf(messages)).orElseThrow().resume()).isEmpty();
  }

  /** It is stopped before anything is asked for, and told to go on at the destination: its downtime is from the one to the other. */
  @Test
  public void aGuestThatIsStoppedFirstGoesOnAtTheDestination() throws Exception {
    stopsWhenTold();
    states(ACTIVE, COMPLETED);
    destination.returns("query-status", "{\"status\": \"paused\", \"running\": false}");
    destination.on("cont", arguments -> {
      destination.returns("query-status", "{\"status\": \"running\", \"running\": true}");
      return "{\"event\": \"RESUME\"} {\"id\": ID, \"return\": {}}";
    });
    MigrationResult result = run(new StopAndCopy(), LONG);
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.downtimeSeen().orElseThrow()).isBetween(Duration.ofMillis(50), result.elapsed().plusSeconds(5));
    assertThat(names(source)).containsSubsequence("stop", "migrate");
    assertThat(names(destination)).endsWith("cont", "query-status");
  }

  /** Its memory is compared first. */
  @Test
  public void aGuestThatIsStoppedFirstAndHeldStandsStill() throws Exception {
    stopsWhenTold();
    states(COMPLETED);
    destination.returns("query-status", "{\"status\": \"paused\", \"running\": false}");
    MigrationResult result =
        new Migration(toSource, toDestination, new StopAndCopy(), "h", Route.DIRECT, LONG, Optional.empty(), true).run(seen::add);
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.stop()).isPresent();
    assertThat(result.resume()).isEmpty();
    assertThat(names(destination)).doesNotContain("cont");
  }

  @DataProvider
  public Object[][] endsAtTheSource() {
    String failed = "{\"status\": \"failed\", \"error-desc\": \"no\"}";
    return new Object[][] {
        {"paused", failed, Outcome.FAILED, true},
        {"paused", "{\"status\": \"cancelled\"}", Outcome.FAILED, true},
        {"postmigrate", failed, Outcome.FAILED, false}, // the source has sent it all: at two places it must not run
    };
  }

  @Test(dataProvider = "endsAtTheSource")
  public void aGuestThatWasStoppedFirstAndNotMovedGoesOnWhereItIs(String status, String end, Outcome outcome, boolean goesOn) throws Exception {
    stopsWhenTold();
    states(ACTIVE, end);
    source.on("stop", arguments -> {
      source.returns("query-status", "{\"status\": \"" + status + "\", \"running\": false}");
      return "{\"event\": \"STOP\"} {\"id\": ID, \"return\": {}}";
    });
    source.on("cont", arguments -> "{\"event\": \"RESUME\"} {\"id\": ID, \"return\": {}}");
    assertThat(run(new StopAndCopy(), LONG).outcome()).isEqualTo(outcome);
    assertThat(names(source).contains("cont")).isEqualTo(goesOn);
  }

  @Test
  public void aGuestThatWasStoppedForAMigrationThatIsRefusedGoesOn() throws Exception {
    stopsWhenTold();
    source.on("migrate", arguments -> "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": ID}");
    source.on("cont", arguments -> "{\"event\": \"RESUME\"} {\"id\": ID, \"return\": {}}");
    assertThatThrownBy(() -> run(new StopAndCopy(), LONG)).isInstanceOf(QmpException.Refused.class);
    assertThat(names(source)).endsWith("cont");
  }

  @Test
  public void aSettingThatIsNotTakenThrowsAndMigratesNothing() throws Exception {
    source.on("migrate-set-parameters", arguments -> "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": ID}");
    assertThatThrownBy(() -> run(PRECOPY, LONG)).isInstanceOf(QmpException.Refused.class);
    assertThat(source.commands()).noneMatch(command -> command.path("execute").asText().equals("migrate"));
  }

  @Test
  public void precopySetsItsDowntimeAndNoLimitOfItsOwn() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    run(new Precopy(Duration.ofSeconds(20)), LONG);
    assertThat(arguments(source, "migrate-set-parameters"))
        .hasToString("{\"max-bandwidth\":0,\"avail-switchover-bandwidth\":0,\"downtime-limit\":20000}");
    // the fake knows xbzrle, which an earlier method may have switched on
    assertThat(capabilities(source)).containsExactlyInAnyOrder("return-path=true", "events=true", "xbzrle=false");
    assertThat(capabilities(destination)).containsExactlyInAnyOrder("return-path=true", "events=true");
    assertThat(arguments(destination, "migrate-incoming").path("uri").asText()).isEqualTo("tcp:[fd00::2]:0");
    assertThat(arguments(source, "migrate").path("uri").asText()).isEqualTo("tcp:[fd00::2]:4711");
  }

  @Test
  public void aFeatureIsSwitchedOnWhereQemuNeedsIt() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    source.returns("query-migrate-capabilities", "[{\"capability\": \"mplm\", \"state\": true},"
        + " {\"capability\": \"xbzrle\", \"state\": false}]");
    run(Method.parse("precopy:1s,auto-converge,multifd=4/zlib"), LONG);
    assertThat(arguments(destination, "migrate-set-parameters").path("multifd-channels").asInt()).isEqualTo(4);
    assertThat(arguments(destination, "migrate-set-parameters").path("multifd-compression").asText()).isEqualTo("zlib");
    assertThat(capabilities(destination)).contains("multifd=true").doesNotContain("auto-converge=true");
    assertThat(capabilities(source)).contains("multifd=true", "auto-converge=true", "mplm=false", "xbzrle=false");
    assertThat(arguments(source, "migrate-set-parameters").path("cpu-throttle-initial").asInt()).isEqualTo(20);
  }

  @Test
  public void precopyOfAQemuThatKnowsMplmTurnsItOff() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    source.returns("query-migrate-capabilities", "[{\"capability\": \"mplm\", \"state\": true}]");
    run(PRECOPY, LONG);
    assertThat(capabilities(source)).contains("mplm=false");
  }

  @Test
  public void mplmSetsItsKnobsAndNoDowntime() throws Exception {
    states(ACTIVE, COMPLETED.replaceFirst("\\{", "{" + MPLM + ", "));
    destinationLoads(0);
    MigrationResult result = run(Method.parse("mplm:epoch=1s,share=25,batch=10,strict"), LONG);
    assertThat(arguments(source, "migrate-set-parameters")).hasToString(
        "{\"max-bandwidth\":0,\"avail-switchover-bandwidth\":0,\"mplm-policy\":\"paper\",\"mplm-epoch-length\":1000,"
            + "\"mplm-batch-pages\":10,\"mplm-dirty-share\":25,\"mplm-first-epoch-nondirty\":true,\"mplm-strict-scan\":true}");
    assertThat(capabilities(source)).contains("mplm=true");
    assertThat(capabilities(destination)).doesNotContain("mplm=true");
    assertThat(result.end().mplm()).contains(new MplmFigures(
        "paper", "abc", 5, 10, 11, 12, 13, 14, 15, Duration.ofMillis(1600), Optional.of(17L),
        Optional.of(new DataSize(69632)), Optional.empty(), "nondirty-empty"));
  }

  @Test
  public void aRouteLeadsElsewhere() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    Route relay = to -> {
      assertThat(to.getPort()).isEqualTo(4711);
      return InetSocketAddress.createUnresolved("127.0.0.9", 99);
    };
    new Migration(toSource, toDestination, PRECOPY, "127.0.0.2", relay, LONG).run(seen::add);
    assertThat(arguments(source, "migrate").path("uri").asText()).isEqualTo("tcp:127.0.0.9:99");
  }

  @Test
  public void aRouteMayLeaveTheLimitToQemu() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    Route limited = new Route() {
      @Override
      public InetSocketAddress to(InetSocketAddress destination) {
        return destination;
      }

      @Override
      public Optional<Bandwidth> maxBandwidth() {
        return Optional.of(Bandwidth.parse("80Mbit/s"));
      }
    };
    new Migration(toSource, toDestination, PRECOPY, "127.0.0.2", limited, LONG).run(seen::add);
    assertThat(arguments(source, "migrate-set-parameters").path("max-bandwidth").asLong()).isEqualTo(10_000_000);
  }

  /** Each side reads the key from its own folder before the stream begins; no message holds it. */
  @Test
  public void aKeyIsGivenToBothSidesByItsPlace() throws Exception {
    states(COMPLETED);
    destinationLoads(0);
    StreamKey key = new StreamKey("/from", "/to");
    new Migration(toSource, toDestination, PRECOPY, "127.0.0.2", Route.DIRECT, LONG, Optional.of(key), false).run(seen::add);
    Map.of(source, "client /from migrate", destination, "server /to migrate-incoming").forEach((qemu, expected) -> {
      String[] words = expected.split(" ");
      JsonNode object = arguments(qemu, "object-add");
      assertThat(object.path("qom-type").asText()).isEqualTo("tls-creds-psk");
      assertThat(object.path("endpoint").asText() + " " + object.path("dir").asText()).isEqualTo(words[0] + " " + words[1]);
      List<String> commands = qemu.commands().stream().map(command -> command.path("execute").asText()).toList();
      assertThat(commands.indexOf("object-add")).isLessThan(commands.indexOf(words[2]));
      assertThat(qemu.commands()).anySatisfy(command ->
          assertThat(command.path("arguments").path("tls-creds").asText()).isEqualTo(object.path("id").asText()));
    });
  }

  @Test
  public void eachKeyIsAnother() {
    assertThat(StreamKey.fresh()).matches("mplm:[0-9a-f]{64}\n").isNotEqualTo(StreamKey.fresh());
  }

  private MigrationResult run(Method method, Duration limit) throws IOException, InterruptedException {
    MigrationResult result = new Migration(toSource, toDestination, method, "fd00::2", Route.DIRECT, limit).run(seen::add);
    MigrationResult again = MigrationResult.of(method, false, result.outcome(), result.reason(), List.copyOf(messages)).orElseThrow();
    // the recorded messages tell the same; they were stamped microseconds beside the live looks
    assertThat(again).usingRecursiveComparison().ignoringFieldsMatchingRegexes(".*elapsed").isEqualTo(result);
    assertThat(again.elapsed().minus(result.elapsed()).abs()).isLessThan(Duration.ofSeconds(1));
    return result;
  }

  /** A guest that QEMU stops by command, and not at the end of a migration. */
  private void stopsWhenTold() {
    source.on("stop", arguments -> "{\"event\": \"STOP\"} {\"id\": ID, \"return\": {}}");
    source.on("migrate", arguments -> "{\"return\": {}, \"id\": ID}");
  }

  private static List<String> names(FakeQemu qemu) {
    return qemu.commands().stream().map(command -> command.path("execute").asText()).toList();
  }

  private void aCancelIsFollowedBy(String... queried) {
    source.on("migrate_cancel", arguments -> {
      states(queried);
      return "{\"return\": {}, \"id\": ID}";
    });
  }

  /** The source's answers to query-migrate, the last of them for ever. */
  private void states(String... states) {
    Iterator<String> next = List.of(states).iterator();
    String last = states[states.length - 1];
    source.on("query-migrate", arguments -> "{\"id\": ID, \"return\": " + (next.hasNext() ? next.next() : last) + "}");
  }

  /** The destination is inmigrate for that many looks, then resumes and runs. */
  private void destinationLoads(int looks) {
    destination.on("query-status", new Function<JsonNode, String>() {
      private int calls;

      @Override
      public String apply(JsonNode arguments) {
        return calls++ < looks
            ? "{\"id\": ID, \"return\": {\"status\": \"inmigrate\", \"running\": false}}"
            : "{\"event\": \"RESUME\"} {\"id\": ID, \"return\": {\"status\": \"running\", \"running\": true}}";
      }
    });
  }

  private static void end(FakeQemu qemu) {
    try {
      qemu.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode arguments(FakeQemu qemu, String command) {
    return qemu.commands().stream().filter(c -> c.path("execute").asText().equals(command)).findFirst().orElseThrow().get("arguments");
  }

  private static List<String> capabilities(FakeQemu qemu) {
    List<String> all = new ArrayList<>();
    qemu.commands().stream().filter(c -> c.path("execute").asText().equals("migrate-set-capabilities"))
        .forEach(c -> c.path("arguments").path("capabilities")
            .forEach(one -> all.add(one.get("capability").asText() + "=" + one.get("state").asBoolean())));
    return all;
  }
}
