// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.input.BadInput;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class HostsTest {
  private static final String HOST_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC9uweY2r3Fm6Wy2lRhPZBpeEKpR/J1qPdblx7rblIQG";

  private Path folder;
  private Path file;
  private String good;

  @BeforeClass
  public void writeKey() throws IOException {
    folder = Files.createTempDirectory("mplm-hosts");
    Path key = Files.createFile(folder.resolve("key"));
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

  @AfterClass
  public void remove() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(folder.resolve("key"));
    Files.delete(folder);
  }

  @Test
  public void aGoodFileIsRead() throws IOException {
    Files.writeString(file, good);
    Hosts hosts = Hosts.read(file);
    assertThat(hosts.testbed()).isEqualTo("namespaces");
    assertThat(hosts.source().name()).isEqualTo("source");
    assertThat(hosts.source().port()).isEqualTo(2222);
    assertThat(hosts.destination().address()).isEqualTo("b");
    assertThat(hosts.link()).isEqualTo(new LinkConfig(LinkConfig.Shaping.TC, Path.of("/run/n"), "mig"));
  }

  @Test
  public void withoutTestbedTheHostsAreReal() throws IOException {
    Files.writeString(file, good.replace("testbed: namespaces\n", ""));
    assertThat(Hosts.read(file).testbed()).isEqualTo("none");
  }

  @DataProvider
  public Object[][] mistakes() {
    return new Object[][] {
      {"port: 2222", "port: 2222\n  prot: 1", ":5: source.prot: unknown key, allowed: address, host_key, key, "},
      {"  port: 2222\n", "", ":2: source.port: missing; there are: address, host_key, key, "},
      {"port: 2222", "port: many", ":4: source.port: \"many\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port: '2222'", ":4: source.port: \"2222\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port: 2.5", ":4: source.port: \"2.5\" is not allowed, allowed: a whole number"},
      {"port: 2222", "port:", ":4: source.port: "},
      {"port: 2222", "port: 70000", ":4: source.port: 70000, allowed: 1 to 65535"},
      {"port: 2222", "port: [1]", ":4: source.port: a list is not allowed, allowed: a whole number"},
      {"port: 2222", "port: 2222\n  port: 2222", ":5: not YAML: Duplicate field 'port'"},
      {"user: root", "user: 7", ":5: source.user: \"7\" is not allowed, allowed: text"},
      {"user: root", "user: ''", ":5: source.user: empty, allowed: text"},
      {"user: root", "user:", ":5: source.user: empty, allowed: text"},
      {"'" + HOST_KEY + "'", "ssh-ed25519 AAAA", ":7: source.host_key: \"ssh-ed25519 AAAA\", allowed: a public key"},
      {"'" + HOST_KEY + "'", "nonsense", ":7: source.host_key: \"nonsense\", allowed: a public key"},
      {"/var/tmp/mplm", "tmp", ":8: source.work_folder: \"tmp\", allowed: an absolute path"},
      {"/key\n", "/none\n", "/none, allowed: a readable file with a private key"},
      {"shaping: tc", "shaping: magic", ":11: link.shaping: \"magic\" is not allowed, allowed: tc, relay, none"},
      {"shaping: tc", "shaping: relay", ":11: link.namespaces: not used with shaping relay"},
      {", device: mig", "", ":11: link.device: missing with shaping tc"},
      {"testbed: namespaces", "testbed: cloud", ":1: testbed: \"cloud\", allowed: namespaces, rootless, loopback, none"},
      {"testbed: namespaces", "- a", ":"},
      {"link: {", "link: {{", ":11: not YAML: "},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "", ":1: link: missing"},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "link:", ":11: link: empty, allowed: a mapping"},
      {"link: {shaping: tc, namespaces: /run/n, device: mig}", "link: tc", ":11: link: \"tc\" is not allowed, allowed: a mapping"},
    };
  }

  @Test(dataProvider = "mistakes")
  public void aMistakeIsOneLineThatSaysWhere(String right, String wrong, String message) throws IOException {
    assertThat(good).contains(right);
    int at = good.indexOf(right);
    Files.writeString(file, good.substring(0, at) + wrong + good.substring(at + right.length()));
    assertThatThrownBy(() -> Hosts.read(file))
        .isInstanceOf(BadInput.class)
        .message()
        .startsWith(file.toString())
        .contains(message)
        .hasLineCount(1);
  }

  @Test
  public void anEmptyFileAndNoFileAreOneLine() throws IOException {
    Files.writeString(file, "");
    assertThatThrownBy(() -> Hosts.read(file)).isInstanceOf(BadInput.class).message().contains("empty").hasLineCount(1);
    Path none = folder.resolve("none.yaml");
    assertThatThrownBy(() -> Hosts.read(none)).isInstanceOf(BadInput.class).hasMessage(none + ": no such file");
  }
}
