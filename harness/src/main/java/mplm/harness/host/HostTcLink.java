// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import mplm.engine.unit.Bandwidth;

/**
 * The kernel's token bucket on a device of the source, by tc over SSH, as root or by sudo. All that leaves by the device gets the
 * rate together. The bucket has a handle of the kit's own, so one that a killed run left is known and removed. While it is open no other run has one on that machine.
 */
final class HostTcLink implements Link {
  /** "MP". */
  static final String HANDLE = "4d50:";

  private final Host source;
  private final String destination;
  private final String device;
  private final List<String> tc;
  private final RemoteProcess lock;

  HostTcLink(Hosts hosts, Host source) {
    this.source = source;
    this.destination = hosts.destination().migrationAddress();
    this.device = hosts.tcDevice();
    this.tc = command(source);
    this.lock = Reservation.holdNetwork(source);
    try {
      refuseAnothers(source, device);
      remove(source, device);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** {@code tc} with what makes it root's; {@link HostException} if this user may not. */
  private static List<String> command(Host host) {
    if (host.check(ANSWER, "id", "-u").strip().equals("0")) {
      return List.of("tc");
    }
    if (!host.config().sudo()) {
      throw new HostException(host.name(), "tc needs root: set sudo: true for the host if its user may sudo -n tc, "
          + "or link.shaping: max-bandwidth");
    }
    return List.of("sudo", "-n", "tc");
  }

  /** One that somebody has set there would be replaced, and be gone for good at the end. The kernel's own has the handle 0. */
  private static void refuseAnothers(Host host, String device) {
    for (String line : shown(host, device).lines().toList()) {
      String[] words = line.strip().split(" ");
      if (words.length > 3 && words[3].equals("root") && !words[2].equals("0:") && !words[2].equals(HANDLE)) {
        throw new HostException(host.name(), "device " + device + " has a queueing discipline that somebody set, " + words[1] + " " + words[2]
            + ", and a limit would take its place: remove it there, or set link.shaping: max-bandwidth in the hosts file");
      }
    }
  }

  /** Whether the device has a bucket of the kit. */
  static boolean isShaped(Host host, String device) {
    return shown(host, device).contains(" " + HANDLE + " ");
  }

  private static String shown(Host host, String device) {
    Output shown = host.run(ANSWER, Host.sbin(List.of("tc", "qdisc", "show", "dev", device)));
    if (shown.exitStatus() != 0) {
      throw new HostException(host.name(), "tc qdisc show dev " + device + ": " + shown.stderr().strip());
    }
    return shown.stdout();
  }

  /** Takes the bucket of a run that was killed away; says whether there was one. {@link HostException} while a run has one. */
  static boolean removeLeftover(Host host, String device) {
    try (RemoteProcess lock = isShaped(host, device) ? Reservation.holdNetwork(host) : null) {
      return lock != null && remove(host, device);
    }
  }

  private static boolean remove(Host host, String device) {
    if (!isShaped(host, device)) {
      return false;
    }
    tc(host, command(host), "del", device);
    return true;
  }

  @Override
  public void shape(Bandwidth rate) {
    if (!lock.isAlive()) {
      throw new HostException(source.name(), "its network is not held any longer: the connection to it was lost, or it heard nothing of this machine");
    }
    tc(source, tc, "replace", device, "handle", HANDLE, "tbf", "rate", rate.bitsPerSecond() + "bit", "burst", "256kb",
        "latency", "50ms");
  }

  @Override
  public String kind() {
    return "tc tbf";
  }

  @Override
  public InetSocketAddress target(int destinationPort) {
    return new InetSocketAddress(destination, destinationPort);
  }

  @Override
  public void close() {
    try (lock) {
      if (lock.isAlive()) {
        remove(source, device);
      } else {
        removeLeftover(source, device); // unless another run has one there by now
      }
    }
  }

  private static void tc(Host host, List<String> tc, String verb, String device, String... discipline) {
    List<String> line = new ArrayList<>(tc);
    line.addAll(List.of("qdisc", verb, "dev", device, "root"));
    line.addAll(List.of(discipline));
    Output output = host.run(ANSWER, Host.sbin(line));
    if (output.exitStatus() != 0) {
      throw new HostException(host.name(), String.join(" ", line) + ": " + output.stderr().strip());
    }
  }
}
