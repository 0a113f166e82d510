// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import mplm.engine.migration.Route;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.LinkConfig;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.rig.MigrationGoodput;

/** The migration link: what its devices say, what a migration stream really gets, and whether its rate can be limited. */
final class LinkChecks {
  /** To try whether tc takes a rate; no stream flows meanwhile. */
  private static final Bandwidth TRIED = Bandwidth.parse("1Gbit/s");
  /** Less than that part of the device's speed is odd. */
  private static final double ODD_SHARE = 0.5;

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
  private static Check sameCpu(String link, Facts one, Facts other) {
    boolean same = one.cpu("model name").equals(other.cpu("model name")) && one.cpu("flags").equals(other.cpu("flags"));
    return Check.of(link, "same cpu", same, Verdict.WARN, same ? "both hosts have the same" : one.cpu("model name") + " and "
        + other.cpu("model name"), "a guest on KVM may not survive the move to other CPU features: take equal hosts");
  }

  private static List<Check> direction(String link, Patient from, Patient to, Protection protection, Path logs)
      throws InterruptedException {
    String which = from.config().name() + " to " + to.config().name();
    String address = to.config().migrationAddress();
    Facts facts = from.facts().orElseThrow();
    Optional<String> device = facts.deviceTo(address).or(() -> Optional.ofNullable(from.config().migrationInterface()));
    OptionalLong speed = device.map(facts::speedMbit).orElse(OptionalLong.empty());
    List<Check> checks = new ArrayList<>();
    String through = device.map(name -> name + (speed.isPresent() ? ", " + speed.getAsLong() + "Mbit/s" : ", speed not told"))
        .orElse("no route that is known to lead to " + address);
    String meant = from.config().migrationInterface();
    boolean asMeant = meant == null || device.equals(Optional.of(meant));
    checks.add(Check.of(link, "device " + from.config().name(), asMeant, Verdict.WARN, through,
        "the stream to " + address + " does not leave by migration_interface " + meant));
    try {
      Bandwidth goodput =
          MigrationGoodput.measure(from.side().orElseThrow(), to.side().orElseThrow(), Route.DIRECT, protection, logs);
      double mbit = goodput.bitsPerSecond() / 1e6;
      boolean odd = speed.isPresent() && mbit < ODD_SHARE * speed.getAsLong();
      checks.add(Check.of(link, "goodput", !odd, Verdict.WARN, String.format(Locale.ROOT, "%s: a migration stream gets %.0fMbit/s%s",
          which, mbit, protection == Protection.NONE ? "" : " by " + protection),
          "far below the device's speed: something shares or limits the link, or its packets' way through this machine"));
    } catch (IOException | HostException e) {
      checks.add(Check.fail(link, "goodput", which + " at " + address + ": " + e.getMessage(),
          "correct migration_address; let TCP through to " + address + ", on a port of the kernel's choice"));
    }
    return checks;
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
      return Check.fail(name, "shaping", e.getMessage(), "allow it, or set link.shaping: max-bandwidth in the hosts file");
    }
  }
}
