// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import mplm.engine.unit.DataSize;
import mplm.harness.host.HostException;
import mplm.harness.result.MemoryVerdict;
import mplm.harness.result.MemoryVerdict.Difference;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class MemoryComparisonTest {
  private static final DataSize SIX = DataSize.parse("6MiB");

  private static final DataSize BLOCK = DataSize.parse("2MiB");

  private static final MemoryVerdict.Area CLOCK = new MemoryVerdict.Area("wall clock", 0x201000, 12, true);

  private static final MemoryVerdict.Area STEAL = new MemoryVerdict.Area("steal time of vCPU 1", 0x3ff040, 64, false);

  @Test
  public void equalDigestsOfAllBlocksAreEqualMemory() {
    assertThat(MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "b", "c"), SIX, BLOCK)).isEmpty();
  }

  @Test
  public void aDifferenceIsNamedByItsAddress() {
    assertThat(MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "x", "y"), SIX, BLOCK))
        .containsExactly(0x200000L, 0x400000L);
    MemoryVerdict verdict = new MemoryVerdict(SIX, List.of(CLOCK, STEAL), List.of(
        new Difference(0x200000, List.of(0x20100cL, 0x3ff041L)), new Difference(0x400000, List.of())));
    assertThat(verdict.equal()).isFalse();
    assertThat(verdict.sentence()).isEqualTo(
        "memory differs in 2 blocks: 0x200000 (2 pages: 0x20100c, 0x3ff041 in KVM's steal time of vCPU 1); 0x400000");
    assertThat(verdict.exempt()).contains("KVM's wall clock: 12 bytes at 0x201000");
    assertThat(new MemoryVerdict(SIX, List.of(STEAL), List.of()).exempt()).isEmpty();
  }

  @Test
  public void whatKvmRewritesMayDiffer() {
    byte[] source = noise();
    byte[] destination = source.clone();
    for (int i = 0x1000; i < 0x100c; i++) {
      destination[i] ^= 0x55;
    }
    assertThat(MemoryComparison.differentPages(source, destination, 0x200000, List.of(CLOCK, STEAL))).isEmpty();
    // the same bytes on TCG, where no guest tells of a clock
    assertThat(MemoryComparison.differentPages(source, destination, 0x200000, List.of())).containsExactly(0x201000L);
    // or elsewhere
    assertThat(MemoryComparison.differentPages(source, destination, 0x400000, List.of(CLOCK, STEAL))).containsExactly(0x401000L);
  }

  @DataProvider
  public Object[][] wrongBytes() {
    return new Object[][] {{0xfff}, {0x100c}, {0}, {0x1fffff}, {0x1ff041}};
  }

  /** Right before the clock, right behind it, at both ends of a block, and in an area that KVM does not rewrite. */
  @Test(dataProvider = "wrongBytes")
  public void oneWrongByteIsFoundAndNamed(int wrong) {
    byte[] source = noise();
    byte[] destination = source.clone();
    Arrays.fill(destination, 0x1000, 0x100c, (byte) 0);
    destination[wrong] ^= 1;
    assertThat(MemoryComparison.differentPages(source, destination, 0x200000, List.of(CLOCK, STEAL)))
        .containsExactly(0x200000L + wrong);
  }

  @Test
  public void anAreaMayLieAcrossPages() {
    MemoryVerdict.Area across = new MemoryVerdict.Area("wall clock", 0x200ffa, 12, true);
    byte[] source = noise();
    byte[] destination = source.clone();
    for (int i = 0xffa; i < 0x1006; i++) {
      destination[i] ^= 1;
    }
    assertThat(MemoryComparison.differentPages(source, destination, 0x200000, List.of(across))).isEmpty();
    destination[0xff9] ^= 1;
    destination[0x1006] ^= 1;
    assertThat(MemoryComparison.differentPages(source, destination, 0x200000, List.of(across)))
        .containsExactly(0x200ff9L, 0x201006L);
  }

  @Test
  public void eachPageThatDiffersIsNamedOnce() {
    byte[] zeros = new byte[0x3000];
    byte[] ones = new byte[0x3000];
    Arrays.fill(ones, 0x800, 0x2800, (byte) 1);
    assertThat(MemoryComparison.differentPages(zeros, ones, 0, List.of())).containsExactly(0x800L, 0x1000L, 0x2000L);
    assertThatThrownBy(() -> MemoryComparison.differentPages(zeros, new byte[0x2fff], 0, List.of()))
        .isInstanceOf(HostException.class).hasMessageContaining("12288 bytes at the source and 12287 at the destination");
  }

  private static byte[] noise() {
    byte[] noise = new byte[0x200000];
    new Random(1).nextBytes(noise);
    Arrays.fill(noise, 0x1000, 0x100c, (byte) 1);
    return noise;
  }

  @Test
  public void whatWasNotDigestedIsNotEqual() {
    assertThatThrownBy(() -> MemoryComparison.different(List.of(), List.of(), SIX, BLOCK)).isInstanceOf(HostException.class)
        .hasMessageContaining("memory of 6MiB is 0 parts of 2MiB at the source and 0 at the destination");
    assertThatThrownBy(() -> MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "b"), SIX, BLOCK))
        .isInstanceOf(HostException.class);
  }
}
