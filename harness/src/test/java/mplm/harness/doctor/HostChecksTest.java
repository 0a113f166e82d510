// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import mplm.engine.unit.DataSize;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A host's own words, as bare metal and as machines that are not fit say them. */
public class HostChecksTest {
  private static final Needs NEEDS = new Needs("it", 4, DataSize.parse("8GiB"), DataSize.parse("1GiB"), true);
  private static final String FIT =
      """
      noise of a login shell
      =mplm= /proc/cpuinfo
      processor\t: 0
      model name\t: Some CPU @ 3 GHz
      flags\t\t: fpu vmx constant_tsc
      =mplm= /proc/meminfo
      MemTotal:       65000000 kB
      MemAvailable:   60000000 kB
      =mplm= /proc/loadavg
      0.05 0.1 0.2 1/100 99
      =mplm= /proc/net/route
      Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
      eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
      eth1\t00000A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
      =mplm= /sys/devices/system/cpu/online
      0-7
      =mplm= /sys/kernel/mm/transparent_hugepage/enabled
      always [madvise] never
      =mplm= /sys/kernel/mm/ksm/run
      0
      =mplm= /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
      performance
      =mplm= /sys/devices/system/cpu/intel_pstate/no_turbo
      1
      =mplm= /sys/devices/system/node/node0/cpulist
      0-3
      =mplm= /sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages
      4096
      =mplm= /sys/class/net/eth1/speed
      10000
      =mplm= machine
      x86_64
      =mplm= disk
      Filesystem 1-blocks Used Available Capacity Mounted on
      /dev/vda 100000000000 1 90000000000 1% /
      =mplm= shm
      Filesystem 1-blocks Used Available Capacity Mounted on
      tmpfs 30000000000 0 30000000000 0% /dev/shm
      =mplm= tools
      bash
      flock
      taskset
      sha256sum
      split
      mktemp
      readlink
      =mplm= userfaultfd
      device
      =mplm= kvm
      usable
      """;

  private Path folder;

