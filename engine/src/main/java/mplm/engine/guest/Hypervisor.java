// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line of one QEMU. Paths are those of the host that runs it and stay text here; the work folder must exist, readable
 * by its owner only, since the sockets in it command the guest.
 *
 * @param binary {@code qemu-system-x86_64}
 * @param firmware folder of the firmware files ({@code -L})
 * @param accelerator KVM or TCG
 * @param dirtyRing KVM tells what the guest dirties by a ring per vCPU, and not by a bitmap
 * @param shape vCPUs and memory
 * @param boot what it boots; empty for firmware alone
 * @param workFolder for the sockets and logs below
 * @param network its network device; empty for none
 * @param memory what the guest's memory is made of
 * @param incoming waits for {@code migrate-incoming} instead of booting
 * @param started whether vCPUs run from the start, or at a destination from the end of the migration ({@code -S} if not)
 * @param more further arguments, such as {@code -trace}
 */
public record Hypervisor(
    String binary,
    String firmware,
    Accelerator accelerator,
    boolean dirtyRing,
    GuestShape shape,
    Optional<Boot> boot,
    String workFolder,
    Optional<Network> network,
    MemoryBacking memory,
    boolean incoming,
    boolean started,
    List<String> more) {
  /** What {@code -accel kvm} takes for a dirty ring of 4096 pages per vCPU. */
  public static final String DIRTY_RING = "dirty-ring-size=4096";

  /** A Linux kernel (PVH ELF or bzImage), its initramfs and its command line. */
  public record Boot(String kernel, String initramfs, String arguments) {}

  /**
   * A virtio-net device. After a migration the destination announces it, by which bridges and switches learn where it is.
   *
   * @param tap the host's device at the other end; it is there and the user may open it
   * @param mac of the guest's device, the same at both ends of a migration: {@code 02:00:00:00:00:01}
   */
  public record Network(String tap, String mac) {}

  public Hypervisor {
    more = List.copyOf(more);
  }

  /** A source: anonymous memory, stopped until {@code cont}. */
  public static Hypervisor source(
      String binary, String firmware, Accelerator accelerator, GuestShape shape, Optional<Boot> boot, String workFolder) {
    return new Hypervisor(
        binary, firmware, accelerator, false, shape, boot, workFolder, Optional.empty(), MemoryBacking.PLAIN, false, false, List.of());
  }

  /** The destination for this source, on another host perhaps, whose tap may have another name; runs the guest once it is there. */
  public Hypervisor destination(String binary, String firmware, String workFolder) {
    return new Hypervisor(
        binary, firmware, accelerator, dirtyRing, shape, boot, workFolder, network, memory, true, true, more);
  }

  /** The same with this network device. */
  public Hypervisor withNetwork(Network device) {
    return new Hypervisor(
        binary, firmware, accelerator, dirtyRing, shape, boot, workFolder, Optional.of(device), memory, incoming, started, more);
  }

  /** The same with KVM's dirty ring; {@link IllegalStateException} without KVM. */
  public Hypervisor withDirtyRing() {
    if (accelerator != Accelerator.KVM) {
      throw new IllegalStateException("only KVM has a dirty ring, not " + accelerator);
    }
    return new Hypervisor(binary, firmware, accelerator, true, shape, boot, workFolder, network, memory, incoming, started, more);
  }

  /** The same with its memory in a shared file, which QEMU creates if it is missing and leaves behind. */
  public Hypervisor withMemoryFile(String path) {
    return withMemory(memory.withFile(path));
  }

  /** The same with its memory made of something else. */
  public Hypervisor withMemory(MemoryBacking backing) {
    return new Hypervisor(binary, firmware, accelerator, dirtyRing, shape, boot, workFolder, network, backing, incoming, started, more);
  }

  /** The same with the kernel and the initramfs where this host has them; the one that boots decides on the arguments. */
  public Hypervisor withImage(String kernel, String initramfs) {
    Optional<Boot> here = boot.map(b -> new Boot(kernel, initramfs, b.arguments()));
    return new Hypervisor(binary, firmware, accelerator, dirtyRing, shape, here, workFolder, network, memory, incoming, started, more);
  }

  /** The same with vCPUs that do, or do not, run without a {@code cont}. */
  public Hypervisor withStarted(boolean yes) {
    return new Hypervisor(
        binary, firmware, accelerator, dirtyRing, shape, boot, workFolder, network, memory, incoming, yes, more);
  }

  /** The same with these arguments in place of its further ones. */
  public Hypervisor withMore(String... arguments) {
    return new Hypervisor(
        binary, firmware, accelerator, dirtyRing, shape, boot, workFolder, network, memory, incoming, started, List.of(arguments));
  }

  /** Unix socket of QMP. */
  public String qmpSocket() {
    return workFolder + "/qmp.sock";
  }

  /** Unix socket of the guest's serial port. */
  public String serialSocket() {
    return workFolder + "/serial.sock";
  }

  /** Everything that the guest wrote to its serial port. */
  public String serialLog() {
    return workFolder + "/serial.log";
  }

  /** QEMU's own messages and trace. */
  public String qemuLog() {
    return workFolder + "/qemu.log";
  }

  /** The command line, one argument an element; no shell has to see it. */
  public List<String> argv() {
    List<String> argv = new ArrayList<>(List.of(binary, "-nodefaults", "-no-user-config", "-display", "none"));
    argv.addAll(List.of("-L", firmware, "-accel", accelerator.option() + (dirtyRing ? "," + DIRTY_RING : ""), "-cpu", "max"));
    // a guest that panics ends instead of booting anew
    argv.add("-no-reboot");
    argv.addAll(List.of("-machine", "q35" + memory.machineOption()));
    argv.addAll(List.of("-smp", Integer.toString(shape.vcpus())));
    argv.addAll(List.of("-m", "size=" + (shape.memory().bytes() >> 20) + "M"));
    argv.addAll(memory.arguments(shape.memory()));
    boot.ifPresent(b -> argv.addAll(List.of("-kernel", b.kernel(), "-initrd", b.initramfs(), "-append", b.arguments())));
    argv.addAll(List.of("-chardev", socket("serial", serialSocket()) + ",logfile=" + value(serialLog())));
    argv.addAll(List.of("-serial", "chardev:serial"));
    argv.addAll(List.of("-chardev", socket("qmp", qmpSocket()), "-mon", "chardev=qmp,mode=control"));
    network.ifPresent(device -> argv.addAll(List.of(
        "-netdev", "tap,id=network,ifname=" + value(device.tap()) + ",script=no,downscript=no,vnet_hdr=off",
        "-device", "virtio-net-pci,netdev=network,mac=" + device.mac() + ",romfile=")));
    // traces and messages carry the host's clock; threads their names, so that those of vCPUs can be told
    argv.addAll(List.of("-D", qemuLog(), "-msg", "timestamp=on", "-name", "guest=mplm,debug-threads=on"));
    if (incoming) {
      argv.addAll(List.of("-incoming", "defer"));
    }
    if (!started) {
      argv.add("-S");
    }
    argv.addAll(more);
    return List.copyOf(argv);
  }

  private static String socket(String id, String path) {
    return "socket,id=" + id + ",path=" + value(path) + ",server=on,wait=off";
  }

  /**
   * Where in the guest's memory, and so in a file that backs it, the byte at a physical address is: a q35 machine leaves a gap below
   * 4 GiB for devices, and has what does not fit below it from 4 GiB on ({@code pc_q35_init} in QEMU).
   */
  public long offset(long physicalAddress) {
    long below = shape.memory().bytes() < 0xb000_0000L ? shape.memory().bytes() : 0x8000_0000L;
    return physicalAddress < 1L << 32 ? physicalAddress : physicalAddress - (1L << 32) + below;
  }

  /** A comma ends a value in QEMU's option lists, two are one. */
  static String value(String text) {
    return text.replace(",", ",,");
  }
}
