// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
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
  }

  @Test
  public void aCommaInAPathStaysInThePath() {
    assertThat(SOURCE.withMemoryFile("/dev/shm/a,b").argv())
        .containsSequence("-machine", "q35,memory-backend=ram")
        .containsSequence("-object", "memory-backend-file,id=ram,size=1073741824,mem-path=/dev/shm/a,,b,share=on");
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
