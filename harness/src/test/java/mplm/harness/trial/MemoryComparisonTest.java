// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import mplm.engine.unit.DataSize;
import mplm.harness.host.HostException;
import mplm.harness.report.MemoryVerdict;
import mplm.harness.report.MemoryVerdict.Difference;
import org.testng.annotations.Test;

public class MemoryComparisonTest {
  private static final DataSize SIX = DataSize.parse("6MiB");

  private static final DataSize BLOCK = DataSize.parse("2MiB");

  @Test
  public void equalDigestsOfAllBlocksAreEqualMemory() {
    assertThat(MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "b", "c"), SIX, BLOCK)).isEmpty();
  }

  @Test
  public void aDifferenceIsNamedByItsAddress() {
    assertThat(MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "x", "y"), SIX, BLOCK))
        .containsExactly(0x200000L, 0x400000L);
    MemoryVerdict verdict = new MemoryVerdict(SIX, List.of(
        new Difference(0x200000, List.of(0x201000L, 0x3ff000L)), new Difference(0x400000, List.of())));
    assertThat(verdict.equal()).isFalse();
    assertThat(verdict.sentence())
        .isEqualTo("memory differs in 2 blocks: 0x200000 (2 pages: 0x201000, 0x3ff000); 0x400000");
  }

  @Test
  public void whatWasNotDigestedIsNotEqual() {
    assertThatThrownBy(() -> MemoryComparison.different(List.of(), List.of(), SIX, BLOCK)).isInstanceOf(HostException.class)
        .hasMessageContaining("memory of 6MiB is 0 parts of 2MiB at the source and 0 at the destination");
    assertThatThrownBy(() -> MemoryComparison.different(List.of("a", "b", "c"), List.of("a", "b"), SIX, BLOCK))
        .isInstanceOf(HostException.class);
  }
}
