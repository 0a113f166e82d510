// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.suite.Experiment;

/** The stamp of a run: what of the machines and the link between them may explain a difference from another run. */
final class Environment {
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** Prints {@code KEY=VALUE} lines; what a machine does not have, or does not show to this user, is {@code -}. */
  private static final String STAMP =
      """
      value() { v=$(cat "$2" 2>/dev/null | tr '\\n' ' '); echo "$1=${v:--}"; }
      cpu() { sed -n "s/^$2[[:space:]]*: *//p" /proc/cpuinfo | head -n 1 | sed "s/^/$1=/"; }
      echo "kernel=$(uname -sr)"
      echo "architecture=$(uname -m)"
      cpu cpu 'model name'
      cpu microcode microcode
      echo "cores=$(nproc)"
      value governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
      value no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo
      value boost /sys/devices/system/cpu/cpufreq/boost
      value smt /sys/devices/system/cpu/smt/control
      value numa_nodes /sys/devices/system/node/online
      echo "memory_kib=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
      value transparent_hugepages /sys/kernel/mm/transparent_hugepage/enabled
      value ksm /sys/kernel/mm/ksm/run
      value hugepages_2mib /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
      for device in /sys/class/net/*; do value "nic_mbit_per_s.${device##*/}" "$device/speed"; done
      """;

  private Environment() {}

  /** Of both hosts, the controller's Java and the link, whose goodput is measured at the rate of each experiment. */
  static Map<String, Map<String, String>> of(Rig rig, List<Experiment> experiments) throws IOException {
    Map<String, Map<String, String>> environment = new LinkedHashMap<>();
    environment.put("controller", Map.of("java", System.getProperty("java.vm.name") + " " + Runtime.version(),
        "os", System.getProperty("os.name") + " " + System.getProperty("os.version")));
    environment.put("source", stamp(rig.source().host()));
    environment.put("destination", stamp(rig.destination().host()));
    Map<String, String> link = new LinkedHashMap<>(Map.of("shaping", rig.link().kind()));
    List<Bandwidth> rates = experiments.stream().map(Experiment::link).distinct().toList();
    for (Bandwidth rate : rates) {
      rig.link().shape(rate);
      link.put("goodput_bits_per_s_at." + rate, rig.link().isMeasurable()
          ? Long.toString(rig.link().goodput().bitsPerSecond()) : "not measured");
    }
    environment.put("link", link);
    return environment;
  }

  /** Of one host. */
  static Map<String, String> stamp(Host host) {
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
