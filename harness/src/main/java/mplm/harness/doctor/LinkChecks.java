// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import mplm.engine.migration.Route;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.Cause;
import mplm.harness.host.ExitHook;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.LinkConfig;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.rig.MigrationGoodput;

/** The migration link: what its devices say, what a migration stream really gets, and whether its rate can be limited. */
final class LinkChecks {
  /** The rate with which tc is tried; no stream flows meanwhile. */
  private static final Bandwidth TRIED = Bandwidth.parse("1Gbit/s");
  /** Less than that part of the device's speed is odd. */
  private static final double ODD_SHARE = 0.5;
  /** No guest is moved at less: 1 GiB would take more than two hours. */
  private static final double DEAD_MBIT = 1;

  private LinkChecks() {}

  static List<Check> of(Hosts hosts, Patient source, Patient destination, Path logs) throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    String link = hosts.called("link");
    if (source.side().isEmpty() || destination.side().isEmpty()) {
      return List.of(Check.fail(link, "goodput", "not measured", "both hosts must run the engine first"));
    }
    checks.add(sameCpu(link, source.facts().orElseThrow(), destination.facts().orElseThrow()));
    checks.addAll(direction(link, source, destination, hosts.link().protection(), logs));
    checks.addAll(direction(link, destination, source, hosts.link().protection(), logs));
    checks.add(shaping(hosts, source.host().orElseThrow()));
    return checks;
  }

  /** A guest that moves keeps the CPU features that it booted with. */
  static Check sameCpu(String link, Facts one, Facts other) {
    String model = one.cpu("model name");
    String otherModel = other.cpu("model name");
    Set<String> more = flags(one);
    more.removeAll(flags(other));
    Set<String> less = flags(other);
    less.removeAll(flags(one));
    boolean same = model.equals(otherModel) && more.isEmpty() && less.isEmpty();
    return Check.of(link, "same cpu", same, Verdict.WARN, same ? "both hosts have the same"
            : (model.equals(otherModel) ? model + " on both" : model + " and " + otherModel) + lacks("destination", more)
                + lacks("source", less), "a guest on KVM may not survive the move to other CPU features: take equal hosts, with the same"
            + " microcode and kernel");
  }

  private static Set<String> flags(Facts facts) {
    return new TreeSet<>(List.of(facts.cpu("flags").split(" ")));
  }

  private static String lacks(String role, Set<String> flags) {
    return flags.isEmpty() ? "" : "; the " + role + " lacks " + String.join(" ", flags);
  }

  private static List<Check> direction(String link, Patient from, Patient to, Protection protection, Path logs)
      throws InterruptedException {
    ExitHook.waitIfEnding();
    String which = from.config().name() + " to " + to.config().name();
    String address = to.config().migrationAddress();
    Facts facts = from.facts().orElseThrow();
    String meant = from.config().migrationInterface();
    OptionalLong speed = device(facts, address, meant).map(facts::speedMbit).orElse(OptionalLong.empty());
    List<Check> checks = new ArrayList<>(List.of(device(link, from.config().name(), facts, address, meant)));
    try {
      Bandwidth goodput =
          MigrationGoodput.measure(from.side().orElseThrow(), to.side().orElseThrow(), Route.DIRECT, protection, logs);
      checks.add(goodput(link, which + ": a migration stream gets", goodput, protection, speed, address));
    } catch (IOException | HostException e) {
      checks.add(Check.fail(link, "goodput", which + " at " + address + ": " + e.getMessage(), Cause.remedy(String.valueOf(e.getMessage()),
          "correct migration_address; let TCP through to " + address + ", on a port of the kernel's choice")));
    }
    return checks;
  }

  /** The one that leads to the address; the one that is meant to, if no route is known. */
  private static Optional<String> device(Facts facts, String address, String meant) {
    return facts.deviceTo(address).or(() -> Optional.ofNullable(meant));
  }

  /**
   * Whether the stream leaves a host by the device that is meant.
   *
   * @param meant the one that the hosts file names; null if it names none
   */
  static Check device(String link, String host, Facts facts, String address, String meant) {
    Optional<String> route = facts.deviceTo(address);
    String through = device(facts, address, meant).map(name -> {
      OptionalLong speed = facts.speedMbit(name);
      return name + (speed.isPresent() ? ", " + speed.getAsLong() + "Mbit/s" : ", speed not told");
    }).orElse("no route that is known to lead to " + address);
    boolean asMeant = route.isPresent() && (meant == null || route.get().equals(meant));
    return Check.of(link, "device " + host, asMeant, Verdict.WARN, through, route.isEmpty()
        ? "no route to " + address + " is known on " + host + ": correct migration_address, or add a route"
        : "the stream to " + address + " does not leave by migration_interface " + meant);
  }

  /** Whether a guest can be moved at that rate, and whether it is what the device is made for. */
  static Check goodput(String link, String which, Bandwidth goodput, Protection protection, OptionalLong speed, String address) {
    double mbit = goodput.bitsPerSecond() / 1e6;
    String told = String.format(Locale.ROOT, "%s %.0fMbit/s%s", which, mbit, protection == Protection.NONE ? "" : " by " + protection);
    if (mbit < DEAD_MBIT) {
      return Check.fail(link, "goodput", told, "a connection is made, but nothing flows: large packets may be lost on the way; is the MTU"
          + " (ip link) the same at both ends and all between? ping -M do -s 8972 " + address + " tries 9000 bytes, -s 1472 tries 1500");
    }
    return Check.of(link, "goodput", speed.isEmpty() || mbit >= ODD_SHARE * speed.getAsLong(), Verdict.WARN, told,
        "far below the device's speed: something shares or limits the link, or its packets' way through this machine");
  }

  private static Check shaping(Hosts hosts, Host source) {
    String name = hosts.called("link");
    LinkConfig link = hosts.link();
    if (link.shaping() == LinkConfig.Shaping.MAX_BANDWIDTH) {
      return Check.warn(name, "shaping", "by QEMU, while the guest runs",
          "the stopped stage takes what the link has; allow tc if you can");
    }
    if (link.shaping() == LinkConfig.Shaping.NONE) {
      return Check.of(name, "shaping", link.rate() != null, Verdict.WARN,
          "none" + (link.rate() == null ? "" : ", at " + link.rate()),
          "experiments ask for a rate: give the link's own as link.rate in the hosts file");
    }
    try {
      boolean left = Link.removeLeftover(hosts, source);
      try (Link opened = Link.open(hosts, source)) {
        opened.shape(TRIED);
        return Check.of(name, "shaping", !left, Verdict.WARN,
            opened.kind() + " takes a rate" + (left ? "; a killed run had left one" : ""), "removed now");
      }
    } catch (HostException e) {
      return Check.fail(name, "shaping", e.getMessage(), Cause.remedy(e.getMessage(),
          "allow it, or set link.shaping: max-bandwidth in the hosts file"));
    }
  }
}
