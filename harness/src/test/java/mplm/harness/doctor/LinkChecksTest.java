// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.LinkConfig.Protection;
import org.testng.annotations.Test;

public class LinkChecksTest {
  private static Check goodput(long bitsPerSecond, OptionalLong speed) {
    return LinkChecks.goodput("link", "a to b: a migration stream gets", new Bandwidth(bitsPerSecond), Protection.NONE, speed, "10.0.0.2");
  }

  private static Facts cpu(String flags) {
    return Facts.parse("=mplm= /proc/cpuinfo\nmodel name\t: AMD EPYC\nflags\t\t: " + flags + "\n");
  }

  @Test
  public void twoOfOneNameWithOtherFlagsAreToldByTheFlags() {
    assertThat(LinkChecks.sameCpu("link", cpu("fpu svm avx2"), cpu("fpu svm avx2")).verdict()).isEqualTo(Verdict.PASS);
    assertThat(LinkChecks.sameCpu("link", cpu("fpu svm avx2 npt"), cpu("fpu svm xsaves avx2")).finding())
        .isEqualTo("AMD EPYC on both; the destination lacks npt; the source lacks xsaves");
  }

  @Test
  public void aRouteOverIpv6IsKnown() {
    String none = "00000000000000000000000000000000 00 00000000000000000000000000000000";
    Facts facts = Facts.parse("=mplm= /proc/net/ipv6_route\n"
        + "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 " + none.substring(0, 32)
        + " 00000100 00000001 00000000 00000001     mig0\n"
        + none + " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n"
        + none + " 00 " + none.substring(0, 32) + " ffffffff 00000001 00000000 00200200       lo\n");
    assertThat(facts.deviceTo("fd00::2")).contains("mig0");
    assertThat(facts.deviceTo("2001:db8::1")).contains("eth0");
    assertThat(Facts.parse("").deviceTo("fd00::2")).isEmpty();
    // a table that is cut off amid a line
    Facts cut = Facts.parse("=mplm= /proc/net/ipv6_route\n" + none + " 00 " + none.substring(0, 20) + "\n=mplm= /proc/net/route\nIface\neth0\t0000\n");
    assertThat(cut.deviceTo("fd00::2")).isEmpty();
    assertThat(cut.deviceTo("10.0.0.1")).isEmpty();
  }

  /** The stream may leave by another link than the one that is meant, which is slower or somebody else's. */
  @Test
  public void aRouteThatIsUnknownOrNotTheOneThatIsMeantIsAWarning() {
    String none = "00000000000000000000000000000000";
    Facts facts = Facts.parse("=mplm= /proc/net/ipv6_route\n"
        + "fd000000000000000000000000000000 40 " + none + " 00 " + none + " 00000100 00000001 00000000 00000001     mig0\n");
    assertThat(LinkChecks.device("link", "a", facts, "fd00::2", null).verdict()).isEqualTo(Verdict.PASS);
    assertThat(LinkChecks.device("link", "a", facts, "fd00::2", "mig0").verdict()).isEqualTo(Verdict.PASS);
    Check other = LinkChecks.device("link", "a", facts, "fd00::2", "eth1");
    assertThat(other.verdict()).isEqualTo(Verdict.WARN);
    assertThat(other.toString()).contains("does not leave by migration_interface eth1");
    Check unknown = LinkChecks.device("link", "a", facts, "2001:db8::1", null);
    assertThat(unknown.verdict()).isEqualTo(Verdict.WARN);
    assertThat(unknown.toString()).contains("no route to 2001:db8::1 is known on a");
  }

  /** A few packets come through: the connection, and what fits into small ones. */
  @Test
  public void aLinkOnWhichNothingFlowsIsNoGoAndItSaysWhyThatMayBe() {
    for (OptionalLong speed : new OptionalLong[] {OptionalLong.empty(), OptionalLong.of(10_000)}) {
      Check dead = goodput(3_000, speed);
      assertThat(dead.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(dead.toString()).contains("a to b: a migration stream gets 0Mbit/s", "MTU", "ping -M do -s 8972 10.0.0.2");
    }
    assertThat(goodput(2_000_000, OptionalLong.empty()).verdict()).isEqualTo(Verdict.PASS);
    assertThat(goodput(2_000_000, OptionalLong.of(1_000)).verdict()).isEqualTo(Verdict.WARN);
  }
}
