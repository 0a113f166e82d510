// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.Reservation;
import mplm.harness.host.Transfer;

/**
 * Two hosts and a link, reserved for one run and provided with the engine and the guest's image. Closing it gives all of that back
 * and kills whatever still runs there.
 */
public final class Rig implements AutoCloseable {
  /** One of the two hosts with what stands ready on it; paths are the host's. */
  public record Side(Host host, String binary, String firmware, String kernel, String initramfs) {
    /** The file of which a guest's memory is made when it is to be compared. */
    public String memoryFile() {
      return host.config().memoryFile();
    }

    /** The command line of a guest that boots stopped, for {@link mplm.harness.machine.Machine#start}. */
    public Hypervisor hypervisor(Accelerator accelerator, GuestShape shape, String arguments, String workFolder) {
      Hypervisor.Boot boot = new Hypervisor.Boot(kernel, initramfs, arguments);
      return Hypervisor.source(binary, firmware, accelerator, shape, Optional.of(boot), workFolder);
    }
  }

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Map<Host, Reservation> reservations = new LinkedHashMap<>();
  private final Hosts hosts;
  private final Side source;
  private final Side destination;
  private final Map<String, Side> sources = new LinkedHashMap<>();
  private final Map<String, Side> destinations = new LinkedHashMap<>();
  private final Link link;

  private Rig(Hosts hosts, Artifact engine, Map<String, Artifact> engines, Artifact guest, Path logs) throws IOException {
    this.hosts = hosts;
    try {
      Host from = reserve(Host.connect(hosts.source()), logs);
      Host to = reserveBeside(from, Host.connect(hosts.destination()), logs);
      source = provide(from, engine, guest, Transfer.UNSEEN);
      destination = provide(to, engine, guest, Transfer.UNSEEN);
      engines.forEach((name, other) -> {
        sources.put(name, provide(from, other, guest, Transfer.UNSEEN));
        destinations.put(name, provide(to, other, guest, Transfer.UNSEEN));
      });
      isWhole(); // hashes all, so that the look before a trial need not
      hosts.guestAddress().ifPresent(address -> List.of(from, to).forEach(Rig::checkTap));
      link = Link.open(hosts, from);
      opened.push(link);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Connects, reserves, removes what a killed run left, uploads what is missing.
   *
   * @param logs local folder for what the hosts say meanwhile
   * @throws HostException a host cannot be used, or another run uses it
   */
  public static Rig open(Hosts hosts, Artifact engine, Artifact guest, Path logs) throws IOException {
    return open(hosts, engine, Map.of(), guest, logs);
  }

  /** The same with other engines too, by name. */
  public static Rig open(Hosts hosts, Artifact engine, Map<String, Artifact> engines, Artifact guest, Path logs) throws IOException {
    Files.createDirectories(logs);
    return new Rig(hosts, engine, engines, guest, logs);
  }

  /** Whether both hosts are reserved still, and have unharmed what they were provided with. */
  public boolean isWhole() {
    List<CompletableFuture<Boolean>> both = Stream.of(source, destination)
        .map(side -> CompletableFuture.supplyAsync(() -> side.host().keepsProvided()))
        .toList();
    try {
      return both.stream().map(CompletableFuture::join).reduce(true, Boolean::logicalAnd)
          && reservations.values().stream().allMatch(Reservation::isHeld);
    } catch (CompletionException e) {
      if (e.getCause() instanceof HostException) {
        return false; // it does not answer
      }
      throw e;
    }
  }

  /** Removes a file that any run's trial may have. Another run may have the host by now, if this one lost it: {@link HostException}. */
  public void remove(Host host, String file) throws IOException {
    Reservation anew = reservations.get(host).isHeld() ? null : Reservation.take(host);
    try {
      host.check(ANSWER, "rm", "-f", "--", file);
    } finally {
      if (anew != null) {
        anew.close();
      }
    }
  }

  /** One that has its work folder in common with the first is told so, and not that another run has it. */
  private Host reserveBeside(Host first, Host host, Path logs) throws IOException {
    try {
      return reserve(host, logs);
    } catch (HostException e) {
      if (shareAWorkFolder(first, host)) {
        throw Host.sameWorkFolder(host.config(), first.name());
      }
      throw e;
    }
  }

  /** False if that cannot be seen: what has failed before is to be told, and not this look. */
  private static boolean shareAWorkFolder(Host first, Host other) {
    try {
      return first.sharesWorkFolder(other);
    } catch (HostException e) {
      return false;
    }
  }

  private Host reserve(Host host, Path logs) throws IOException {
    opened.push(host);
    Reservation reservation = Reservation.take(host, logs.resolve(host.name() + "-reserve.log"));
    opened.push(reservation);
    reservations.put(host, reservation);
    reservation.sweep();
    opened.push(() -> {
      try {
        if (reservation.isHeld()) {
          reservation.sweep(); // a trial that was ended as it made its folder does not know of it
        }
      } catch (HostException e) {
        // it is lost, and what is left there is the next start's
      }
    });
    return host;
  }

  /** QEMU as root would make one that leads nowhere. */
  private static void checkTap(Host host) {
    String tap = host.config().guestTap();
    if (host.check(ANSWER, "cat", "/proc/net/dev").lines().noneMatch(line -> line.strip().startsWith(tap + ":"))) {
      throw new HostException(host.name(), "has no network device " + tap + ", its guest_tap in the hosts file");
    }
  }

  /**
   * Uploads what is missing, and verifies it.
   *
   * @throws HostException it cannot be put there
   */
  public static Side provide(Host host, Artifacts artifacts, Transfer transfer) {
    return provide(host, Artifact.engine(artifacts.engine()), Artifact.guest(artifacts.guest()), transfer);
  }

  private static Side provide(Host host, Artifact engine, Artifact guest, Transfer transfer) {
    return new Side(
        host,
        host.provide(engine.path("bin/qemu-system-x86_64"), transfer),
        host.provide(engine.path("share"), transfer),
        host.provide(guest.path("vmlinux"), transfer),
        host.provide(guest.path("initramfs.cpio"), transfer));
  }

  public Hosts hosts() {
    return hosts;
  }

  public Side source() {
    return source;
  }

  public Side destination() {
    return destination;
  }

  /** A hypervisor at the source with the engine of that name; the only one has an empty name. */
  public Side source(String engine) {
    return engine.isEmpty() ? source : sources.get(engine);
  }

  /** The destination, as {@link #source(String)} is the source. */
  public Side destination(String engine) {
    return engine.isEmpty() ? destination : destinations.get(engine);
  }

  public Link link() {
    return link;
  }

  /** The command line of a guest on that side that boots stopped, for {@link mplm.harness.machine.Machine#start}. */
  public Hypervisor hypervisor(Side side, Accelerator accelerator, GuestShape shape, String arguments, String workFolder) {
    return side.hypervisor(accelerator, shape, arguments, workFolder);
  }

  /** The same with a network device on that side, at the address that {@link Kernel} tells the guest; without taps as it is. */
  public Hypervisor withNetwork(Hypervisor hypervisor, Side side) {
    return hosts.guestAddress()
        .map(address -> hypervisor.withNetwork(new Hypervisor.Network(side.host().config().guestTap(), address.mac())))
        .orElse(hypervisor);
  }

  @Override
  public synchronized void close() {
    RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        first = first == null ? new IllegalStateException("closing the hosts: " + e.getMessage(), e) : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
