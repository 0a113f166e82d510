// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.unit.DataSize;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.file.Folders;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.HostException;
import mplm.harness.host.Reservation;
import mplm.harness.host.TestHosts;
import mplm.harness.record.CpuRecord;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Needs a testbed on a machine of two CPUs at least: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 120_000)
public class PlacementIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();
  private static final GuestShape SHAPE = new GuestShape(2, DataSize.parse("256MiB"));

  private Artifacts artifacts;
  private Path folder;

  @BeforeClass
  public void build() throws IOException {
    artifacts = Artifacts.make(CLONE.resolve("engine/qemu/build"), CLONE.resolve("guest-images/build"), null);
    folder = Files.createTempDirectory("mplm-it");
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    Folders.remove(folder);
  }

  @Test
  public void eachVcpuHasItsCpuAndTheMemoryIsThereBeforeTheGuest() throws Exception {
    try (Rig rig = open("cpus", "1,0", "numa_node", 0); Machine machine = start(rig, SHAPE)) {
      List<String> allowed = new ArrayList<>();
      for (JsonNode vcpu : machine.qmp().execute("query-cpus-fast", SOON)) {
        allowed.add(machine.host().check(SOON, "sed", "-n", "s/^Cpus_allowed_list:\t//p",
            "/proc/" + vcpu.required("thread-id").asText() + "/status").strip());
      }
      assertThat(allowed).containsExactly("1", "0");
      assertThat(machine.usedMemory()).isGreaterThanOrEqualTo(SHAPE.memory());
    }
  }

  @Test
  public void withoutThemNothingIsPinnedNorTaken() throws Exception {
    try (Rig rig = open(); Machine machine = start(rig, SHAPE)) {
      JsonNode vcpu = machine.qmp().execute("query-cpus-fast", SOON).get(1);
      String all = machine.host().check(SOON, "sed", "-n", "s/^Cpus_allowed_list:\t//p", "/proc/self/status");
      assertThat(machine.host().check(SOON, "sed", "-n", "s/^Cpus_allowed_list:\t//p",
          "/proc/" + vcpu.required("thread-id").asText() + "/status")).isEqualTo(all);
      assertThat(machine.usedMemory()).isLessThan(SHAPE.memory());
    }
  }

  @Test
  public void whatTheHostDoesNotHaveIsOneLine() throws Exception {
    try (Rig rig = open("cpus", "0")) {
      assertThatThrownBy(() -> start(rig, SHAPE)).isInstanceOf(HostException.class)
          .hasMessage("source: cpus: 0 are fewer than the guest's 2 vCPUs");
      assertThat(rig.source().host().check(SOON, "ls", rig.source().host().config().workFolder())).doesNotContain("trial-");
    }
    try (Rig rig = open("numa_node", 7)) {
      assertThatThrownBy(() -> start(rig, SHAPE)).isInstanceOf(HostException.class)
          .hasMessageStartingWith("source: numa_node 7 has no CPUs here").message().hasLineCount(1);
    }
    try (Rig rig = open("cpus", "0,4095")) {
      assertThatThrownBy(() -> start(rig, SHAPE)).isInstanceOf(IOException.class).hasMessageContaining("taskset");
    }
    // more than any host has: QEMU is asked for huge pages and says that there are too few
    try (Rig rig = open("huge_pages", "1GiB")) {
      GuestShape large = new GuestShape(1, DataSize.parse("4TiB"));
      assertThatThrownBy(() -> start(rig, large)).isInstanceOf(IOException.class)
          .hasMessageStartingWith("source: QEMU ended with status 1: ");
      assertThat(rig.source().host().check(SOON, "ls", rig.source().host().config().workFolder())).doesNotContain("trial-");
    }
  }

  /** It would be at work beside the next trial's, whose row would look good. */
  @Test
  public void whatFailsWhileAMachineIsClosedLeavesNoHypervisor() throws Exception {
    try (Rig rig = open()) {
      Host host = rig.source().host();
      Machine machine = start(rig, SHAPE, Optional.of(new CpuRecord(folder.resolve("cpu.txt"), System.nanoTime())));
      assertThat(hypervisors(host)).isNotEmpty();
      Thread.currentThread().interrupt(); // each wait for an end fails then
      try {
        assertThatThrownBy(machine::close).isInstanceOf(HostException.class);
      } finally {
        Thread.interrupted();
      }
      await().atMost(SOON).until(() -> hypervisors(host).isEmpty());
    }
  }

  private static String hypervisors(Host host) {
    return host.check(SOON, "sh", "-c", "for process in /proc/[0-9]*; do case $(readlink \"$process/exe\") in \"$1\"/store/*)"
        + " echo \"$process\";; esac; done", "placement", host.config().workFolder());
  }

  /** Who is interrupted as a folder is made is not told its name. */
  @Test
  public void aFolderThatNobodyKnowsOfGoesWithTheRig() throws Exception {
    HostConfig config;
    String lost;
    try (Rig rig = open()) {
      config = rig.source().host().config();
      lost = rig.source().host().newFolder("trial");
    }
    try (Host host = Host.connect(config)) {
      assertThat(host.run(SOON, "test", "-e", lost).exitStatus()).isEqualTo(1);
    }
  }

  @Test
  public void aRunThatHoldsItsHostNoLongerSparesTheMemoryOfAnother() throws Exception {
    try (Rig rig = open()) {
      Host host = rig.source().host();
      String file = host.config().memoryFile();
      TestHosts.endHold(host, host.config().workFolder());
      await().atMost(SOON).until(() -> !rig.isWhole());
      try (Host same = Host.connect(host.config()); Reservation another = Reservation.take(same)) {
        same.check(SOON, "touch", file);
        assertThatThrownBy(() -> rig.remove(host, file)).isInstanceOf(HostException.class).hasMessageContaining("is in use by another run");
        assertThat(same.run(SOON, "test", "-e", file).exitStatus()).isZero();
        assertThat(another.isHeld()).isTrue();
      }
      rig.remove(host, file);
      assertThat(host.run(SOON, "test", "-e", file).exitStatus()).isEqualTo(1);
    }
  }

  private Rig open(Object... keysAndValues) throws IOException {
    return Rig.open(TestHosts.with(Map.of("source", TestHosts.change(keysAndValues))), Artifact.engine(artifacts.engine()),
        Artifact.guest(artifacts.guest()), folder);
  }

  private Machine start(Rig rig, GuestShape shape) throws IOException, InterruptedException {
    return start(rig, shape, Optional.empty());
  }

  private Machine start(Rig rig, GuestShape shape, Optional<CpuRecord> cpu) throws IOException, InterruptedException {
    String arguments = Kernel.arguments("none", "none", shape.vcpus(), false);
    return Machine.start(rig.source().host(), work -> rig.hypervisor(rig.source(), Accelerator.TCG, shape, arguments, work),
        new Machine.Records(folder, message -> {}, line -> {}, cpu), Optional.empty());
  }
}
