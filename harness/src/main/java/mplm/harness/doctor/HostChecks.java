// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.unit.DataSize;
import mplm.harness.host.Cause;
import mplm.harness.host.CpuLimit;
import mplm.harness.host.CpuList;
import mplm.harness.host.HostConfig;
import mplm.harness.host.MemoryLimit;

/** What a host's facts mean for a suite. Nothing is asked of a host here. */
final class HostChecks {
  /** The memory that QEMU takes beside the guest's. */
  private static final DataSize SPARE = DataSize.parse("256MiB");
  /** Engine and guest image, serial logs. */
  private static final DataSize DISK = DataSize.parse("500MiB");

  private final HostConfig config;
  private final String host;
  private final Facts facts;
  private final Needs needs;
  private final int hostsHere;
  private final List<Check> checks = new ArrayList<>();

  private HostChecks(HostConfig config, Facts facts, Needs needs, int hostsHere) {
    this.config = config;
    this.host = config.name();
    this.facts = facts;
    this.needs = needs;
    this.hostsHere = hostsHere;
  }

  /** @param hostsHere how many of the two hosts are this machine: what it has is for all of them */
  static List<Check> of(HostConfig config, Facts facts, Needs needs, int hostsHere) {
    HostChecks all = new HostChecks(config, facts, needs, hostsHere);
    all.cpu();
    all.placement();
    all.memory();
    all.disturbances();
    all.disk();
    all.tools();
    all.postcopy();
    return all.checks;
  }

  private void cpu() {
    String machine = facts.text("machine").orElse("unknown");
    if (!machine.equals("x86_64")) {
      checks.add(Check.fail(host, "cpu", machine, "the engine is for x86_64 only: take another host"));
      return;
    }
    boolean placed = config.cpus() != null || config.numaNode() != null;
    int cores = (placed ? facts.usable() : facts.inherited()).size();
    Optional<CpuLimit> limit = facts.cpuLimit().filter(least -> least.cpus() < cores);
    String model = facts.cpu("model name") + ", " + cores + " CPUs"
        + limit.map(least -> String.format(Locale.ROOT, ", the time of %.2f of them by the limit in %s", least.cpus(), least.file())).orElse("");
    double usable = limit.map(CpuLimit::cpus).orElse((double) cores);
    checks.add(Check.of(host, "cpu", usable >= needs.vcpus() * hostsHere, Verdict.WARN, model,
        "suite " + needs.suite() + " has guests of " + needs.vcpus() + " vCPUs" + shared() + ": they will wait for each other"
            + (cores < facts.usable().size() ? "; name cpus in the hosts file, of " + facts.usableText() : "")
            + (limit.isPresent() ? "; raise the limit, which a container or service sets" : "")));
    boolean virtual = facts.hasFlag("vmx") || facts.hasFlag("svm");
    checks.add(Check.of(host, "cpu flags", virtual && facts.hasFlag("constant_tsc"), Verdict.WARN,
        (facts.hasFlag("vmx") ? "vmx" : facts.hasFlag("svm") ? "svm" : "neither vmx nor svm")
            + (facts.hasFlag("constant_tsc") ? ", constant_tsc" : ", no constant_tsc"),
        virtual ? "the guest's clock may drift with the CPU's frequency"
            : "turn on VT-x or AMD-V in the firmware, or nested virtualization"));
    checks.add(Check.of(host, "load", facts.load() < 0.1 * Math.max(1, cores), Verdict.WARN,
        String.format(Locale.ROOT, "%.2f in the last minute", facts.load()),
        "stop what else runs there, or wait: it disturbs measurements"));
  }

  private void placement() {
    CpuList cpus = config.cpus();
    Optional<CpuList> node = config.numaNode() == null ? Optional.empty() : facts.node(config.numaNode());
    if (config.numaNode() != null && node.isEmpty()) {
      checks.add(Check.fail(host, "placement", "there is no NUMA node " + config.numaNode(),
          "correct numa_node in the hosts file"));
    }
    if (node.isPresent() && facts.usable().stream().noneMatch(node.get().cpus()::contains)) {
      checks.add(Check.fail(host, "placement", "this session may use no CPU of NUMA node " + config.numaNode(),
          "correct numa_node in the hosts file: a session there may use CPUs " + facts.usableText()));
    }
    if (cpus != null) {
      List<Integer> off = cpus.cpus().stream().filter(cpu -> !facts.usable().contains(cpu)).toList();
      boolean elsewhere = node.isPresent() && !node.get().cpus().containsAll(cpus.cpus());
      boolean few = cpus.cpus().size() < needs.vcpus();
      String remedy = "correct cpus in the hosts file: a session there may use " + facts.usableText();
      checks.add(!off.isEmpty() ? Check.fail(host, "placement", "CPUs " + off + " are offline, or this session may not use them", remedy)
          : few ? Check.fail(host, "placement", cpus.cpus().size() + " CPUs for guests of " + needs.vcpus() + " vCPUs", remedy)
          : Check.of(host, "placement", !elsewhere, Verdict.WARN,
              "vCPUs on CPUs " + cpus + (config.numaNode() == null ? "" : ", memory on node " + config.numaNode()),
              "cpus are not all on numa_node " + config.numaNode() + ": memory is far from them"));
    }
  }

