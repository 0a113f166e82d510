// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mplm.harness.Forked;
import mplm.harness.support.SmallDisk;
import org.testng.annotations.Test;

public class EnvironmentTest {
  private static final Path CLOCK = Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

  /** The flags of two CPUs of one name tell why a guest on KVM did not survive its move, or why its clock went wrong. */
  @Test
  public void aHostsStampHasItsCpusFlagsAndItsClock() throws Exception {
    Forked told = Forked.of(Map.of(), List.of("sh", "-c", Environment.STAMP));
    assertThat(told.status()).as(told.err()).isZero();
    Map<String, String> stamp = told.out().lines().map(line -> line.split("=", 2)).collect(Collectors.toMap(words -> words[0], words -> words[1].strip()));
    String flags = Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.matches("flags\\s*:.*")).findFirst().orElseThrow();
    assertThat(stamp.get("cpu_flags")).isEqualTo(flags.replaceFirst("flags\\s*: ", "")).containsPattern("\\btsc\\b");
    assertThat(stamp).containsEntry("clocksource", Files.exists(CLOCK) ? Files.readString(CLOCK).strip() : "-")
        .containsKeys("kernel", "cpu", "microcode", "cores", "memory_kib");
  }

  /** A container that starts on a host adds a device: the run could not be resumed then. */
  @Test
  public void aDeviceWithoutHardwareIsNotInTheStamp() throws Exception {
    try (SmallDisk disk = SmallDisk.of(1)) {
      Path net = disk.seen().resolve("net");
      Files.createDirectories(net.resolve("eth7/device"));
      Files.createDirectories(net.resolve("docker7"));
      for (String name : List.of("eth7", "docker7")) {
        Files.writeString(net.resolve(name).resolve("speed"), "10000\n");
      }
      Forked told = Forked.of(Map.of(), disk.within(List.of("sh", "-c", "mount --bind \"$1\" /sys/class/net && eval \"$2\"", "stamp",
          disk.path().resolve("net").toString(), Environment.STAMP)));
      assertThat(told.status()).as(told.err()).isZero();
      assertThat(told.out().lines().map(String::strip).filter(line -> line.startsWith("nic_"))).containsExactly("nic_mbit_per_s.eth7=10000");
    }
  }

  /** A container with a part of the CPUs' time, or of the memory, is another machine than one without a limit. */
  @Test
  public void limitsOfCpuTimeAndMemoryAreInTheStampAndNoLimitsAreNot() throws Exception {
    try (SmallDisk disk = SmallDisk.of(1)) {
      Path groups = Files.createDirectories(disk.seen().resolve("groups"));
      Files.writeString(groups.resolve("memory.current"), "1000000\n");
      Files.writeString(groups.resolve("memory.stat"), "anon 1000000\n");
      for (boolean limited : List.of(true, false)) {
        Files.writeString(groups.resolve("cpu.max"), limited ? "150000 100000\n" : "max 100000\n");
        Files.writeString(groups.resolve("memory.max"), limited ? "1572864000\n" : "max\n");
        Forked told = Forked.of(Map.of(), disk.within(List.of("sh", "-c", "mount --bind \"$1\" /sys/fs/cgroup && eval \"$2\"", "stamp",
            disk.path().resolve("groups").toString(), Environment.STAMP)));
        assertThat(told.status()).as(told.err()).isZero();
        assertThat(told.err()).isEmpty();
        assertThat(told.out().lines().filter(line -> line.contains("_limit")).toList())
            .isEqualTo(limited ? List.of("cpu_limit=150000/100000", "memory_limit_bytes=1572864000") : List.of());
      }
    }
  }
}
