// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadInput;
import mplm.harness.support.InFolder;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class HostsTest extends InFolder {
  private static final String HOST_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC9uweY2r3Fm6Wy2lRhPZBpeEKpR/J1qPdblx7rblIQG";

  private Path file;
  private String good;

  @BeforeClass
  public void writeKey() throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    file = folder.resolve("hosts.yaml");
    good =
        """
        testbed: namespaces
        source:
          address: 10.77.1.2
          port: 2222
          user: root
          key: KEY
          host_key: HOST_KEY
          work_folder: /var/tmp/mplm
          migration_address: 10.77.2.1
        destination: {address: b, port: 22, user: u, key: KEY, host_key: HOST_KEY, work_folder: /w, migration_address: m}
        link: {shaping: tc, namespaces: /run/n, device: mig}
        """
            .replace("HOST_KEY", "'" + HOST_KEY + "'")
            .replace("KEY", key.toString());
  }

  @Test
  public void aGoodFileIsRead() throws IOException {
    Files.writeString(file, good);
    Hosts hosts = Hosts.read(file);
    assertThat(hosts.testbed()).isEqualTo("namespaces");
    assertThat(hosts.source().name()).isEqualTo("source");
    assertThat(hosts.source().port()).isEqualTo(2222);
    assertThat(hosts.destination().address()).isEqualTo("b");
    assertThat(hosts.link()).isEqualTo(new LinkConfig(LinkConfig.Shaping.TC, Path.of("/run/n"), "mig", null, LinkConfig.Protection.NONE, null, null));
    assertThat(hosts.guestAddress()).isEmpty();
    assertThat(hosts.noGuestNetwork()).contains("no guest_tap in the hosts file");
  }

  /** As two users, or two sshd, of this machine. */
  @Test
  public void aRelayStandsBetweenHostsThatAreThisMachine() throws Exception {
    String here = good.replace("10.77.1.2", "127.0.0.1").replace("address: b", "address: localhost").replace(", namespaces: /run/n, device: mig", "")
        .replace("shaping: tc", "shaping: relay").replace("10.77.2.1", "127.0.0.2");
    for (String arrival : List.of("migration_address: localhost", "migration_address: 127.0.0.3", "migration_interface: lo",
        "migration_address: " + InetAddress.getLocalHost().getHostAddress())) {
      Files.writeString(file, here.replace("migration_address: m", arrival));
      assertThat(Hosts.read(file).link().shaping()).as(arrival).isEqualTo(LinkConfig.Shaping.RELAY);
    }
    Files.writeString(file, here.replace("migration_address: m", "migration_address: 192.0.2.7"));
    assertThatThrownBy(() -> Hosts.read(file)).isInstanceOf(BadInput.class).hasMessageContaining("link: shaping: relay");
  }

  @Test
  public void theGuestHasANetworkWhereBothHostsHaveATap() throws IOException {
    Files.writeString(file, withTaps());
    Hosts hosts = Hosts.read(file);
    assertThat(hosts.source().guestTap()).isEqualTo("tap0");
    assertThat(hosts.destination().guestTap()).isEqualTo("tap1");
    assertThat(hosts.noGuestNetwork()).isEmpty();
    GuestAddress guest = hosts.guestAddress().orElseThrow();
    assertThat(guest).hasToString("10.77.1.200/24");
    assertThat(guest.mac()).isEqualTo("02:4d:0a:4d:01:c8");
    assertThat(guest.echo()).isEqualTo(new InetSocketAddress("10.77.1.200", 7));
  }

  @Test
  public void aTestbedTellsWhyThereIsNoTap() throws IOException {
    Files.writeString(file, good.replace("device: mig", "device: mig, no_guest_tap: 'open: Permission denied'"));
    assertThat(Hosts.read(file).noGuestNetwork()).contains("no tap device: open: Permission denied");
  }

  private String withTaps() {
    return good.replace("  port: 2222\n", "  port: 2222\n  guest_tap: tap0\n")
        .replace("{address: b,", "{address: b, guest_tap: tap1,")
        .replace("device: mig", "device: mig, guest_address: 10.77.1.200/24");
  }

  @Test
  public void withoutTestbedTheHostsAreReal() throws IOException {
    Files.writeString(file, good.replace("testbed: namespaces\n", ""));
    assertThat(Hosts.read(file).testbed()).isEqualTo("none");
  }

  @Test
  public void theExampleHasEveryKeyAndIsRead() throws IOException {
    String example = Files.readString(Path.of("hosts.example.yaml"));
    Files.writeString(file, example.replace("/home/alice/.ssh/id_ed25519", folder.resolve("key").toString()));
    Hosts hosts = Hosts.read(file);
    HostConfig source = hosts.source();
    assertThat(source.cpus()).isEqualTo(new CpuList(List.of(2, 3, 4, 5))).hasToString("2,3,4,5");
    assertThat(source.hugePages()).isEqualTo(DataSize.parse("2MiB"));
    assertThat(source.numaNode()).isZero();
    assertThat(source.preallocate()).isTrue();
    assertThat(source.sudo()).isTrue();
    assertThat(hosts.destination().name()).isEqualTo("other");
    assertThat(hosts.destination().sudo()).isFalse();
    assertThat(hosts.destination().jump().address()).isEqualTo("gateway.example.org");
    assertThat(hosts.destination().jump().agent()).isTrue();
    assertThat(hosts.destination().migrationAddress()).isNull();
    assertThat(hosts.tcDevice()).isEqualTo("eth1");
    assertThat(hosts.link().protection()).isEqualTo(LinkConfig.Protection.TLS);
    for (Class<?> type : List.of(HostsFile.class, HostsFile.Pair.class, HostConfig.class, Login.class, LinkConfig.class)) {
      for (RecordComponent component : type.getRecordComponents()) {
        String key = component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
        // the testbeds' own
        if (!List.of("testbed", "namespaces").contains(key)) {
          assertThat(example).as(key).containsPattern("\\b" + key + "\\b");
        }
      }
    }
  }

  @Test
  public void namesAndFoldersMayHoldAnythingThatAShellWouldChoke() throws IOException {
    Files.writeString(file, good.replace("/var/tmp/mplm", "\"/var/tmp/it's \\\"a\\\" $(id)\\nfolder\"")
        .replace("port: 2222", "port: 2222\n  name: it's $(one) \"two\""));
    HostConfig source = Hosts.read(file).source();
    assertThat(source.workFolder()).isEqualTo("/var/tmp/it's \"a\" $(id)\nfolder");
    assertThat(source.name()).isEqualTo("it's $(one) \"two\"");
    assertThat(source.memoryFile()).isEqualTo("/dev/shm/mplm-var-tmp-it's \"a\" $(id)\nfolder-it's $(one) \"two\"");
  }

  /** They would wait for each other: the source's reservation is "another run" to the destination. */
  @Test
  public void oneWorkFolderIsNotForBothHosts() throws IOException {
    Files.writeString(file, good.replace("address: b, port: 22", "address: 10.77.1.2, port: 2222").replace("/w,", "/var/tmp/mplm,"));
    assertThatThrownBy(() -> Hosts.read(file)).isInstanceOf(BadInput.class)
        .hasMessageContaining("destination: has the work folder /var/tmp/mplm on 10.77.1.2 port 2222, as the source has");
  }

  @DataProvider
  public Object[][] mistakes() {
    return new Object[][] {
      {"port: 2222", "port: 2222\n  prot: 1", ":5: source.prot: unknown key, allowed: address, agent, cpus, guest_tap, host_key, "},
      {"  port: 2222\n", "", ":2: source.port: missing; there are: address, host_key, key, "},
      {"port: 2222", "port: many", ":4: source.port: \"many\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port: '2222'", ":4: source.port: \"2222\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port: 2.5", ":4: source.port: \"2.5\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port:", ":4: source.port: "},
      {"port: 2222", "port: 70000", ":4: source.port: 70000, allowed: 1 to 65535"},
      {"port: 2222", "port: [1]", ":4: source.port: a list is not allowed, allowed: a whole number"},
      {"port: 2222", "port: 2222\n  port: 2222", ":5: not YAML: Duplicate field 'port'"},
      {"user: root", "user: 7", ":5: source.user: \"7\" is not allowed, allowed: text; if it is meant as text, quote it: \"7\""},
      {"user: root", "user: no", ":5: source.user: \"no\" is not allowed, allowed: text; if it is meant as text, quote it: \"no\""},
      {"  port: 2222", "\tport: 2222", "not YAML: while scanning for the next token, found character '\\t(TAB)'"},
      {"user: root", "user: ''", ":5: source.user: empty, allowed: text"},
      {"user: root", "user:", ":5: source.user: empty, allowed: text"},
      {"'" + HOST_KEY + "'", "ssh-ed25519 AAAA", ":7: source.host_key: \"ssh-ed25519 AAAA\", allowed: a public key"},
      {"'" + HOST_KEY + "'", "nonsense", ":7: source.host_key: \"nonsense\", allowed: a public key"},
      {"/var/tmp/mplm", "tmp", ":8: source.work_folder: \"tmp\", allowed: an absolute path"},
      {"/var/tmp/mplm", "/", ":8: source.work_folder: \"/\", allowed: an absolute path"},
      {"/var/tmp/mplm", "/etc", ":8: source.work_folder: \"/etc\" is the system's or a user's, allowed: a folder for the kit alone"},
      {"/var/tmp/mplm", "/etc/mplm", ":8: source.work_folder: \"/etc/mplm\" is the system's or a user's"},
      {"/var/tmp/mplm", "/home/ann", ":8: source.work_folder: \"/home/ann\" is the system's or a user's"},
      {"/var/tmp/mplm", "/tmp", ":8: source.work_folder: \"/tmp\" is the system's or a user's"},
      {"/var/tmp/mplm", "/w%d", ":8: source.work_folder: allowed: at most 80 bytes"},
      {"/var/tmp/mplm", "/w/../etc", ":8: source.work_folder: allowed: at most 80 bytes"},
      {"/var/tmp/mplm", "/" + "w".repeat(80), ":8: source.work_folder: allowed: at most 80 bytes"},
      {"/key\n", "/none\n", "/none does not exist, allowed: a readable file with a private key"},
      {"user: root\n  key: ", "user: root\n  #",
          ":2: source.key: missing, allowed: a readable file with a private key, or agent: true"},
      {"user: root", "user: root\n  agent: true", ":6: source.agent: true, allowed: either this or a key"},
      {"user: root", "user: root\n  agent: maybe", ":6: source.agent: \"maybe\" is not allowed, allowed: true, false"},
      {"user: root", "user: \"a\\nb\"", ":5: source.user: has control characters"},
      {"port: 2222", "port: 2222\n  name: a/b", ":5: source.name: allowed: 1 to 40 characters without /"},
      {"port: 2222", "port: 2222\n  name: destination", "destination.name: \"destination\", allowed: another name"},
      {"port: 2222", "port: 2222\n  jump: here", ":5: source.jump: \"here\" is not allowed, allowed: a mapping"},
      {"port: 2222", "port: 2222\n  jump: {address: g, port: 22}", ":5: source.jump.user: missing; there are: address, port"},
      {"port: 2222", "port: 2222\n  jump: {address: g, port: 0, user: u, agent: true}",
          ":5: source.jump.port: 0, allowed: 1 to 65535"},
      {"port: 2222", "port: 2222\n  cpus: 5-2", ":5: source.cpus: '5-2' is not a list of CPUs, such as 2-5,8"},
      {"port: 2222", "port: 2222\n  cpus: 1,1", ":5: source.cpus: '1,1' has CPU 1 twice"},
      {"port: 2222", "port: 2222\n  numa_node: -1", ":5: source.numa_node: -1, allowed: 0 or more"},
      {"port: 2222", "port: 2222\n  huge_pages: 2MB", ":5: source.huge_pages: '2MB' is not a data size"},
      {"port: 2222", "port: 2222\n  huge_pages: 4MiB", ":5: source.huge_pages: 4MiB, allowed: 2MiB, 1GiB"},
      {"port: 2222", "port: 2222\n  sudo: yes please", ":5: source.sudo: \"yes please\" is not allowed, allowed: true, false"},
      {"migration_address: 10.77.2.1", "#", ":2: source.migration_address: empty, allowed: an address"},
      {"migration_address: 10.77.2.1", "migration_interface: a b",
          ":9: source.migration_interface: allowed: the name of a network"},
      {"shaping: tc", "shaping: magic", ":11: link.shaping: \"magic\" is not allowed, allowed: tc, max-bandwidth, relay, none"},
      {"shaping: tc", "protection: ssl, shaping: tc", ":11: link.protection: \"ssl\" is not allowed, allowed: none, tls"},
      {"shaping: tc, namespaces: /run/n, device: mig", "shaping: tc", ":11: link: device: missing with shaping tc"},
      {"shaping: tc, namespaces: /run/n, device: mig", "shaping: max-bandwidth, rate: 1Gbit/s", ":11: link.rate: not used with"},
      {"shaping: tc, namespaces: /run/n, device: mig", "shaping: none, rate: fast", ":11: link.rate: 'fast' is not a bandwidth"},
      {"shaping: tc", "shaping: relay", ":11: link.namespaces: not used with shaping relay"},
      {"shaping: tc, namespaces: /run/n, device: mig", "shaping: relay",
          ":11: link: shaping: relay, which only this machine reaches, and source is 10.77.1.2 port 2222, allowed: tc"},
      {", device: mig", "", ":11: link.device: missing with namespaces"},
      {"testbed: namespaces", "testbed: cloud", ":1: testbed: \"cloud\", allowed: namespaces, rootless, machines, loopback, none"},
      {"testbed: namespaces", "- a", ":"},
      {"link: {", "link: {{", ":11: not YAML: "},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "", ":1: link: missing or empty, allowed: a mapping"},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "link:", ":11: link: missing or empty, allowed: a mapping"},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "link: tc", ":11: link: \"tc\" is not allowed, allowed: a mapping"},
    };
  }

  @Test(dataProvider = "mistakes")
  public void aMistakeIsOneLineThatSaysWhere(String right, String wrong, String message) throws IOException {
    refuses(good, right, wrong, message);
  }

  @DataProvider
  public Object[][] networkMistakes() {
    return new Object[][] {
      {"guest_tap: tap0", "guest_tap: ''", ":5: source.guest_tap: \"\", allowed: a network device's name"},
      {"guest_tap: tap0", "guest_tap: a/b", ":5: source.guest_tap: \"a/b\", allowed: a network device's name"},
      {"guest_tap: tap0", "guest_tap: sixteen-letters-", ":5: source.guest_tap: \"sixteen-letters-\", allowed: "},
      {"  guest_tap: tap0\n", "", ":2: source: guest_tap is missing, allowed: one on both hosts, or on none"},
      {"guest_tap: tap1, ", "", ":11: destination: guest_tap is missing, allowed: one on both hosts, or on none"},
      {", guest_address: 10.77.1.200/24", "", ":12: link: guest_address is missing with guest_tap on the hosts"},
      {"10.77.1.200/24", "10.77.1.200", ":12: link.guest_address: \"10.77.1.200\", allowed: A.B.C.D/1 to A.B.C.D/30"},
      {"10.77.1.200/24", "10.77.1.256/24", ":12: link.guest_address: \"10.77.1.256/24\", allowed: A.B.C.D/1"},
      {"10.77.1.200/24", "10.77.1.200/31", ":12: link.guest_address: \"10.77.1.200/31\", allowed: A.B.C.D/1"},
      {"10.77.1.200/24", "a/24", ":12: link.guest_address: \"a/24\", allowed: A.B.C.D/1"},
      {"10.77.1.200/24", "10.77.1.200/24, no_guest_tap: x", ":12: link: no_guest_tap is not used with guest_tap on the hosts"},
    };
  }

  @Test(dataProvider = "networkMistakes")
  public void aMistakeAboutTheGuestsNetworkIsOneLineThatSaysWhere(String right, String wrong, String message) throws IOException {
    refuses(withTaps(), right, wrong, message);
  }

  @Test
  public void anAddressWithoutTapsIsRefused() throws IOException {
    refuses(good, "device: mig", "device: mig, guest_address: 10.0.0.9/8",
        ":11: link: guest_address is not used without guest_tap");
  }

  private String pairs() {
    String link = "{shaping: tc, namespaces: /run/n, device: mig}";
    String host = good.lines().filter(line -> line.startsWith("destination: ")).findFirst().orElseThrow().substring(13);
    return """
        testbed: namespaces
        pairs:
          - name: east
            source: EAST1
            destination: EAST2
            link: {shaping: max-bandwidth}
          - name: west
            source: WEST1
            destination: WEST2
            link: LINK
        """.replace("LINK", link).replace("EAST1", host).replace("EAST2", host.replace("/w", "/w2"))
        .replace("WEST1", host.replace("address: b", "address: c")).replace("WEST2", host.replace("port: 22", "port: 23"));
  }

  @Test
  public void severalPairsHaveHostsOfTheirOwn() throws IOException {
    Files.writeString(file, pairs());
    List<Hosts> pairs = Hosts.all(file);
    assertThat(pairs).extracting(Hosts::pair).containsExactly("east", "west");
    assertThat(pairs).extracting(Hosts::testbed).containsOnly("namespaces");
    assertThat(pairs).extracting(pair -> pair.source().name()).containsExactly("east-source", "west-source");
    assertThat(pairs.get(1).called("link")).isEqualTo("west-link");
    assertThatThrownBy(() -> Hosts.read(file)).isInstanceOf(BadInput.class).hasMessage(file + ": 2 pairs, allowed: one");
    Files.writeString(file, good);
    assertThat(Hosts.all(file)).singleElement().satisfies(only -> {
      assertThat(only.pair()).isNull();
      assertThat(only.called("link")).isEqualTo("link");
    });
  }

  @DataProvider
  public Object[][] mistakesInPairs() {
    return new Object[][] {
      {"name: west", "name: east", ":2: pairs: east and east share the pair's name east, allowed: one of its own for each"},
      {"name: west", "name: we.st", ":7: pairs.1.name: \"we.st\", allowed: 1 to 20 letters, digits, _, -"},
      {"  - name: west\n    source", "  - source", ":7: pairs.1.name: missing; there are: destination, link, source"},
      {"name: west", "nam: west", ":7: pairs.1.name: missing; there are: destination, link, nam, source"},
      {"{address: c", "{address: b", ":2: pairs: east and west share the work folder /w on b port 22, allowed: one of its own"},
      {"{address: c", "{name: east-source, address: c", ":2: pairs: east and west share the host's name \"east-source\""},
      {"{address: c", "{name: west-destination, address: c",
          ":7: pairs.1.destination.name: \"west-destination\", allowed: another"},
      {"{shaping: max-bandwidth}", "{shaping: tc, namespaces: /run/n, device: mig}",
          ":2: pairs: east and west share tc on device mig of /run/n/source, allowed"},
      {"{shaping: max-bandwidth}", "{shaping: tc}", ":6: pairs.0.link: device: missing with shaping tc"},
      {"port: 23", "port: 0", ":9: pairs.1.destination.port: 0, allowed: 1 to 65535"},
      {"{address: c", "[address: c", ":"},
      {"pairs:", "link: {shaping: none}\npairs:", ":3: pairs: not used with source, destination and link at the top"},
    };
  }

  @Test(dataProvider = "mistakesInPairs")
  public void aMistakeInOneOfSeveralPairsIsOneLineThatSaysWhere(String right, String wrong, String message) throws IOException {
    refuses(pairs(), right, wrong, message);
  }

  @DataProvider
  public Object[][] noPairs() {
    return new Object[][] {{"pairs: []", ":1: pairs: empty, allowed: at least one"}, {"pairs: [~]", ":1: pairs: empty, allowed"},
      {"pairs: {}", ":1: pairs: a mapping is not allowed, allowed: a list"}, {"testbed: none", ":1: source: missing or empty"}};
  }

  @Test(dataProvider = "noPairs")
  public void noPairIsOneLine(String text, String message) throws IOException {
    refuses(text, text, text, message);
  }

  private void refuses(String text, String right, String wrong, String message) throws IOException {
    assertThat(text).contains(right);
    int at = text.indexOf(right);
    Files.writeString(file, text.substring(0, at) + wrong + text.substring(at + right.length()));
    assertThatThrownBy(() -> Hosts.all(file))
        .isInstanceOf(BadInput.class)
        .message()
        .startsWith(file.toString())
        .contains(message)
        .hasLineCount(1);
  }

  @DataProvider
  public Object[][] addresses() {
    String four = "3: v0    inet 10.1.2.3/24 scope global v0\\       valid_lft forever preferred_lft forever\n";
    String six = "3: v0    inet6 fd01::7/64 scope global \\       valid_lft forever preferred_lft forever\n";
    String link = "3: v0    inet6 fe80::e07b:a1ff:fe1d:d16/64 scope link \\       valid_lft forever preferred_lft forever\n";
    String tentative = "3: v0    inet6 fd01::8/64 scope global tentative \\       valid_lft forever preferred_lft forever\n";
    return new Object[][] {{four, "10.1.2.3"}, {six + link, "fd01::7"}, {link + six + four, "10.1.2.3"}, {tentative + six, "fd01::7"},
      {link + tentative, null}, {"", null}};
  }

  /** What iproute2 6.1 shows of a device in a namespace. */
  @Test(dataProvider = "addresses")
  public void anAddressOfEitherFamilyIsFound(String shown, String address) {
    assertThat(Hosts.address(shown)).isEqualTo(Optional.ofNullable(address));
  }

  /** To YAML they are all nothing. */
  @DataProvider
  public Object[][] nothing() {
    return new Object[][] {{""}, {" \n"}, {"# a comment\n"}, {"~"}, {"null"}, {"---\n"}, {"&anchor\n"}};
  }

  @Test(dataProvider = "nothing")
  public void aFileOfNothingIsOneLine(String text) throws IOException {
    Files.writeString(file, text);
    for (Function<Path, ?> read : List.<Function<Path, ?>>of(Hosts::read, Hosts::all)) {
      assertThatThrownBy(() -> read.apply(file)).isInstanceOf(BadInput.class).hasMessage(file + ": empty, allowed: a mapping");
    }
  }

  @Test
  public void aSecondDocumentIsToldAndNotPassedOver() throws IOException {
    Files.writeString(file, good + "---\n" + good);
    long line = good.lines().count() + 2;
    assertThatThrownBy(() -> Hosts.read(file)).isInstanceOf(BadInput.class)
        .hasMessage(file + ":" + line + ": a second document begins here, allowed: one; put it into a file of its own");
  }

  @Test
  public void noFileIsOneLine() {
    Path none = folder.resolve("none.yaml");
    assertThatThrownBy(() -> Hosts.read(none)).isInstanceOf(BadInput.class).hasMessage(none + ": no such file");
  }
}
