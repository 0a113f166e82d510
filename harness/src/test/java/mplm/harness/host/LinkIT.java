// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mplm.engine.unit.Bandwidth;
import org.testng.Reporter;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 60_000)
public class LinkIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Hosts hosts = Hosts.read(Path.of(System.getenv("MPLM_HOSTS")));

  private Host source;

  @BeforeClass
  public void connect() {
    source = Host.connect(hosts.source());
  }

  @AfterClass(alwaysRun = true)
  public void disconnect() {
    if (source != null) {
      source.close();
    }
  }

  @DataProvider
  public Object[][] rates() {
    return new Object[][] {{"30Mbit/s"}, {"150Mbit/s"}};
  }

  @Test(dataProvider = "rates")
  public void tcpGetsTheRate(String rate) {
    Bandwidth shaped = Bandwidth.parse(rate);
    try (Link link = Link.open(hosts, source)) {
      link.shape(shaped);
      Bandwidth goodput = link.goodput();
      Reporter.log(hosts.testbed() + ", " + link.kind() + " at " + rate + ": TCP carries " + goodput, true);
      assertThat(goodput.bitsPerSecond() / (double) shaped.bitsPerSecond()).isBetween(0.85, 1.03);
    }
  }

  @Test
  public void anotherRateReplacesTheFirstAndCloseTakesItAway() {
    try (Link link = Link.open(hosts, source)) {
      link.shape(Bandwidth.parse("200Mbit/s"));
      link.shape(Bandwidth.parse("20Mbit/s"));
      assertThat(link.goodput()).isLessThan(Bandwidth.parse("21Mbit/s"));
    }
    try (Link link = Link.open(hosts, source)) {
      assertThat(link.goodput()).isGreaterThan(Bandwidth.parse("100Mbit/s"));
    }
  }

  @Test
  public void tcOnTheSourceIsRemovedAtTheEndAndByTheNextStart() {
    skipUnlessRootsNamespaces();
    Hosts real = TestHosts.with(Map.of("link", TestHosts.change("namespaces", null)));
    try (Link link = Link.open(real, source)) {
      link.shape(Bandwidth.parse("20Mbit/s"));
      assertThat(link.kind()).isEqualTo("tc tbf");
      assertThat(qdisc()).contains("tbf " + HostTcLink.HANDLE).contains("20Mbit");
      link.shape(Bandwidth.parse("30Mbit/s"));
      assertThat(qdisc()).contains("30Mbit").doesNotContain("20Mbit");
      try (Link testbeds = Link.open(hosts, source)) {
        assertThat(testbeds.goodput().bitsPerSecond() / 30e6).isBetween(0.85, 1.03);
      }
    }
    assertThat(qdisc()).doesNotContain("tbf");

    try (Host killed = Host.connect(real.source())) {
      Link.open(real, killed).shape(Bandwidth.parse("20Mbit/s")); // as a killed run leaves it
    }
    assertThat(qdisc()).contains("tbf " + HostTcLink.HANDLE);
    assertThat(Link.removeLeftover(real, source)).isTrue();
    assertThat(Link.removeLeftover(real, source)).isFalse();
    assertThat(qdisc()).doesNotContain("tbf");
  }

  /** An administrator's rules for a device are not the kit's to replace. */
  @Test
  public void whatSomebodySetOnTheDeviceStaysAndIsTold() {
    skipUnlessRootsNamespaces();
    Hosts real = TestHosts.with(Map.of("link", TestHosts.change("namespaces", null)));
    source.check(SOON, "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; tc qdisc add dev mig root handle 1: pfifo limit 77");
    try {
      assertThatThrownBy(() -> Link.open(real, source)).isInstanceOf(HostException.class)
          .hasMessageContaining("device mig has a queueing discipline that somebody set, pfifo 1:").message().hasLineCount(1);
      assertThat(qdisc()).contains("limit 77");
    } finally {
      source.check(SOON, "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; tc qdisc del dev mig root");
    }
  }

  /** With another work folder it may use the same hosts, and not their network too: its limit would replace that of the first, and take it away. */
  @Test
  public void ofTwoRunsOneLimitsALink() {
    skipUnlessRootsNamespaces();
    Hosts real = TestHosts.with(Map.of("link", TestHosts.change("namespaces", null)));
    try (Link link = Link.open(real, source); Host another = Host.connect(real.source())) {
      link.shape(Bandwidth.parse("20Mbit/s"));
      assertThatThrownBy(() -> Link.open(real, another)).isInstanceOf(HostException.class)
          .hasMessageContaining("source: another run limits a link of this machine by tc: ").message().hasLineCount(1);
      assertThatThrownBy(() -> Link.removeLeftover(real, another)).isInstanceOf(HostException.class);
      assertThat(qdisc()).contains("tbf " + HostTcLink.HANDLE).contains("20Mbit");
    }
    try (Host another = Host.connect(real.source()); Link link = Link.open(real, another)) {
      assertThat(link.kind()).isEqualTo("tc tbf");
    }
  }

  @Test
  public void aRunThatHoldsTheNetworkNoLongerSparesTheLimitOfAnother() {
    skipUnlessRootsNamespaces();
    Hosts real = TestHosts.with(Map.of("link", TestHosts.change("namespaces", null)));
    Link lost = Link.open(real, source);
    try {
      lost.shape(Bandwidth.parse("20Mbit/s"));
      TestHosts.endHold(source, "/proc/self/ns/net");
      try (Host host = Host.connect(real.source()); Link another = Link.open(real, host)) {
        another.shape(Bandwidth.parse("30Mbit/s"));
        assertThatThrownBy(() -> lost.shape(Bandwidth.parse("40Mbit/s"))).isInstanceOf(HostException.class)
            .hasMessageContaining("its network is not held any longer").message().hasLineCount(1);
        assertThatThrownBy(lost::close).isInstanceOf(HostException.class).hasMessageContaining("another run limits a link");
        assertThat(qdisc()).contains("30Mbit");
      }
    } finally {
      lost.close();
    }
    assertThat(qdisc()).doesNotContain("tbf");
  }

  @Test
  public void tcNeedsRootOrSudo() {
    skipUnlessRootsNamespaces();
    Hosts real = TestHosts.with(Map.of("link", TestHosts.change("namespaces", null), "source", TestHosts.change("user",
        "visitor")));
    try (Host visited = Host.connect(real.source())) {
      assertThatThrownBy(() -> Link.open(real, visited)).isInstanceOf(HostException.class)
          .hasMessageContaining("source: tc needs root: set sudo: true").message().hasLineCount(1);
    }
    Hosts bold = TestHosts.with(Map.of(
        "link", TestHosts.change("namespaces", null), "source", TestHosts.change("user", "visitor", "sudo", true)));
    try (Host visited = Host.connect(bold.source()); Link link = Link.open(bold, visited)) {
      if (visited.run(Duration.ofSeconds(10), "sh", "-c", "command -v sudo").exitStatus() != 0) {
        assertThatThrownBy(() -> link.shape(Bandwidth.parse("20Mbit/s"))).isInstanceOf(HostException.class)
            .hasMessageStartingWith("source: sudo -n tc qdisc replace dev mig root");
        return;
      }
      // the testbed's hosts let the visitor use tc by it, and nothing else
      assertThat(visited.run(Duration.ofSeconds(10), "sudo", "-n", "true").exitStatus()).isNotZero();
      link.shape(Bandwidth.parse("20Mbit/s"));
      assertThat(qdisc()).contains("tbf " + HostTcLink.HANDLE).contains("20Mbit");
    }
    assertThat(qdisc()).doesNotContain("tbf");
  }

  @Test
  public void anAddressIsLookedUpByItsDevice() {
    skipUnlessRootsNamespaces();
    Hosts named = TestHosts.with(Map.of("source", TestHosts.change("migration_address", null, "migration_interface", "mig")));
    assertThat(named.source().migrationAddress()).isNull();
    assertThat(named.resolved().source().migrationAddress()).isEqualTo(hosts.source().migrationAddress());
    Hosts wrong = TestHosts.with(Map.of("source", TestHosts.change("migration_address", null, "migration_interface", "nope")));
    assertThatThrownBy(wrong::resolved).isInstanceOf(HostException.class)
        .hasMessageStartingWith("source: migration_interface nope has no address that").message().hasLineCount(1);
  }

  @Test
  public void withoutTcQemuLimitsOrNobodyDoes() {
    Bandwidth rate = Bandwidth.parse("20Mbit/s");
    Map<String, Object> none = TestHosts.change("namespaces", null, "device", null);
    none.put("shaping", "max-bandwidth");
    try (Link link = Link.open(TestHosts.with(Map.of("link", none)), source)) {
      link.shape(rate);
      assertThatThrownBy(() -> link.target(1)).isInstanceOf(HostException.class).hasMessageContaining("max-bandwidth was not set");
      assertThat(link.maxBandwidth()).contains(rate);
      assertThat(link.target(1).getPort()).isEqualTo(1);
      assertThat(link.kind()).isEqualTo("max-bandwidth");
    }
    none.put("shaping", "none");
    none.put("rate", "10Gbit/s");
    try (Link link = Link.open(TestHosts.with(Map.of("link", none)), source)) {
      link.shape(Bandwidth.parse("10Gbit/s"));
      assertThat(link.maxBandwidth()).isEmpty();
      assertThatThrownBy(() -> link.shape(rate)).isInstanceOf(HostException.class)
          .hasMessage("link: cannot be limited to 20Mbit/s: hosts file says shaping: none, rate: 10Gbit/s");
    }
  }

  private String qdisc() {
    return source.check(Duration.ofSeconds(10), Host.sbin(List.of("tc", "qdisc", "show", "dev", hosts.link().device())));
  }

  private void skipUnlessRootsNamespaces() {
    HostIT.skipUnlessThereIsAVisitor(hosts);
  }
}