  private void memory() {
    long free = facts.memory("MemAvailable");
    long wanted = (needs.memory().bytes() * (config.hugePages() == null ? 1 : 0) + SPARE.bytes()) * hostsHere;
    Optional<MemoryLimit> cgroup = facts.leastCgroup().filter(least -> least.left() < free);
    long left = cgroup.map(MemoryLimit::left).orElse(free);
    checks.add(Check.of(host, "memory", left >= wanted, Verdict.FAIL,
        mib(left) + " available" + cgroup.map(least -> " by the limit in " + least.file()).orElse(""),
        "suite " + needs.suite() + " takes " + mib(wanted) + shared() + ": "
            + (cgroup.isPresent() ? "raise the limit, which a container or service sets" : "stop other programs")
            + ", or take smaller guests"));
    if (config.hugePages() != null) {
      long page = config.hugePages().bytes();
      long pages = facts.freeHugePages(page, config.numaNode());
      long guest = (needs.memory().bytes() + page - 1) / page * hostsHere;
      checks.add(Check.of(host, "huge pages", pages >= guest, Verdict.FAIL, pages + " of " + config.hugePages() + " free",
          guest + " are needed: as root, echo " + guest + " >/sys/kernel/mm/hugepages/hugepages-" + page / 1024
              + "kB/nr_hugepages"));
    }
    if (needs.memoryFile().bytes() > 0) {
      long shm = facts.free("shm");
      long file = needs.memoryFile().bytes();
      checks.add(Check.of(host, "/dev/shm", shm >= file, Verdict.FAIL, mib(shm) + " free",
          "memory is compared in a file of " + mib(file) + ": as root, mount -o remount,size=... /dev/shm"));
      if (config.hugePages() != null) {
        checks.add(Check.fail(host, "memory check", "huge_pages, and suite " + needs.suite() + " compares memory",
            "leave huge_pages out of the hosts file, or set verify_memory: false"));
      }
    }
  }

  /** What makes times differ from one trial to the next. */
  private void disturbances() {
    setting("transparent huge pages", "/sys/kernel/mm/transparent_hugepage/enabled", "[always]",
        "as root, echo madvise >/sys/kernel/mm/transparent_hugepage/enabled: khugepaged works beside the guest");
    setting("same-page merging", "/sys/kernel/mm/ksm/run", "1",
        "as root, echo 2 >/sys/kernel/mm/ksm/run: it scans the guest's memory");
    facts.text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ifPresentOrElse(
        governor -> checks.add(Check.of(host, "governor", governor.equals("performance"), Verdict.WARN, governor,
            "as root, echo performance into each /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor")),
        () -> checks.add(Check.pass(host, "governor", "the kernel does not scale the frequency")));
    if (facts.text("/sys/devices/system/cpu/intel_pstate/no_turbo").isPresent()) {
      setting("turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo", "0",
          "as root, echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo");
    } else {
      setting("turbo", "/sys/devices/system/cpu/cpufreq/boost", "1", "as root, echo 0 >/sys/devices/system/cpu/cpufreq/boost");
    }
  }

  private void setting(String what, String file, String disturbing, String remedy) {
    String value = facts.text(file).orElse("not there");
    checks.add(Check.of(host, what, !List.of(value.split(" ")).contains(disturbing), Verdict.WARN, value, remedy));
  }

  private void disk() {
    long free = facts.free("disk");
    checks.add(Check.of(host, "disk", free >= DISK.bytes(), Verdict.FAIL, mib(free) + " free for the work folder",
        "the kit takes up to " + DISK + ": make room, or set another work_folder"));
  }

  private void tools() {
    List<String> wanted = new ArrayList<>(List.of("bash", "flock", "sha256sum", "split", "mktemp", "readlink"));
    if (config.cpus() != null || config.numaNode() != null) {
      wanted.add("taskset");
    }
    List<String> missing = wanted.stream().filter(tool -> !facts.has(tool)).toList();
    checks.add(Check.of(host, "tools", missing.isEmpty(), Verdict.FAIL,
        missing.isEmpty() ? "shell, coreutils, util-linux" : "missing: " + String.join(", ", missing),
        "install bash, coreutils and util-linux"));
  }

  /** A destination takes pages as they come by the kernel's userfaultfd. */
  private void postcopy() {
    if (!needs.postcopy()) {
      return;
    }
    String way = facts.text("userfaultfd").orElse("the kernel has none");
    boolean has = List.of("device", "sysctl", "capability").contains(way);
    checks.add(Check.of(host, "userfaultfd", has, Verdict.FAIL, has ? "usable (" + way + ")" : way,
        "post-copy of suite " + needs.suite() + " needs it at a destination: " + (way.equals("forbidden")
            ? Cause.NO_USERFAULTFD.remedy()
            : "take a kernel with CONFIG_USERFAULTFD") + ", or leave postcopy out with --methods"));
  }

  private String shared() {
    return hostsHere > 1 ? ", and both hosts are this machine" : "";
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + "MiB";
  }
}
