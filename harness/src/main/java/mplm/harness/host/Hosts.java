// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mplm.harness.input.BadInput;
import mplm.harness.input.BadValue;
import mplm.harness.testbed.Kind;

/**
 * Two hosts and the link between them, as {@code hosts.yaml} has them.
 *
 * @param testbed how the hosts came about: {@code namespaces}, {@code rootless}, {@code machines}, {@code loopback}, or
 *     {@code none} for real ones, the default
 * @param pair its name among several; null for the only one
 * @param source where the guest boots
 * @param destination where it goes
 * @param link what the migration stream takes
 */
public record Hosts(String testbed, String pair, HostConfig source, HostConfig destination, LinkConfig link) {
  private static final List<String> TESTBEDS =
      Stream.concat(Stream.of(Kind.values()).map(Kind::toString), Stream.of("none")).toList();
  /** An address in a line of {@code ip -o}; one of IPv6 that is yet to be checked, or that will go, is not to be listened on. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?m)^\\d+: \\S+\\s+inet(6?) ([0-9a-f.:]+)[/ ].* scope global(?!.* (?:tentative|deprecated|temporary|dadfailed))");

  public Hosts {
    testbed = testbed == null ? "none" : testbed;
    if (!TESTBEDS.contains(testbed)) {
      throw new BadValue("testbed", "\"" + testbed + "\", allowed: " + String.join(", ", TESTBEDS));
    }
    if (source == null || destination == null || link == null) {
      String empty = source == null ? "source" : destination == null ? "destination" : "link";
      throw new BadValue(empty, "missing or empty, allowed: a mapping");
    }
    source = source.orNamed(called(pair, "source"));
    destination = destination.orNamed(called(pair, "destination"));
    if (source.where().equals(destination.where()) && source.workFolder().equals(destination.workFolder())) {
      throw new BadValue("destination", "has the work folder " + source.workFolder() + " on " + source.where()
          + ", as the source has, allowed: another work_folder, or another host");
    }
    if ((source.guestTap() == null) != (destination.guestTap() == null)) {
      String without = source.guestTap() == null ? "source" : "destination";
      throw new BadValue(without, "guest_tap is missing, allowed: one on both hosts, or on none");
    }
    if ((source.guestTap() == null) != (link.guestAddress() == null)) {
      String what = link.guestAddress() == null ? "guest_address is missing with" : "guest_address is not used without";
      throw new BadValue("link", what + " guest_tap on the hosts");
    }
    if (source.guestTap() != null && link.noGuestTap() != null) {
      throw new BadValue("link", "no_guest_tap is not used with guest_tap on the hosts");
    }
    if (source.name().equals(destination.name())) {
      throw new BadValue("destination.name", "\"" + source.name() + "\", allowed: another name than the source's");
    }
    if (link.shaping() == LinkConfig.Shaping.RELAY) {
      for (HostConfig host : List.of(source, destination)) {
        if (!Stream.of(host.address(), host.migrationAddress(), host.jump() == null ? null : host.jump().address())
            .filter(Objects::nonNull).allMatch(Hosts::isHere)) {
          throw new BadValue("link", "shaping: relay, which only this machine reaches, and " + host.name() + " is "
              + host.where() + ", allowed: tc, max-bandwidth, none; relay between hosts that both are this machine");
        }
      }
    }
    if (link.shaping() == LinkConfig.Shaping.TC && link.namespaces() == null && link.device() == null
        && source.migrationInterface() == null) {
      throw new BadValue("link", "device: missing with shaping tc, and the source has no migration_interface");
    }
  }

  /** Whether it is an address of this machine. What has none is told when it is connected to. */
  private static boolean isHere(String address) {
    try {
      InetAddress known = InetAddress.getByName(address);
      return known.isLoopbackAddress() || NetworkInterface.getByInetAddress(known) != null;
    } catch (UnknownHostException | SocketException e) {
      return true;
    }
  }

  /** Where the guest is reached by the controller; empty if it has no network. */
  public Optional<GuestAddress> guestAddress() {
    return Optional.ofNullable(link.guestAddress()).map(GuestAddress::parse);
  }

  /** Why the guest has no network, in one line; empty if it has one. */
  public Optional<String> noGuestNetwork() {
    if (link.guestAddress() != null) {
      return Optional.empty();
    }
    return Optional.of(link.noGuestTap() == null ? "no guest_tap in the hosts file" : "no tap device: " + link.noGuestTap());
  }

  /** The same pairs with the migration stream protected in this way; as their files say if it is null. */
  public static List<Hosts> with(List<Hosts> pairs, LinkConfig.Protection protection) {
    return protection == null ? pairs : pairs.stream().map(pair -> pair.with(protection)).toList();
  }

  /** The same with the migration stream protected in this way. */
  public Hosts with(LinkConfig.Protection protection) {
    return new Hosts(testbed, pair, source, destination, link.with(protection));
  }

  /** All pairs of the file; {@link mplm.harness.input.BadInput} says what is wrong and where. */
  public static List<Hosts> all(Path file) {
    return HostsFile.read(file);
  }

  /** The pair of a file that has one. */
  public static Hosts read(Path file) {
    List<Hosts> all = all(file);
    if (all.size() > 1) {
      throw new BadInput(file + ": " + all.size() + " pairs, allowed: one");
    }
    return all.get(0);
  }

  /** What messages and records call {@code source}, {@code destination} or {@code link} of this pair: among several, its own. */
  public String called(String part) {
    return called(pair, part);
  }

  private static String called(String pair, String part) {
    return pair == null ? part : pair + "-" + part;
  }

  /**
   * The same with the migration addresses looked up that the file leaves out; {@link HostException} if a host cannot be reached or
   * its device has no address.
   */
  public Hosts resolved() {
    HostConfig from = resolved(source);
    HostConfig to = resolved(destination);
    try {
      return new Hosts(testbed, pair, from, to, link);
    } catch (BadValue e) {
      throw new BadInput(e.getMessage()); // what the file could not tell
    }
  }

  /** What {@link #resolved()} gives, of one host. */
  public static HostConfig resolved(HostConfig config) {
    if (config.migrationAddress() != null) {
      return config;
    }
    try (Host host = Host.connect(config)) {
      String device = config.migrationInterface();
      Output shown = host.run(ANSWER, Host.sbin(List.of("ip", "-o", "address", "show", "dev", device)));
      return config.withMigrationAddress(address(shown.stdout()).orElseThrow(() -> new HostException(config.name(),
          "migration_interface " + device + " has no address that another host can reach, of IPv4 or IPv6; set migration_address: "
              + shown.stderr().strip())));
    }
  }

  /** A device's address for migrations, of what {@code ip -o address} shows: the first of IPv4, else the first of IPv6; empty for none. */
  static Optional<String> address(String shown) {
    List<MatchResult> all = ADDRESS.matcher(shown).results().toList();
    return Stream.of("", "6").flatMap(family -> all.stream().filter(address -> address.group(1).equals(family)))
        .map(address -> address.group(2)).findFirst();
  }

  /** The source's device on the migration link, for tc. */
  String tcDevice() {
    return link.device() != null ? link.device() : source.migrationInterface();
  }
}