  @BeforeClass
  public void make() throws IOException {
    folder = Files.createTempDirectory("mplm-doctor-test");
    Files.writeString(folder.resolve("key"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    Files.deleteIfExists(folder.resolve("hosts.yaml"));
    Files.delete(folder.resolve("key"));
    Files.delete(folder);
  }

  @Test
  public void bareMetalInOrderPassesEverywhere() throws IOException {
    List<Check> checks = HostChecks.of(config("cpus: 0-3\n  numa_node: 0"), Facts.parse(FIT), NEEDS, 1);
    assertThat(checks).allMatch(check -> check.verdict() == Verdict.PASS && check.remedy().isEmpty());
    assertThat(checks).extracting(Check::what).contains("cpu", "cpu flags", "load", "placement", "memory", "/dev/shm",
        "transparent huge pages", "same-page merging", "governor", "turbo", "disk", "tools", "userfaultfd");
  }

  @DataProvider
  public Object[][] unfit() {
    return new Object[][] {
      {"x86_64", "aarch64", "", "cpu", Verdict.FAIL, "aarch64"},
      {"0-7", "0-2", "", "cpu", Verdict.WARN, "guests of 4 vCPUs"},
      {"=mplm= kvm", "=mplm= cpu limits\n150000 100000 /sys/fs/cgroup/job/cpu.max\nmax 100000 /sys/fs/cgroup/cpu.max\n=mplm= kvm", "", "cpu", Verdict.WARN,
        "8 CPUs, the time of 1.50 of them by the limit in /sys/fs/cgroup/job/cpu.max"},
      {"=mplm= kvm", "=mplm= inherited cpus\n0-1\n=mplm= kvm", "", "cpu", Verdict.WARN, "Some CPU @ 3 GHz, 2 CPUs"},
      {"=mplm= kvm", "=mplm= inherited cpus\n0-1\n=mplm= kvm", "", "cpu", Verdict.WARN, "name cpus in the hosts file, of 0-7"},
      {"=mplm= kvm", "=mplm= allowed cpus\n0-3\n=mplm= kvm", "cpus: 2-5", "placement", Verdict.FAIL,
        "CPUs [4, 5] are offline, or this session may not use them correct cpus in the hosts file: a session there may use 0-3"},
      {"=mplm= kvm", "=mplm= allowed cpus\n1-3,5,7-127\n=mplm= kvm", "cpus: 2-5", "placement", Verdict.FAIL, "a session there may use 1-3,5,7"},
      {"cpulist\n0-3", "cpulist\n8-15", "numa_node: 0", "placement", Verdict.FAIL, "this session may use no CPU of NUMA node 0"},
      {"vmx ", "", "", "cpu flags", Verdict.WARN, "VT-x or AMD-V"},
      {" constant_tsc", "", "", "cpu flags", Verdict.WARN, "no constant_tsc"},
      {"0.05", "0.9", "", "load", Verdict.WARN, "0.90 in the last minute"},
      {"60000000", "6000000", "", "memory", Verdict.FAIL, "5859MiB available"},
      {"=mplm= kvm", "=mplm= cgroups\n1500000000 500000000 100000000 0 /sys/fs/cgroup/job/memory.max\nmax 1 0 0 /sys/fs/cgroup/memory.max\n=mplm= kvm", "", "memory", Verdict.FAIL,
        "1049MiB available by the limit in /sys/fs/cgroup/job/memory.max"},
      {"30000000000 0%", "30000 0%", "", "/dev/shm", Verdict.FAIL, "a file of 1024MiB"},
      {"[madvise]", "[always] madvise", "", "transparent huge pages", Verdict.WARN, "khugepaged"},
      {"ksm/run\n0", "ksm/run\n1", "", "same-page merging", Verdict.WARN, "echo 2 >/sys/kernel/mm/ksm/run"},
      {"performance", "powersave", "", "governor", Verdict.WARN, "powersave"},
      {"no_turbo\n1", "no_turbo\n0", "", "turbo", Verdict.WARN, "no_turbo"},
      {"90000000000", "900000", "", "disk", Verdict.FAIL, "500MiB"},
      {"flock\n", "", "", "tools", Verdict.FAIL, "missing: flock"},
      {"taskset\n", "", "cpus: 0-3", "tools", Verdict.FAIL, "missing: taskset"},
      {"userfaultfd\ndevice", "userfaultfd\nforbidden", "", "userfaultfd", Verdict.FAIL, "sysctl vm.unprivileged_userfaultfd=1"},
      {"userfaultfd\ndevice", "userfaultfd\n", "", "userfaultfd", Verdict.FAIL, "CONFIG_USERFAULTFD"},
      {"", "", "cpus: 6-9", "placement", Verdict.FAIL, "CPUs [8, 9] are offline"},
      {"", "", "cpus: 0-1", "placement", Verdict.FAIL, "2 CPUs for guests of 4 vCPUs"},
      {"", "", "cpus: 2-5\n  numa_node: 0", "placement", Verdict.WARN, "not all on numa_node 0"},
      {"", "", "numa_node: 1", "placement", Verdict.FAIL, "no NUMA node 1"},
      {"4096", "100", "numa_node: 0\n  huge_pages: 2MiB", "huge pages", Verdict.FAIL, "4096 are needed"},
      {"", "", "huge_pages: 2MiB", "memory check", Verdict.FAIL, "compares memory"},
    };
  }

  /** Such as on a host with isolcpus, where every session has the other CPUs only, and a vCPU may have any. */
  @Test
  public void aMaskThatWasOnlyInheritedIsNoLimit() throws Exception {
    Process masked = new ProcessBuilder("taskset", "-c", "0", "sh", "-c", Facts.SCRIPT, "mplm", folder.toString(), "true", "true").start();
    masked.getOutputStream().close();
    String told = new String(masked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Facts.parse(told).usable()).as(told).hasSizeGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(Facts.parse(told).inherited()).containsExactly(0);
  }

  @Test(dataProvider = "unfit")
  public void whatIsNotFitIsToldWithItsRemedy(String right, String wrong, String keys, String what, Verdict verdict, String words)
      throws IOException {
    UnaryOperator<String> change = text -> {
      assertThat(text).contains(right);
      return right.isEmpty() ? text : text.replace(right, wrong);
    };
    List<Check> checks = HostChecks.of(config(keys), Facts.parse(change.apply(FIT)), NEEDS, 1);
    assertThat(checks).filteredOn(check -> check.what().equals(what)).singleElement().satisfies(check -> {
      assertThat(check.verdict()).isEqualTo(verdict);
      assertThat(check.remedy()).isNotEmpty();
      assertThat(check.finding() + " " + check.remedy()).contains(words).hasLineCount(1);
    });
    assertThat(new Diagnosis(checks).go()).isEqualTo(verdict != Verdict.FAIL);
  }

  @Test
  public void hostsThatAreOneMachineShareItsMemory() throws IOException {
    Facts facts = Facts.parse(FIT.replace("60000000", "10000000"));
    assertThat(HostChecks.of(config(""), facts, NEEDS, 1)).filteredOn(check -> check.what().equals("memory"))
        .extracting(Check::verdict).containsExactly(Verdict.PASS);
    assertThat(HostChecks.of(config(""), facts, NEEDS, 2)).filteredOn(check -> check.what().equals("memory"))
        .extracting(Check::verdict).containsExactly(Verdict.FAIL);
  }

  @Test
  public void theLongestPrefixLeadsToAnAddress() {
    Facts facts = Facts.parse(FIT);
    assertThat(facts.deviceTo("10.10.0.2")).contains("eth1");
    assertThat(facts.deviceTo("10.11.0.2")).contains("eth0");
    assertThat(facts.deviceTo("127.0.0.3")).contains("lo");
    assertThat(facts.deviceTo("other.example.org")).isEmpty();
    assertThat(facts.speedMbit("eth1")).hasValue(10000);
    assertThat(facts.speedMbit("eth0")).isEmpty();
  }

  @Test
  public void aHostThatTellsNothingIsNoExceptionButNotFit() throws IOException {
    assertThat(new Diagnosis(HostChecks.of(config("cpus: 0-3"), Facts.parse(""), NEEDS, 1)).go()).isFalse();
  }

  private HostConfig config(String keys) throws IOException {
    Path file = folder.resolve("hosts.yaml");
    String host = "  address: a\n  port: 22\n  user: u\n  key: " + folder.resolve("key")
        + "\n  work_folder: /w\n  migration_address: m\n";
    Files.writeString(file, "source:\n" + host + "  " + keys + "\ndestination:\n" + host.replace("address: a\n", "address: b\n") + "link: {shaping: none}\n");
    return Hosts.read(file).source();
  }
}
