// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static mplm.engine.unit.Patience.ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mplm.engine.guest.Hypervisor;
import mplm.engine.guest.MemoryBacking;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.harness.host.CpuList;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.HostException;

/**
 * Where on a host a hypervisor runs, as the hosts file says. The engine's static QEMU cannot bind memory to a NUMA node; so it
 * runs on the node's CPUs and preallocates, and the kernel takes the memory from the node for as long as that has some.
 */
final class Placement {
  /** Pairs of CPU and thread. */
  private static final String PIN = "while [ $# -gt 0 ]; do taskset -pc \"$1\" \"$2\" >/dev/null || exit; shift 2; done";

  private final Host host;
  private final HostConfig config;

  Placement(Host host) {
    this.host = host;
    this.config = host.config();
  }

  /** The same hypervisor with its memory made of what the host is to give. */
  Hypervisor of(Hypervisor hypervisor) {
    int vcpus = hypervisor.shape().vcpus();
    if (config.cpus() != null && config.cpus().cpus().size() < vcpus) {
      throw new HostException(host.name(), "cpus: " + config.cpus() + " are fewer than the guest's " + vcpus + " vCPUs");
    }
    return hypervisor.withMemory(new MemoryBacking(
        hypervisor.memory().file(), config.preallocate(), Optional.ofNullable(config.hugePages())));
  }

  /** The command line on the NUMA node, if one is asked for. */
  List<String> commandLine(List<String> argv) {
    if (config.numaNode() == null) {
      return argv;
    }
    List<String> line = new ArrayList<>(List.of("taskset", "-c", nodeCpus(host, config.numaNode()).toString()));
    line.addAll(argv);
    return line;
  }

  private static CpuList nodeCpus(Host host, int node) {
    try {
      return CpuList.parse(host.check(ANSWER, "cat", "/sys/devices/system/node/node" + node + "/cpulist"));
    } catch (HostException | IllegalArgumentException e) {
      throw new HostException(host.name(), "numa_node " + node + " has no CPUs here", e);
    }
  }

  /** Gives each vCPU its CPU, if any are named. */
  void pin(QmpClient qmp) throws QmpException, InterruptedException {
    if (config.cpus() == null) {
      return;
    }
    List<String> line = new ArrayList<>(List.of("sh", "-c", PIN, "mplm"));
    for (JsonNode vcpu : qmp.execute("query-cpus-fast", ANSWER)) {
      line.add(config.cpus().cpus().get(vcpu.required("cpu-index").asInt()).toString());
      line.add(vcpu.required("thread-id").asText());
    }
    host.check(ANSWER, line.toArray(String[]::new));
  }
}
