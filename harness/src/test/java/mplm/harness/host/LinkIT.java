// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import mplm.engine.unit.Bandwidth;
import org.testng.Reporter;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Needs a testbed: {@code MPLM_HOSTS} names its hosts file. */
@Test(groups = "testbed", timeOut = 60_000)
public class LinkIT {
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
}
