// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.unit.DataSize;
import org.testng.annotations.Test;

public class HypervisorTest {
  private static final GuestShape SHAPE = new GuestShape(2, DataSize.parse("1GiB"));
  private static final Hypervisor SOURCE = Hypervisor.source(
      "/e/qemu", "/e/share", Accelerator.KVM, SHAPE, Optional.of(new Hypervisor.Boot("/g/vmlinux", "/g/init", "quiet a=b c")), "/w");

  @Test
  public void sourceIsStoppedAndBoots() {
    assertThat(SOURCE.argv()).startsWith("/e/qemu", "-nodefaults", "-no-user-config")
        .containsSequence("-accel", "kvm").containsSequence("-smp", "2").containsSequence("-m", "size=1024M")
        .containsSequence("-kernel", "/g/vmlinux", "-initrd", "/g/init", "-append", "quiet a=b c")
        .containsSequence("-chardev", "socket,id=qmp,path=/w/qmp.sock,server=on,wait=off", "-mon", "chardev=qmp,mode=control")
        .contains("-S").doesNotContain("-incoming", "-object");
  }

  @Test
  public void destinationWaitsAndRunsWithTheSameMachine() {
    Hypervisor destination = SOURCE.withMore("-trace", "mplm_*").destination("/d/qemu", "/d/share", "/v");
    assertThat(destination.argv()).startsWith("/d/qemu").containsSequence("-incoming", "defer").doesNotContain("-S")
        .containsSequence("-trace", "mplm_*").containsSequence("-m", "size=1024M").containsSequence("-smp", "2");
    assertThat(destination.withStarted(false).argv()).contains("-S");
    assertThat(destination.withImage("/d/vmlinux", "/d/init").argv())
        .containsSequence("-kernel", "/d/vmlinux", "-initrd", "/d/init", "-append", "quiet a=b c");
  }

  @Test
  public void bothSidesHaveTheDirtyRingThatKvmAloneHas() {
    assertThat(SOURCE.withDirtyRing().argv()).containsSequence("-accel", "kvm,dirty-ring-size=4096");
    assertThat(SOURCE.withDirtyRing().withMore().destination("/d/qemu", "/d/share", "/v").argv())
        .containsSequence("-accel", "kvm,dirty-ring-size=4096");
    Hypervisor emulated = Hypervisor.source("/q", "/s", Accelerator.TCG, SHAPE, Optional.empty(), "/w");
    assertThatThrownBy(emulated::withDirtyRing).isInstanceOf(IllegalStateException.class);
  }

  @Test
  public void aCommaInAPathStaysInThePath() {
    assertThat(SOURCE.withMemoryFile("/dev/shm/a,b").argv())
        .containsSequence("-machine", "q35,memory-backend=pc.ram")
        .containsSequence("-object", "memory-backend-file,mem-path=/dev/shm/a,,b,share=on,id=pc.ram,size=1073741824");
  }

  @Test
  public void memoryIsPreallocatedAndOfHugePagesIfAsked() {
    MemoryBacking preallocated = new MemoryBacking(Optional.empty(), true, Optional.empty());
    assertThat(SOURCE.withMemory(preallocated).argv())
        .containsSequence("-machine", "q35,memory-backend=pc.ram")
        .containsSequence("-object", "memory-backend-ram,id=pc.ram,size=1073741824,prealloc=on");
    assertThat(SOURCE.withMemory(preallocated).withMemoryFile("/m").argv())
        .containsSequence("-object", "memory-backend-file,mem-path=/m,share=on,id=pc.ram,size=1073741824,prealloc=on");
    MemoryBacking huge = new MemoryBacking(Optional.empty(), true, Optional.of(DataSize.parse("2MiB")));
    assertThat(SOURCE.withMemory(huge).argv()).containsSequence(
        "-object", "memory-backend-memfd,hugetlb=on,hugetlbsize=2097152,id=pc.ram,size=1073741824,prealloc=on");
    assertThat(SOURCE.withMemory(MemoryBacking.PLAIN).argv()).containsSequence("-machine", "q35").doesNotContain("-object");
  }

  /** QEMU refuses to start otherwise. */
  @Test
  public void everyIdIsGivenOnce() {
    List<String> argv = SOURCE.withMemoryFile("/m").withNetwork(new Hypervisor.Network("tap0", "02:00:00:00:00:01")).argv();
    assertThat(argv.stream().flatMap(argument -> Stream.of(argument.split(","))).filter(part -> part.startsWith("id=")))
        .contains("id=qmp", "id=serial").doesNotHaveDuplicates();
  }

  @Test
  public void hugePagesMustDivideTheMemoryAndHaveNoFile() {
    MemoryBacking huge = new MemoryBacking(Optional.empty(), true, Optional.of(DataSize.parse("1GiB")));
    Hypervisor odd = new Hypervisor("q", "s", Accelerator.KVM, false, new GuestShape(1, DataSize.parse("1.5GiB")), Optional.empty(), "/w",
        Optional.empty(), huge, false, false, List.of());
    assertThatIllegalArgumentException().isThrownBy(odd::argv).withMessageContaining("1536MiB").withMessageContaining("1GiB");
    assertThatIllegalArgumentException().isThrownBy(() -> SOURCE.withMemory(huge).withMemoryFile("/m")).withMessageContaining("compared");
  }

  @Test
  public void aNetworkDeviceIsTheSameAtTheDestinationButForItsTap() {
    assertThat(SOURCE.argv()).doesNotContain("-netdev");
    Hypervisor source = SOURCE.withNetwork(new Hypervisor.Network("tap0", "02:00:00:00:00:01"));
    String[] device = {"-device", "virtio-net-pci,netdev=network,mac=02:00:00:00:00:01,romfile="};
    assertThat(source.argv()).containsSequence("-netdev", tap("tap0")).containsSequence(device);
    assertThat(source.destination("/d/qemu", "/d/share", "/v").argv()).containsSequence(device);
    assertThat(source.withNetwork(new Hypervisor.Network("guest", "02:00:00:00:00:01")).argv())
        .containsSequence("-netdev", tap("guest")).containsSequence(device);
  }

  private static String tap(String name) {
    return "tap,id=network,ifname=" + name + ",script=no,downscript=no,vnet_hdr=off";
  }

  @Test
  public void shapesHaveBounds() {
    assertThat(SHAPE).hasToString("2 vCPUs, 1GiB");
    assertThatIllegalArgumentException().isThrownBy(() -> new GuestShape(0, DataSize.parse("1GiB"))).withMessageContaining("not 0");
    assertThatIllegalArgumentException().isThrownBy(() -> new GuestShape(1, DataSize.parse("1KiB"))).withMessageContaining("1MiB");
  }
}
