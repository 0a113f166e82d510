// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.SerialLine;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.DataSize;
import mplm.harness.echo.Echo;
import mplm.harness.input.BadInput;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.Outcome;
import mplm.harness.result.Setting;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.support.InFolder;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** What is written into a trial's or a run's folder is read as it was. */
public class RecordsTest extends InFolder {
  private Path file;

  @BeforeMethod
  public void place() throws Exception {
    file = folder.resolve("file");
  }

  @Test
  public void qmpMessagesComeBackWithTheirTimes() throws Exception {
    ObjectMapper json = new ObjectMapper();
    QmpMessage sent = new QmpMessage("source", true, 5_000_000_001L, json.readTree("{\"execute\": \"migrate\", \"id\": 7}"));
    QmpMessage answer = new QmpMessage("source", false, 5_000_000_000L + 1_234_567_890_123L,
        json.readTree("{\"return\": {\"ram\": {\"mbps\": 95.5}}, \"id\": 7}"));
    try (QmpRecord record = new QmpRecord(file, 5_000_000_000L)) {
      record.accept(sent);
      record.accept(answer);
    }
    List<QmpMessage> read = QmpRecord.read(file);
    assertThat(read).extracting(QmpMessage::nanoTime).containsExactly(1L, 1_234_567_890_123L);
    assertThat(read).extracting(QmpMessage::sent).containsExactly(true, false);
    assertThat(read.get(1).body().path("return").path("ram").path("mbps").asDouble()).isEqualTo(95.5);
    assertThat(QmpRecord.read(folder.resolve("none"))).isEmpty();
  }

  @Test
  public void serialLinesComeBackAsRecords() throws Exception {
    try (SerialRecord record = new SerialRecord(file, 1_000)) {
      record.accept(new SerialLine(2_000, "[ 0.1] hello"));
      record.accept(new SerialLine(5_000_001_000L, "@mplm heartbeat n=3 t=1.000020"));
      record.accept(new SerialLine(5_000_002_000L, ""));
    }
    assertThat(Files.readAllLines(file)).hasSize(3).first().isEqualTo("0.000001000 [ 0.1] hello");
    assertThat(SerialRecord.read(file)).singleElement().satisfies(record -> {
      assertThat(record.arrival()).isEqualTo(5_000_000_000L);
      assertThat(record.guestTime()).isEqualTo(1_000_020_000L);
    });
    assertThat(SerialRecord.read(folder.resolve("none"))).isEqualTo(List.<GuestRecord>of());
  }

