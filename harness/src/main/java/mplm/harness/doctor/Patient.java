// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Cause;
import mplm.harness.host.ExitHook;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.HostException;
import mplm.harness.host.HostKeyRefused;
import mplm.harness.host.Hosts;
import mplm.harness.host.Reservation;
import mplm.harness.host.Transfer;
import mplm.harness.rig.Rig;
import mplm.harness.rig.UsableKvm;

/** A host that is being examined: reserved, so that no run is disturbed. What it says of itself comes first, then it is tried. */
final class Patient implements AutoCloseable {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String ADMISSION = "admission";
  /** Logs of both are compared by eye; no measurement takes two clocks. */
  private static final double CLOCK_SECONDS = 1;

  private HostConfig config;
  private final String name;
  private final List<Check> checks = new ArrayList<>();
  private volatile Host host;
  private volatile Reservation reservation;
  private Facts facts;
  private Rig.Side side;

  Patient(HostConfig config) {
    this.config = config;
    this.name = config.name();
  }

  HostConfig config() {
    return config;
  }

  List<Check> checks() {
    return checks;
  }

  void add(List<Check> more) {
    checks.addAll(more);
  }

  /** It could not be admitted, for this reason and not for what it said itself. */
  void refuse(String why) {
    checks.removeIf(check -> check.what().equals(ADMISSION));
    checks.add(Check.fail(name, ADMISSION, why, Cause.remedy(why, "")));
  }

  /** Empty if the host could not be asked. */
  Optional<Facts> facts() {
    return Optional.ofNullable(facts);
  }

  /** Empty if the engine does not run there. */
  Optional<Rig.Side> side() {
    return Optional.ofNullable(side);
  }

  Optional<Host> host() {
    return Optional.ofNullable(host);
  }

  /** Reaches it and hears what it says of itself. */
  void admit() {
    try {
      long start = System.nanoTime();
      host = Host.connect(config);
      checks.add(Check.pass(name, "ssh", String.format(Locale.ROOT, "%s@%s port %d%s in %.2f s", config.user(), config.address(),
          config.port(), config.jump() == null ? "" : " through " + config.jump().address(), (System.nanoTime() - start) / 1e9)));
      checks.add(Check.pass(name, "host key", "the one in the hosts file"));
    } catch (HostKeyRefused e) {
      checks.add(Check.fail(name, "host key", e.getMessage(), "see there; if nobody has changed it, somebody else may answer"));
      return;
    } catch (HostException e) {
      checks.add(Check.fail(name, "ssh", e.getMessage(),
          Cause.remedy(e.getMessage(), "correct address, port, user, key in the hosts file; try it with ssh")));
      return;
    }
    try {
      if (config.migrationAddress() == null) {
        config = Hosts.resolved(config);
        host.close();
        host = Host.connect(config);
      }
      reservation = Reservation.take(host);
      List<String> left = reservation.leftovers();
      checks.add(Check.of(name, "leftovers", left.isEmpty(), Verdict.WARN, left.isEmpty() ? "none" : String.join(", ", left),
          "the next run removes them; so does mplm clean " + name));
      facts = Facts.of(host);
      checks.add(clock());
    } catch (IOException | HostException e) {
      checks.add(Check.fail(name, ADMISSION, e.getMessage(), Cause.remedy(String.valueOf(e.getMessage()), "correct the hosts file")));
    }
  }

  /** The host's clock less the controller's, as exact as the time that the question takes. */
  private Check clock() {
    long before = System.currentTimeMillis();
    double there = Double.parseDouble(host.check(ANSWER, "date", "+%s.%N").strip());
    long after = System.currentTimeMillis();
    double offset = there - (before + after) / 2e3;
    return Check.of(name, "clock", Math.abs(offset) < CLOCK_SECONDS, Verdict.WARN,
        String.format(Locale.ROOT, "%+.3f s, to %.3f s", offset, (after - before) / 2e3),
        "run an NTP client; measurements do not depend on it, logs are hard to compare");
  }

  /** Provides the engine and boots guests on KVM. */
  void examine(Artifacts artifacts, Path logs) {
    try {
      Rig.Side provided = Rig.provide(host, artifacts, Transfer.UNSEEN);
      String version = host.check(ANSWER, provided.binary(), "--version").lines().findFirst().orElse("");
      checks.add(Check.pass(name, "engine", version.replaceFirst(" \\(.*", "") + " runs from the work folder"));
      side = provided;
      kvm(logs);
    } catch (HostException e) {
      checks.add(Check.fail(name, "engine", e.getMessage(),
          Cause.remedy(e.getMessage(), "set work_folder to a file system with room that may execute")));
    }
  }

  /** Three rungs; without the last, guests run under TCG. */
  private void kvm(Path logs) {
    String slow = "guests run under TCG, much slower: ";
    String device = facts.text("kvm").orElse("missing");
    if (!device.equals("usable")) {
      boolean missing = device.equals("missing");
      checks.add(Check.warn(name, "kvm device", missing ? "/dev/kvm is not there" : config.user() + " may not open /dev/kvm",
          slow + (missing ? "load kvm_intel or kvm_amd" : "as root, usermod -aG kvm " + config.user())));
      return;
    }
    Optional<String> obstacle = UsableKvm.device(side);
    String found = obstacle.isPresent() ? "" : isHere() ? KvmDevice.ask().map(KvmDevice::toString).orElse(byQemu()) : byQemu();
    checks.add(rung("kvm device", obstacle, found, slow + "its kernel has no usable KVM"));
    if (obstacle.isEmpty()) {
      ExitHook.waitIfEnding();
      Optional<String> sector = UsableKvm.bootSector(side, logs);
      checks.add(rung("kvm boot sector", sector, "runs", slow + "KVM opens and runs nothing"));
      ExitHook.waitIfEnding();
      checks.add(rung("kvm linux", UsableKvm.linux(side, logs), "reaches its init", slow + (sector.isPresent() ? "as above"
          : "KVM runs a boot sector and no Linux, as nested virtualization at its worst; take bare metal")));
    }
  }

  /** QEMU refuses any API version but 12. */
  private String byQemu() {
    return "API 12, dirty ring: " + (UsableKvm.dirtyRing(side) ? "yes" : "no");
  }

  private Check rung(String what, Optional<String> obstacle, String found, String remedy) {
    return Check.of(name, what, obstacle.isEmpty(), Verdict.WARN, obstacle.orElse(found), remedy);
  }

  /** Whether it is the controller's own machine: one kernel, one boot. */
  private boolean isHere() {
    try {
      return facts.text(BOOT_ID.toString()).equals(Optional.of(Files.readString(BOOT_ID).strip()));
    } catch (IOException e) {
      return false; // a controller without it is no Linux, and no host
    }
  }

  /** Leaves nothing there, whatever is under way. */
  void end() {
    try {
      if (reservation != null) {
        reservation.sweep();
      }
    } catch (HostException e) {
      // it is lost, and what is left there is the next start's
    }
    try {
      close();
    } catch (HostException e) {
      // as before
    }
  }

  /** Whether the other one was refused because this one holds the work folder, which is one and the same. */
  boolean sharesWorkFolder(Patient other) {
    try {
      return reservation != null && other.reservation == null && other.host != null && host.sharesWorkFolder(other.host);
    } catch (HostException e) {
      return false; // whatever that is, it is told by the checks
    }
  }

  @Override
  public void close() {
    try {
      if (reservation != null) {
        reservation.close();
      }
    } finally {
      if (host != null) {
        host.close();
      }
    }
  }
}
