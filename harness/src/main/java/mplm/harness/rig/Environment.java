// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.CpuLimit;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.host.MemoryLimit;
import mplm.harness.suite.Experiment;
import mplm.harness.testbed.Kind;
import mplm.harness.testbed.Testbed;

/** The stamp of a run: what of the machines and the link between them may explain a difference from another run. */
public final class Environment {
  /** Prints {@code KEY=VALUE} lines; what a machine does not have, or does not show to this user, is {@code -}. */
  static final String STAMP =
      """
      value() { v=$(cat "$2" 2>/dev/null | tr '\\n' ' '); echo "$1=${v:--}"; }
      cpu() { v=$(sed -n "s/^$2[[:space:]]*: *//p" /proc/cpuinfo | head -n 1); echo "$1=${v:--}"; }
      echo "kernel=$(uname -sr)"
      echo "architecture=$(uname -m)"
      cpu cpu 'model name'
      cpu microcode microcode
      cpu cpu_flags flags
      value clocksource /sys/devices/system/clocksource/clocksource0/current_clocksource
      echo "cores=$(nproc)"
      # only where there is one, so that elsewhere stamps are as they were before this was looked at
      { set -- ''; CPU_LIMITS } | while read -r quota period file; do echo "$quota/$period"; done | paste -sd ' ' | sed -n 's/^./cpu_limit=&/p'
      { set -- ''; MEMORY_LIMITS } | while read -r limit more; do echo "$limit"; done | sort -n | sed -n '1s/^/memory_limit_bytes=/p'
      value governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
      value no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo
      value boost /sys/devices/system/cpu/cpufreq/boost
      value smt /sys/devices/system/cpu/smt/control
      value numa_nodes /sys/devices/system/node/online
      echo "memory_kib=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
      value transparent_hugepages /sys/kernel/mm/transparent_hugepage/enabled
      value ksm /sys/kernel/mm/ksm/run
      value hugepages_2mib /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
      for device in /sys/class/net/*; do [ ! -e "$device/device" ] || value "nic_mbit_per_s.${device##*/}" "$device/speed"; done
      """.replace("CPU_LIMITS", CpuLimit.SCRIPT).replace("MEMORY_LIMITS", MemoryLimit.SCRIPT);

  private Environment() {}

  /** The stamp of the controller. Runs of before 2026-12-01 do not say when they moved their guests: at one point of their programs. */
  public static Map<String, String> controller() {
    return Map.of("moments", "drawn from the seed", "java", System.getProperty("java.vm.name") + " " + Runtime.version(),
        "os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
  }

  /**
   * Why the testbed is not a better one, by the kind that cannot be had; empty for the best and for hosts that no testbed made. It is
   * looked up within the testbed: one that is not isolated forbids what its machine forbids, and no more.
   */
  public static Map<String, String> testbed(String kind) {
    Map<String, String> obstacles = new LinkedHashMap<>();
    if (kind.equals(Kind.LOOPBACK.toString())) {
      Testbed.obstacles().forEach((better, why) -> obstacles.put(better.toString(), why));
    }
    return obstacles;
  }

  /**
   * The stamps of both hosts and of the link, whose goodput is measured at the rate of each experiment: where the controller has
   * the link at hand by a TCP stream, else by a migration.
   *
   * @param logs local folder for what hypervisors say meanwhile
   * @throws mplm.harness.host.HostException the link does not take a rate, or carries nothing
   */
  public static Map<String, Map<String, String>> of(Rig rig, List<Experiment> experiments, Path logs)
      throws IOException, InterruptedException {
    Map<String, Map<String, String>> environment = new LinkedHashMap<>();
    environment.put(rig.hosts().called("source"), stamp(rig.source().host()));
    environment.put(rig.hosts().called("destination"), stamp(rig.destination().host()));
    Map<String, String> link = new LinkedHashMap<>(Map.of("shaping", rig.link().kind()));
    List<Bandwidth> rates = experiments.stream().map(Experiment::link).distinct().toList();
    for (Bandwidth rate : rates) {
      rig.link().shape(rate);
      Bandwidth goodput = rig.link().isMeasurable() ? rig.link().goodput()
          : MigrationGoodput.measure(rig.source(), rig.destination(), rig.link(), Protection.NONE, logs);
      link.put("goodput_bits_per_s_at." + rate, Long.toString(goodput.bitsPerSecond()));
    }
    if (!rig.link().isMeasurable()) {
      link.put("goodput_by", "migration stream");
    }
    environment.put(rig.hosts().called("link"), link);
    return environment;
  }

  /** The stamp of one host. */
  public static Map<String, String> stamp(Host host) {
    HostConfig config = host.config();
    Map<String, String> stamp = new LinkedHashMap<>();
    stamp.put("name", host.name());
    stamp.put("address", config.address());
    stamp.put("migration_address", config.migrationAddress());
    host.check(ANSWER, "sh", "-c", STAMP).lines().forEach(line -> {
      int equals = line.indexOf('=');
      stamp.put(line.substring(0, equals), line.substring(equals + 1).strip());
    });
    return stamp;
  }
}