  /** Thread names hold what they like; a look that the end of the process cut off does not count. */
  @Test
  public void looksTellCpuTimesOfVcpusAndOfAllOthersAndThePeakOfMemory() throws Exception {
    String rest = " S 1 2 3 4 5 6 7 8 9 10 %d %d 0 0 20 0 1 0 99\n";
    String text = "7 (qemu-system-x86)" + rest.formatted(100, 50) + "8 (CPU 0/TCG)" + rest.formatted(30, 1) + "9 (CPU 1) (KVM)"
        + rest.formatted(40, 2) + "10 (live migration)" + rest.formatted(5, 5)
        + "VmHWM: 20480 kB\n\n7 (qemu-system-x86)" + rest.formatted(200, 60);
    try (CpuRecord record = new CpuRecord(file, System.nanoTime())) {
      record.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(CpuRecord.read(file)).singleElement().satisfies(look -> {
      assertThat(look.vcpus()).isEqualTo(Duration.ofMillis(730));
      assertThat(look.others()).isEqualTo(Duration.ofMillis(1600));
      assertThat(look.peakMemory()).contains(DataSize.parse("20MiB"));
      assertThat(look.whole()).isFalse();
      assertThat(look.time()).isPositive();
    });
  }

  /** At once: as digits, 2.E38931897 fills the memory. */
  @Test(timeOut = 60_000)
  public void aRecordThatIsDamagedIsRefusedByItsLine() throws Exception {
    Files.writeString(file, "0.5 @mplm ready t=1.000000\nnonsense\n");
    assertThatThrownBy(() -> SerialRecord.read(file)).isInstanceOf(BadInput.class)
        .hasMessage(file + ":2: does not begin with seconds and a space");
    for (String line : List.of("", "a b", "1e99 7 (qemu)", "0.0000000001 x", "2.E38931897 7 (qemu)", "1e-999999999 x")) {
      Files.writeString(file, line + "\n");
      assertThatThrownBy(() -> CpuRecord.read(file)).as(line).isInstanceOf(BadInput.class).hasMessageStartingWith(file + ":1: ");
    }
    Files.writeString(file, "n,sent_s,received_s\n0,2.E38931897,\n");
    assertThatThrownBy(() -> Echo.read(file)).isInstanceOf(BadInput.class).hasMessageStartingWith(file + ":2: ");
    Files.writeString(file, "0.5 @mplm ready t=1.000000\n0.7 @mplm heartbeat t=1.2"); // its writer was killed
    assertThat(SerialRecord.read(file)).extracting(GuestRecord::kind).containsExactly("ready");
  }

  /** Unlike the threads, the process's own line knows of those that have ended. */
  @Test
  public void cpuTimeOfAThreadThatHasEndedStays() throws Exception {
    String rest = " S 1 2 3 4 5 6 7 8 9 10 %d %d 0 0 20 0 1 0 99\n";
    String threads = "7 (qemu-system-x86)" + rest.formatted(100, 50) + "8 (CPU 0/TCG)" + rest.formatted(30, 1);
    try (CpuRecord record = new CpuRecord(file, System.nanoTime())) {
      record.write(("7 (qemu-system-x86)" + rest.formatted(400, 81) + threads + "\n").getBytes(StandardCharsets.UTF_8));
    }
    assertThat(CpuRecord.read(file)).singleElement().satisfies(look -> {
      assertThat(look.vcpus()).isEqualTo(Duration.ofMillis(310));
      assertThat(look.others()).isEqualTo(Duration.ofMillis(4500));
      assertThat(look.whole()).isTrue();
    });
  }

  /** One thread that still runs, and the hypervisor is not stopped; one tick, and it is not idle. */
  @Test
  public void looksTellWhetherTheHypervisorIsAtWork() throws Exception {
    String look = "7 (qemu) %s 1 2 3 4 5 6 7 8 9 10 %d 5 0 0\n8 (CPU 0/TCG) T 1 2 3 4 5 6 7 8 9 10 30 1 0 0\n\n";
    try (CpuRecord record = new CpuRecord(file, System.nanoTime())) {
      for (int ticks : new int[] {1, 2, 2}) {
        Thread.sleep(20);
        record.write(look.formatted("S", ticks).getBytes(StandardCharsets.UTF_8));
      }
      assertThat(record.stoppedFor()).isZero();
      assertThat(record.idleFor()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(5));
      for (int i = 0; i < 3; i++) {
        record.write(look.formatted("T", 3).getBytes(StandardCharsets.UTF_8));
        Thread.sleep(20);
      }
      assertThat(record.stoppedFor()).isBetween(Duration.ofMillis(40), Duration.ofSeconds(5));
      assertThat(record.idleFor()).isBetween(Duration.ofMillis(40), Duration.ofSeconds(5));
      Duration before = record.stoppedFor();
      Thread.sleep(20);
      // no new look, nothing new known
      assertThat(record.stoppedFor()).isEqualTo(before);
      record.write(look.formatted("R", 4).getBytes(StandardCharsets.UTF_8));
      assertThat(record.stoppedFor()).isZero();
      assertThat(record.idleFor()).isZero();
    }
  }

  @Test
  public void aJournalTellsWhatTheControllerDid() throws Exception {
    MemoryVerdict verdict = new MemoryVerdict(DataSize.parse("4MiB"),
        List.of(new MemoryVerdict.Area("wall clock", 0x3600000, 12, true)),
        List.of(new MemoryVerdict.Difference(0x200000, List.of(0x201000L)), new MemoryVerdict.Difference(0x400000, List.of())));
    try (Journal journal = new Journal(file, System.nanoTime())) {
      journal.on("west");
      journal.ssh("source", "run mkdir", Duration.ofMillis(30));
      journal.start(Journal.Part.BOOT);
      journal.ssh("source", "start qemu", Duration.ofMillis(20));
      Thread.sleep(20);
      journal.start(Journal.Part.WARM_UP);
      journal.stop();
      journal.workingSet(DataSize.parse("100MiB"), Duration.ofSeconds(80));
      journal.start(Journal.Part.MEMORY_CHECK);
      journal.ssh("source", "run digests", Duration.ofSeconds(7));
      journal.start(Journal.Part.FINISH);
      journal.compared(verdict);
      Thread.sleep(10);
      journal.end(Outcome.CORRUPTED, Optional.of("memory differs"));
      journal.end(Outcome.COMPLETED, Optional.empty());
    }
    Journal.Contents contents = Journal.read(file);
    assertThat(contents.parts()).containsOnlyKeys(Journal.Part.BOOT, Journal.Part.WARM_UP, Journal.Part.MEMORY_CHECK,
        Journal.Part.FINISH);
    assertThat(contents.pair()).contains("west");
    // to compare memory is not SSH's work
    assertThat(contents.ssh()).contains(Duration.ofMillis(50));
    assertThat(contents.parts().get(Journal.Part.BOOT)).isBetween(Duration.ofMillis(20), contents.all());
    // what the end broke off lasted until then
    assertThat(contents.parts().get(Journal.Part.FINISH)).isGreaterThanOrEqualTo(Duration.ofMillis(10));
    assertThat(contents.used()).contains(DataSize.parse("100MiB"));
    assertThat(contents.limit()).contains(Duration.ofSeconds(80));
    assertThat(contents.memory()).contains(verdict);
    assertThat(contents.migration()).isEmpty();
    assertThat(contents.outcome()).contains(Outcome.CORRUPTED);
    assertThat(contents.reason()).contains("memory differs");
  }

  /** As when the controller is killed. */
  @Test
  public void aJournalThatIsCutOffHasNoOutcome() throws Exception {
    try (Journal journal = new Journal(file, System.nanoTime())) {
      journal.start(Journal.Part.BOOT);
      journal.stop();
    }
    Files.writeString(file, "{\"t\":3.5,\"event\":\"end\",\"outc", StandardOpenOption.APPEND);
    Journal.Contents contents = Journal.read(file);
    assertThat(contents.outcome()).isEmpty();
    assertThat(contents.parts()).containsOnlyKeys(Journal.Part.BOOT);
    assertThat(Journal.read(folder.resolve("none")).outcome()).isEmpty();
  }

  @Test
  public void aManifestHoldsTheWholeSuite() throws Exception {
    Suite suite = new NpbConfigs(Path.of("../npb-configs")).suite("quick").withRepetitions(2);
    Setting setting = new Setting("20260102-030405-quick", "2026-01-02T03:04:05Z", "namespaces", "tc tbf", "tls", Accelerator.TCG,
        "10.0.13", "e", "5", "9", "6.1.0");
    RunManifest written = RunManifest.of(suite, 7, Shard.WHOLE, setting, Map.of("MG", "west"),
        Map.of("west-source", Map.of("cpu", "a: \"b\" 'c' #d")),
        Map.of("qemu.version", "10.0.13"), Map.of("guest.hash", "9"), experiment -> "quiet \\ " + experiment.name(), null);
    written.write(folder);
    RunManifest read = RunManifest.read(folder);
    assertThat(read).isEqualTo(written);
    assertThat(read.plan()).isEqualTo(suite.plan(7));
    Path second = Files.createDirectory(folder.resolve("second"));
    read.write(second);
    assertThat(second.resolve("run.json")).hasSameTextualContentAs(folder.resolve("run.json"));
  }

  @Test
  public void aFolderWithoutAManifestIsNoRun() {
    assertThatThrownBy(() -> RunManifest.read(folder)).isInstanceOf(BadInput.class)
        .hasMessage(folder + " is not the folder of a run: it has no run.json");
  }
}
