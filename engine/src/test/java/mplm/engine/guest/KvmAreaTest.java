// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.LocalQemu;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class KvmAreaTest {
  @Test
  public void aGuestTellsWhereKvmWrites() {
    List<GuestRecord> records = records(
        "@mplm boot cpus=2 t=1.000000",
        "@mplm kvm cpu=0 wall_clock=0x3600000+12 system_time=0x3601000+32 steal_time=0xf233080+64 t=1.000000",
        "@mplm kvm cpu=1 wall_clock=0x3600000+12 system_time=0x3601040+32 t=1.000000");
    assertThat(KvmArea.told(records)).containsExactly(
        new KvmArea("wall clock", 0x3600000, 12, true),
        new KvmArea("system time of vCPU 0", 0x3601000, 32, false),
        new KvmArea("steal time of vCPU 0", 0xf233080, 64, false),
        new KvmArea("system time of vCPU 1", 0x3601040, 32, false));
    assertThat(KvmArea.unknown(records)).isEmpty();
  }

  @Test
  public void onlyAWallClockAsLongAsKvmsIsRewritten() {
    assertThat(KvmArea.told(records("@mplm kvm cpu=0 wall_clock=0x3600000+4096 t=1.000000")))
        .containsExactly(new KvmArea("wall clock", 0x3600000, 4096, false));
  }

  @Test
  public void elsewhereThereIsNone() {
    assertThat(KvmArea.told(records("@mplm boot cpus=1 t=1.000000"))).isEmpty();
    List<GuestRecord> unknown = records("@mplm kvm unknown=\"model-specific registers: No such file or directory\" t=1.000000");
    assertThat(KvmArea.told(unknown)).isEmpty();
    assertThat(KvmArea.unknown(unknown)).contains("model-specific registers: No such file or directory");
  }

  @DataProvider
  public Object[][] sizes() {
    return new Object[][] {{"256MiB"}, {"2815MiB"}, {"2816MiB"}, {"5GiB"}};
  }

  /** QEMU itself says which part of the memory it has at what physical address. */
  @Test(dataProvider = "sizes")
  public void memoryIsWhereQemuHasIt(String size) throws Exception {
    Hypervisor guest = LocalQemu.firmwareGuest();
    Hypervisor sized = new Hypervisor(guest.binary(), guest.firmware(), Accelerator.TCG, false, new GuestShape(1, DataSize.parse(size)),
        Optional.empty(), guest.workFolder(), Optional.empty(), MemoryBacking.PLAIN, false, false, List.of());
    try (LocalQemu qemu = LocalQemu.start("sized", sized)) {
      JsonNode map = qemu.qmp().execute("human-monitor-command", Map.of("command-line", "info mtree -f"), LocalQemu.SOON);
      Matcher range = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16}) [^\\n]*: pc\\.ram(?: @([0-9a-f]{16}))?").matcher(map.asText());
      int seen = 0;
      for (; range.find(); seen++) {
        long first = Long.parseLong(range.group(1), 16);
        long length = Long.parseLong(range.group(2), 16) - first;
        long offset = range.group(3) == null ? 0 : Long.parseLong(range.group(3), 16);
        assertThat(sized.offset(first)).as(range.group()).isEqualTo(offset);
        assertThat(sized.offset(first + length)).as(range.group()).isEqualTo(offset + length);
      }
      assertThat(seen).as(map.asText()).isPositive();
    }
  }

  private static List<GuestRecord> records(String... lines) {
    return List.of(lines).stream().map(line -> GuestRecord.parse(line, 0).orElseThrow()).toList();
  }
}
