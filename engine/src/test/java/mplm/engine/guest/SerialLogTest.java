// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import mplm.engine.SocketPair;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class SerialLogTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration WINDOW = Duration.ofMillis(1200);
  private static final Consumer<SerialLine> NOBODY = line -> { };

  @Test
  public void aRecordHasKindFieldsAndTime() {
    GuestRecord record = GuestRecord.parse(
        "@mplm result repetition=1 mops=456.7 verification=successful error=1.2e-13 t=12.345678", 5).orElseThrow();
    assertThat(record.kind()).isEqualTo("result");
    assertThat(record.text("verification")).isEqualTo("successful");
    assertThat(record.number("error").doubleValue()).isEqualTo(1.2e-13);
    assertThat(record.guestTime()).isEqualTo(12_345_678_000L);
    assertThat(record.arrival()).isEqualTo(5);
    assertThatIllegalArgumentException().isThrownBy(() -> record.text("seconds")).withMessageContaining("'seconds'");
    assertThatIllegalArgumentException().isThrownBy(() -> record.number("verification")).withMessageContaining("not a number");
  }

  @Test
  public void aQuotedValueMayHoldSpaces() {
    String line = "@mplm error message=\"no memory: 3 of 7\" t=1.000000";
    GuestRecord record = GuestRecord.parse(line, 0).orElseThrow();
    assertThat(record.fields()).isEqualTo(Map.of("message", "no memory: 3 of 7", "t", "1.000000"));
    assertThat(record).hasToString(line);
  }

  @Test
  public void theKernelMayPrintBehindASumThatIsRight() {
    String said = "@mplm result repetition=1 verification=successful t=6.524531 sum=SUM[   25.1] watchdog: BUG: soft lockup";
    CRC32 crc = new CRC32();
    crc.update(said.substring(0, said.indexOf(" sum=")).getBytes(StandardCharsets.ISO_8859_1));
    String sum = String.format(Locale.ROOT, "%08x", crc.getValue());
    assertThat(GuestRecord.parse(said.replace("SUM", sum), 0).orElseThrow().text("verification")).isEqualTo("successful");
    assertThat(GuestRecord.parse(said.replace("SUM", sum).replace("=1", "=2"), 0)).isEmpty();
  }

  @DataProvider
  public Object[][] damaged() {
    return new Object[][] {
      {""},
      {"[    0.1] Linux version 6.1"},
      {"@mplm"},
      {"@mplm heartbeat"},
      {"@mplm heartbeat n=17"},
      {"@mplm heartbeat n=17 t=1.2345"},
      {"@mplm heartbeat n=17 t=1.234567[    1.3] clocksource: tsc"},
      {"@mplm heart[    1.3] random: crng"},
      {"@mplm heartbeat n=[    1.3] random: crng t=1.234567"},
      {"@mplm error message=\"cut sho t=1.234567"},
      {"@mplm heartbeat n=17 n=18 t=1.234567"},
      {"@mplm heartbeat t=1.234566 n=17 t=1.234567"},
    };
  }

  @Test(dataProvider = "damaged")
  public void aDamagedRecordIsNone(String line) {
    assertThat(GuestRecord.parse(line, 0)).isEmpty();
  }

  /** It passes for a record; whoever asks for the time is told what is wrong with it. */
  @Test
  public void aTimeThatNoClockShowsIsRefused() {
    GuestRecord record = GuestRecord.parse("@mplm heartbeat n=1 t=99999999999999.000000", 0).orElseThrow();
    assertThatThrownBy(record::guestTime).isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 't' of the guest's record is no time of a clock: @mplm heartbeat n=1 t=99999999999999.000000");
  }

  @Test
  public void aKernelLineMayComeFirst() {
    GuestRecord record = GuestRecord.parse("[    1.3] random: crng@mplm boot cpus=2 t=1.234567", 0).orElseThrow();
    assertThat(record.kind()).isEqualTo("boot");
    assertThat(GuestRecord.parse("@mplm heartbeat n=1 t=1.2@mplm ready t=1.300000", 0).orElseThrow().kind()).isEqualTo("ready");
  }

  @Test
  public void recordsAreWaitedFor() throws Exception {
    try (SocketPair port = SocketPair.open(); SerialLog log = SerialLog.open("source", port.near().getInputStream(), NOBODY)) {
      OutputStream guest = port.far().getOutputStream();
      assertThatThrownBy(() -> log.await("boot", Duration.ofMillis(20)))
          .isInstanceOf(GuestException.NotYet.class).hasMessage("source: no record 'boot' within 0.02s; it said nothing");
      guest.write("[ 0.1] hello\r\n@mplm boot cpus=2 t=1.000000\r\n@mplm heartbeat n=1 t=1.1000".getBytes(StandardCharsets.US_ASCII));
      assertThat(log.await("boot", SOON).text("cpus")).isEqualTo("2");
      assertThat(log.records()).hasSize(1);
      guest.write("00\r\n@mplm error message=\"out of memory\" t=2.000000\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(log.await("heartbeat", SOON).text("n")).isEqualTo("1");
      assertThatThrownBy(() -> log.await("ready", SOON))
          .isInstanceOf(GuestException.Failed.class).hasMessage("source: the guest failed: out of memory");
    }
  }

  @Test
  public void theEndOfThePortIsNotATimeOut() throws Exception {
    try (SerialLog log = SerialLog.open("source", stream("Kernel panic\n"), NOBODY)) {
      assertThatThrownBy(() -> log.await("ready", SOON))
          .isInstanceOf(GuestException.Died.class)
          .hasMessageContaining("the serial port was closed, awaited: ready").hasMessageContaining("Kernel panic");
    }
  }

  @Test
  public void aLineThatIsTooLongLosesNothing() throws Exception {
    List<SerialLine> lines = new ArrayList<>();
    try (SerialLog log = SerialLog.open("source", stream("x".repeat(65_540) + "\n"), lines::add)) {
      assertThatThrownBy(() -> log.await("ready", SOON)).isInstanceOf(GuestException.Died.class);
    }
    assertThat(lines.stream().mapToInt(line -> line.text().length()).sum()).isEqualTo(65_540);
  }

  /** The guest is moved amid a record: its head left through the source's port, its rest through the destination's. */
  @Test
  public void aRecordMayStraddleTheMove() throws Exception {
    List<SerialLine> lines = new ArrayList<>();
    try (SerialLog source = SerialLog.open("source", stream("@mplm boot t=1.000000\n@mplm result repe"), NOBODY)) {
      assertThatThrownBy(() -> source.await("result", SOON)).isInstanceOf(GuestException.Died.class);
      try (SerialLog destination =
          SerialLog.openAfter(source, "destination", stream("tition=3 t=2.000000\n@mplm end status=0 t=3.000000\n"), lines::add)) {
        assertThat(destination.await("end", SOON).text("status")).isEqualTo("0");
        assertThat(destination.records()).extracting(GuestRecord::kind).containsExactly("result", "end");
        assertThat(destination.records().get(0).text("repetition")).isEqualTo("3");
        assertThat(lines).extracting(SerialLine::text)
            .containsExactly("@mplm result repetition=3 t=2.000000", "@mplm end status=0 t=3.000000");
        assertThat(lines.get(0).arrival()).isEqualTo(destination.records().get(0).arrival());
      }
    }
  }

  /** A UART that was full sends at the source what it holds, after it was migrated, and the destination sends it once more. */
  @Test
  public void bytesThatBothPortsSendCountOnce() throws Exception {
    String line = "@mplm result repetition=55 verification=successful t=6.524531";
    CRC32 crc = new CRC32();
    crc.update(line.getBytes(StandardCharsets.ISO_8859_1));
    String summed = line + String.format(Locale.ROOT, " sum=%08x", crc.getValue());
    for (int seam = 0; seam <= summed.length(); seam++) {
      for (int twice = 0; twice <= Math.min(17, seam); twice++) {
        try (SerialLog source = SerialLog.open("source", stream(summed.substring(0, seam)), ignored -> {})) {
          assertThatThrownBy(() -> source.await("end", SOON)).isInstanceOf(GuestException.Died.class);
          String rest = summed.substring(seam - twice) + "\n@mplm end status=0 t=7.000000\n";
          try (SerialLog destination = SerialLog.openAfter(source, "destination", stream(rest), ignored -> {})) {
            destination.await("end", SOON);
            assertThat(destination.records()).as("%d twice at %d", twice, seam).hasSize(2).first()
                .hasToString(line);
          }
        }
      }
    }
    assertThat(GuestRecord.parse(summed.replace("55", "56"), 0)).isEmpty();
  }

  /** Guest clock 100 s behind the controller's, delays of 1 to 4 ms, a stop of 2.5 s in which the guest's clock stands still. */
  @Test
  public void theLeastDelaysGiveThePause() {
    long ms = 1_000_000;
    List<GuestRecord> before = IntStream.range(0, 100).mapToObj(i -> beat(i * 20L, (i * 20L + 100_000 + 1 + i % 4) * ms)).toList();
    List<GuestRecord> after =
        IntStream.range(100, 200).mapToObj(i -> beat(i * 20L, (i * 20L + 102_500 + 1 + (i + 1) % 4) * ms)).toList();
    long stop = 101_999 * ms;
    long resume = 104_490 * ms;
    GuestPause pause = GuestPause.of(before, after, stop, resume, WINDOW).orElseThrow();
    assertThat(pause.pause()).isEqualTo(Duration.ofMillis(2500));
    // of 60 beats many have the least delay
    assertThat(pause.error()).isLessThan(Duration.ofMillis(1));
    assertThat(pause.gap()).isEqualTo(Duration.ofMillis(2518));
    assertThat(pause.clockStoodStill(Duration.ofMillis(2491))).contains(true);
    assertThat(GuestPause.of(before, List.of(), stop, resume, WINDOW)).isEmpty();
    assertThat(GuestPause.of(before, after.subList(0, GuestPause.RANK - 1), stop, resume, WINDOW)).isEmpty();
    assertThat(GuestPause.of(before, after, stop, resume + 10_000 * ms, WINDOW)).isEmpty();
  }

  /** Beats that come ever later are not as good a measure, and the error says so. */
  @Test
  public void theErrorIsHowFarTheLeastDelaysLieApart() {
    long ms = 1_000_000;
    List<GuestRecord> before = IntStream.range(0, 10).mapToObj(i -> beat(i * 20L, (i * 20L + i * 3) * ms)).toList();
    List<GuestRecord> after = IntStream.range(10, 20).mapToObj(i -> beat(i * 20L, (i * 20L + 1000 + i * 2) * ms)).toList();
    GuestPause pause = GuestPause.of(before, after, 230 * ms, 1200 * ms, WINDOW).orElseThrow();
    assertThat(pause.error()).isBetween(Duration.ofMillis(15 + 10), Duration.ofMillis(26));
  }

  /** Then the pause by the clock is nothing, and the gap is what is left. */
  @Test
  public void aClockThatGoesOnIsTold() {
    long ms = 1_000_000;
    List<GuestRecord> before = IntStream.range(0, 50).mapToObj(i -> beat(i * 20L, (i * 20L + 1 + i % 3) * ms)).toList();
    List<GuestRecord> after = IntStream.range(100, 150).mapToObj(i -> beat(i * 20L, (i * 20L + 1 + i % 3) * ms)).toList();
    GuestPause pause = GuestPause.of(before, after, 999 * ms, 1995 * ms, WINDOW).orElseThrow();
    assertThat(pause.clockStoodStill(Duration.ofMillis(996))).contains(false);
    assertThat(pause.clockStoodStill(Duration.ofNanos(2000))).isEmpty();
    assertThat(pause.gap()).isBetween(Duration.ofMillis(996), Duration.ofMillis(1040));
  }

  private static GuestRecord beat(long guestMs, long arrival) {
    return GuestRecord.parse(String.format("@mplm heartbeat n=1 t=%d.%03d000", guestMs / 1000, guestMs % 1000), arrival).orElseThrow();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }
}
