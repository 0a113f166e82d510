// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.RemoteProcess;

/**
 * Two hosts and a link, reserved for one run and provided with the engine and the guest's image. Closing it gives all of that back
 * and kills whatever still runs there.
 */
final class Rig implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** $1 work folder. Ends at once if another run holds the lock, which is gone with this process. */
  private static final String RESERVE =
      """
      umask 077
      mkdir -p -- "$1" && exec 9>"$1/lock" || exit 1
      flock -n 9 || exit 75
      echo reserved
      exec sleep infinity
      """;

  /** $1 work folder, $2 memory file: what a run that was killed left. A hypervisor of the store is a run's, and that run is gone. */
  private static final String SWEEP =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) kill -KILL "${process#/proc/}" ;; esac
      done
      rm -rf -- "$1"/trial-* "$2"
      """;

  /** One of the two hosts with what stands ready on it; paths are the host's. */
  record Side(Host host, String binary, String firmware, String kernel, String initramfs) {
    /** Of which a guest's memory is made when it is to be compared. */
    String memoryFile() {
      return Rig.memoryFile(host);
    }
  }

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<RemoteProcess> locks = new ArrayList<>();
  private final Hosts hosts;
  private final Side source;
  private final Side destination;
  private final Link link;

  private Rig(Hosts hosts, Artifact engine, Artifact guest, Path logs) throws IOException {
    this.hosts = hosts;
    try {
      Host from = reserve(Host.connect(hosts.source()), logs);
      Host to = reserve(Host.connect(hosts.destination()), logs);
      source = provide(from, engine, guest);
      destination = provide(to, engine, guest);
      hosts.guestAddress().ifPresent(address -> List.of(from, to).forEach(Rig::checkTap));
      link = Link.open(hosts);
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
  static Rig open(Hosts hosts, Artifact engine, Artifact guest, Path logs) throws IOException {
    Files.createDirectories(logs);
    return new Rig(hosts, engine, guest, logs);
  }

  /** Whether both hosts are reserved still, and have unharmed what they were provided with. */
  boolean isWhole() {
    List<CompletableFuture<Boolean>> both = Stream.of(source, destination)
        .map(side -> CompletableFuture.supplyAsync(() -> side.host().keepsProvided()))
        .toList();
    try {
      return both.stream().map(CompletableFuture::join).reduce(true, Boolean::logicalAnd) && locks.stream().allMatch(RemoteProcess::isAlive);
    } catch (CompletionException e) {
      if (e.getCause() instanceof HostException) {
        return false; // it does not answer
      }
      throw e;
    }
  }

  private Host reserve(Host host, Path logs) throws IOException {
    opened.push(host);
    Path log = logs.resolve(host.name() + "-reserve.log");
    String work = host.config().workFolder();
    RemoteProcess lock = host.start(log, "sh", "-c", RESERVE, "mplm", work);
    opened.push(lock);
    locks.add(lock);
    for (long end = System.nanoTime() + ANSWER.toNanos(); !Files.readString(log).contains("reserved"); pause(host)) {
      if (!lock.isAlive()) {
        lock.await(ANSWER);
        throw new HostException(host.name(), lock.exitStatus().orElse(0) == 75
            ? "is in use by another run (" + work + "/lock)"
            : "cannot reserve " + work + ": " + Files.readString(log).strip());
      }
      if (System.nanoTime() - end > 0) {
        throw new HostException(host.name(), "cannot reserve " + work + " within " + ANSWER.toSeconds() + " s");
      }
    }
    host.check(ANSWER, "sh", "-c", SWEEP, "mplm", work, memoryFile(host));
    return host;
  }

  /** QEMU as root would make one that leads nowhere. */
  private static void checkTap(Host host) {
    String tap = host.config().guestTap();
    if (host.check(ANSWER, "cat", "/proc/net/dev").lines().noneMatch(line -> line.strip().startsWith(tap + ":"))) {
      throw new HostException(host.name(), "has no network device " + tap + ", its guest_tap in the hosts file");
    }
  }

  private static void pause(Host host) {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(host.name(), "interrupted while it was reserved");
    }
  }

  private static Side provide(Host host, Artifact engine, Artifact guest) {
    return new Side(
        host,
        host.provide(engine.path("bin/qemu-system-x86_64")),
        host.provide(engine.path("share")),
        host.provide(guest.path("vmlinux")),
        host.provide(guest.path("initramfs.cpio")));
  }

  /** One name a work folder and host, which only the run that holds the lock uses: so the next run can remove what was left. */
  private static String memoryFile(Host host) {
    return "/dev/shm/mplm" + host.config().workFolder().replace('/', '-') + "-" + host.name();
  }

  Hosts hosts() {
    return hosts;
  }

  Side source() {
    return source;
  }

  Side destination() {
    return destination;
  }

  Link link() {
    return link;
  }

  /** The command line of a guest on that side that boots stopped, for {@link Machine#start}. */
  Hypervisor hypervisor(Side side, Accelerator accelerator, GuestShape shape, String arguments, String workFolder) {
    Hypervisor.Boot boot = new Hypervisor.Boot(side.kernel(), side.initramfs(), arguments);
    return Hypervisor.source(side.binary(), side.firmware(), accelerator, shape, Optional.of(boot), workFolder);
  }

  /** The same with a network device on that side, at the address that {@link Kernel} tells the guest; without taps as it is. */
  Hypervisor withNetwork(Hypervisor hypervisor, Side side) {
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
