// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.TraceEvent;
import mplm.engine.migration.Method;
import mplm.engine.migration.MigrationResult;
import mplm.engine.qmp.QmpMessage;
import mplm.harness.record.Journal;
import mplm.harness.record.RawTrial;
import mplm.harness.result.DowntimeParts;
import mplm.harness.result.Downtimes;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * A stop from 10 s to 12 s of the controller's clock. The source's clock is 1000 s ahead of that, the destination's 5000 s; messages
 * need 1 ms, a command and its answer 2 ms.
 */
public class DowntimeDerivationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MS = 1_000_000;

  private final List<QmpMessage> messages = new ArrayList<>();
  private final List<GuestRecord> before = new ArrayList<>();
  private final List<GuestRecord> after = new ArrayList<>();

  @BeforeMethod
  public void record() throws Exception {
    messages.clear();
    before.clear();
    after.clear();
    ask("source", 1, "query-status", "{\"running\": true}", 4000);
    ask("source", 2, "migrate", "{}", 5000);
    ask("destination", 3, "query-status", "{}", 5005);
    event("source", "MIGRATION", "{\"status\": \"active\"}", 1000, 5010, 1);
    event("destination", "MIGRATION", "{\"status\": \"active\"}", 5000, 5011, 1);
  }

  /** How late an event was is taken off; what is left is a round trip, and how much faster the fastest was than the next few. */
  @Test
  public void eventsThatAreLateAreCorrected() throws Exception {
    stopAndGoOn(4, 7);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.stopResume().orElseThrow().value()).isEqualTo(Duration.ofMillis(2000));
    // of the source's three events the fastest needed 1 ms and the slowest 7, as of the destination's
    assertThat(downtimes.stopResume().orElseThrow().error()).isEqualTo(Duration.ofMillis(2 + 6 + 6));
    // QEMU: a millisecond, the round trip, and what the source heard later of the end than the destination may have said it
    assertThat(downtimes.qemu().orElseThrow().value()).isEqualTo(Duration.ofMillis(2010));
    assertThat(downtimes.qemu().orElseThrow().error()).isEqualTo(Duration.ofMillis(1 + 2 + 15));
  }

  /** STOP is said at some time in it. */
  @Test
  public void aStopThatTakesLongIsInTheError() throws Exception {
    stopAndGoOn(1, 1);
    DowntimeParts parts = new DowntimeParts(Duration.ofMillis(50), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO,
        Duration.ofMillis(3));
    MigrationResult migration = migration();
    Duration with = DowntimeDerivation.of(raw(List.of(), List.of()), migration, Optional.of(parts), false).stopResume().orElseThrow().error();
    Duration without = downtimes(false).stopResume().orElseThrow().error();
    assertThat(with.minus(without)).isEqualTo(Duration.ofMillis(53));
  }

  @Test
  public void theGuestsOwnCountsIfItsClockStoodStill() throws Exception {
    stopAndGoOn(1, 1);
    beats(before, 9000, 500, 2);
    beats(after, 12_010, 1500, 2);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.clockStoodStill()).contains(true);
    assertThat(downtimes.headlineName()).contains("guest");
    assertThat(downtimes.headline().orElseThrow().value()).isEqualTo(Duration.ofMillis(2010));
    assertThat(downtimes.disagreement()).isEmpty();
  }

  /** 2000 ms from STOP to RESUME, known to a round trip and how far the events lie apart, and 2010 ms by QEMU. */
  @Test
  public void theGuestsOwnThatTheOthersContradictDoesNotCount() throws Exception {
    stopAndGoOn(1, 1);
    beats(before, 9000, 500, 2);
    beats(after, 12_100, 1500, 2);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.headlineName()).contains("stop-resume");
    assertThat(downtimes.disagreement().orElseThrow()).startsWith("guest 2.1000 s").endsWith(" against stop-resume 2.0000 s +- 0.0120 s");
  }

  /** QEMU's own ends there when the source has sent the devices, so it contradicts nothing. */
  @Test
  public void ofPostcopyThereIsNoneOfQemu() throws Exception {
    event("source", "STOP", "{}", 1000, 10_000, 1);
    event("destination", "RESUME", "{}", 5000, 12_000, 1);
    event("source", "MIGRATION", "{\"status\": \"completed\"}", 1000, 14_010, 1);
    ask("source", 9, "query-migrate", "{\"status\": \"completed\", \"total-time\": 9010, \"downtime\": 3, \"setup-time\": 3,"
        + " \"ram\": {\"transferred\": 8192, \"remaining\": 0, \"total\": 8192, \"normal\": 2, \"duplicate\": 0, \"dirty-sync-count\": 2,"
        + " \"dirty-pages-rate\": 0, \"mbps\": 40.0, \"postcopy-bytes\": 4096}}", 14_050);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.qemu()).isEmpty();
    assertThat(downtimes.headlineName()).contains("stop-resume");
    assertThat(downtimes.headline().orElseThrow().value()).isEqualTo(Duration.ofMillis(2000));
    assertThat(downtimes.disagreement()).isEmpty();
  }

  /** An hour forward, while the guest stands still: the event STOP is no hour late by that, nor do all downtimes agree by an error of one. */
  @Test
  public void aClockThatIsSetMeanwhileMovesNoDowntime() throws Exception {
    event("source", "STOP", "{}", 1000, 10_000, 1);
    event("destination", "RESUME", "{}", 5000, 12_000, 1);
    event("destination", "MIGRATION", "{\"status\": \"completed\"}", 5000, 12_001, 5);
    event("source", "MIGRATION", "{\"status\": \"completed\"}", 1000 + 3600, 12_010, 7);
    ask("source", 9, "query-migrate", "{\"status\": \"completed\", \"total-time\": 7010, \"downtime\": 2010, \"setup-time\": 3}", 12_050);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.headlineName()).contains("stop-resume");
    assertThat(downtimes.headline().orElseThrow().value()).isEqualTo(Duration.ofMillis(2000));
    assertThat(downtimes.headline().orElseThrow().error()).isLessThan(Duration.ofMillis(50));
  }

  @Test
  public void aClockThatGoesOnLeavesStopToResume() throws Exception {
    stopAndGoOn(1, 1);
    beats(before, 9000, 500, 2);
    beats(after, 12_010, 3510, 2);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.clockStoodStill()).contains(false);
    assertThat(downtimes.headlineName()).contains("stop-resume");
    assertThat(downtimes.guestGap().orElseThrow()).isBetween(Duration.ofMillis(2010), Duration.ofMillis(2060));
    assertThat(downtimes.disagreement()).isEmpty();
  }

  @Test
  public void aGuestThatWasHeldHasQemusAlone() throws Exception {
    stopAndGoOn(1, 1);
    beats(before, 9000, 500, 2);
    beats(after, 12_010, 1500, 2);
    Downtimes downtimes = downtimes(true);
    assertThat(downtimes.qemu()).isPresent();
    assertThat(downtimes.headline()).isEmpty();
    assertThat(downtimes.stopResume()).isEmpty();
    assertThat(downtimes.guest()).isEmpty();
    assertThat(downtimes.missing().orElseThrow()).contains("held");
  }

  @Test
  public void withoutHeartbeatsTheRowSaysWhy() throws Exception {
    stopAndGoOn(1, 1);
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.guest()).isEmpty();
    assertThat(downtimes.headlineName()).contains("stop-resume");
    assertThat(downtimes.missing().orElseThrow()).contains("heartbeats");
  }

  /** As on a slow host, where a guest is late with most of its heartbeats: one in 0.7 s, and the stop from 10 s to 12 s. */
  @Test
  public void fewHeartbeatsWidenTheWindow() throws Exception {
    stopAndGoOn(1, 1);
    for (int i = 0; i < 8; i++) {
      beat(before, 4500 + i * 700L, i * 700L);
      beat(after, 12_100 + i * 700L, 5600 + i * 700L);
    }
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.missing()).isEmpty();
    assertThat(downtimes.guest().orElseThrow().value()).isEqualTo(Duration.ofMillis(2000));
  }

  @Test
  public void ofTooFewTheRowSaysTheirRate() throws Exception {
    stopAndGoOn(1, 1);
    for (int i = 0; i < 5; i++) {
      beat(before, 1000 + i * 2000L, i * 2000L);
    }
    Downtimes downtimes = downtimes(false);
    assertThat(downtimes.guest()).isEmpty();
    assertThat(downtimes.missing()).contains(
        "fewer than 6 heartbeats within 12 s before or after the stop, of which the guest sent one per 2.00 s");
  }

  /** Together they are what QEMU counts, though the two clocks are hours apart. */
  @Test
  public void thePartsAddUpAndCompareNoTwoClocks() {
    List<TraceEvent> source = TraceEvent.of(Stream.of(
        "9@1000.000000:migration_bitmap_sync_end dirty_pages 7",
        "9@1010.000000:vmstate_downtime_checkpoint src-downtime-start",
        "9@1010.000500:vmstate_downtime_checkpoint src-vm-stopped",
        "9@1010.000600:migration_bitmap_sync_start ",
        "9@1010.002500:migration_bitmap_sync_end dirty_pages 9",
        "9@1011.902500:vmstate_downtime_checkpoint src-iterable-saved",
        "9@1011.903500:vmstate_downtime_checkpoint src-non-iterable-saved",
        "no trace at all",
        "9@1012.000000:vmstate_downtime_checkpoint src-downtime-end"));
    List<TraceEvent> destination = TraceEvent.of(Stream.of(
        "8@5011.998000:vmstate_downtime_checkpoint dst-precopy-loadvm-completed",
        "8@5011.999000:vmstate_downtime_checkpoint dst-precopy-bh-vm-started"));
    DowntimeParts parts = DowntimeDerivation.parts(raw(source, destination)).orElseThrow();
    assertThat(parts).isEqualTo(new DowntimeParts(Duration.ofNanos(500_000), Duration.ofMillis(2), Duration.ofMillis(1900),
        Duration.ofMillis(1), Duration.ofNanos(95_500_000), Duration.ofMillis(1)));
    assertThat(DowntimeDerivation.parts(raw(source.subList(0, 4), destination))).isEmpty();
    assertThat(DowntimeDerivation.parts(raw(source, List.of()))).isEmpty();
  }

  /** The trace of an MPLM migration of QEMU 11.1.1, which writes the time in another form and fetches before it saves. */
  @Test
  public void theTraceOfAQemu111HasTheSameParts() {
    List<TraceEvent> source = TraceEvent.of(Stream.of(
        "2026-11-29T09:30:39.784569Z migration_bitmap_sync_end dirty_pages 0",
        "2026-11-29T09:30:39.784608Z mplm_epoch n=7 dirty=4 nondirty=499",
        "2026-11-29T09:30:39.791457Z mplm_end reason=nondirty-empty",
        "2026-11-29T09:30:39.791500Z vmstate_downtime_checkpoint src-downtime-start",
        "2026-11-29T09:30:39.792112Z vmstate_downtime_checkpoint src-vm-stopped",
        "2026-11-29T09:30:39.792135Z migration_bitmap_sync_start ",
        "2026-11-29T09:30:39.792184Z migration_bitmap_sync_end dirty_pages 0",
        "2026-11-29T09:30:39.792206Z vmstate_downtime_checkpoint src-iterable-saved",
        "2026-11-29T09:30:39.793277Z vmstate_downtime_checkpoint src-non-iterable-saved",
        "2026-11-29T09:30:39.865380Z vmstate_downtime_checkpoint src-downtime-end"));
    List<TraceEvent> destination = TraceEvent.of(Stream.of(
        "2026-11-29T09:30:39.865126Z vmstate_downtime_checkpoint dst-precopy-loadvm-completed",
        "2026-11-29T09:30:39.865247Z vmstate_downtime_checkpoint dst-precopy-bh-vm-started"));
    assertThat(DowntimeDerivation.parts(raw(source, destination))).contains(new DowntimeParts(Duration.ofNanos(612_000),
        Duration.ofNanos(72_000), Duration.ofNanos(22_000), Duration.ofNanos(1_071_000), Duration.ofNanos(71_982_000),
        Duration.ofNanos(121_000)));
  }

  private void stopAndGoOn(long stopDelay, long resumeDelay) throws JsonProcessingException {
    event("source", "STOP", "{}", 1000, 10_000, stopDelay);
    event("destination", "RESUME", "{}", 5000, 12_000, resumeDelay);
    event("destination", "MIGRATION", "{\"status\": \"completed\"}", 5000, 12_001, 5);
    event("source", "MIGRATION", "{\"status\": \"completed\"}", 1000, 12_010, 7);
    ask("source", 9, "query-migrate", "{\"status\": \"completed\", \"total-time\": 7010, \"downtime\": 2010, \"setup-time\": 3}", 12_050);
  }

  private Downtimes downtimes(boolean held) {
    return DowntimeDerivation.of(raw(List.of(), List.of()), migration(), Optional.empty(), held);
  }

  private MigrationResult migration() {
    return MigrationResult.of(Method.parse("mplm"), false, MigrationResult.Outcome.COMPLETED, Optional.empty(), messages).orElseThrow();
  }

  private RawTrial raw(List<TraceEvent> source, List<TraceEvent> destination) {
    Journal.Contents none = new Journal.Contents(Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO);
    return new RawTrial(none, messages, List.of(), new RawTrial.Side(before, source, List.of()), new RawTrial.Side(after, destination, List.of()));
  }

  /** Fifty heartbeats, 20 ms apart by both clocks from these moments on. */
  private static void beats(List<GuestRecord> to, long arrivalMs, long guestMs, long delayMs) {
    for (int i = 0; i < 50; i++) {
      beat(to, arrivalMs + i * 20L + delayMs, guestMs + i * 20L);
    }
  }

  private static void beat(List<GuestRecord> to, long arrivalMs, long guestMs) {
    String line = String.format(Locale.ROOT, "@mplm heartbeat n=%d t=%d.%03d000", to.size(), guestMs / 1000, guestMs % 1000);
    to.add(GuestRecord.parse(line, arrivalMs * MS).orElseThrow());
  }

  private void ask(String peer, int id, String command, String answer, long atMs) throws JsonProcessingException {
    messages.add(new QmpMessage(peer, true, atMs * MS, JSON.readTree("{\"execute\": \"" + command + "\", \"id\": " + id + "}")));
    messages.add(new QmpMessage(peer, false, (atMs + 2) * MS, JSON.readTree("{\"return\": " + answer + ", \"id\": " + id + "}")));
  }

  private void event(String peer, String name, String data, long clockAheadS, long atMs, long delayMs) throws JsonProcessingException {
    long clock = clockAheadS * 1000 + atMs;
    messages.add(new QmpMessage(peer, false, (atMs + delayMs) * MS, JSON.readTree("{\"timestamp\": {\"seconds\": " + clock / 1000
        + ", \"microseconds\": " + clock % 1000 * 1000 + "}, \"event\": \"" + name + "\", \"data\": " + data + "}")));
  }
}
