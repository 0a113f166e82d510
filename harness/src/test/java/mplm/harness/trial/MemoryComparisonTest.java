// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import mplm.engine.unit.DataSize;
import org.testng.annotations.Test;

public class MemoryComparisonTest {
  private static final DataSize SIX = DataSize.parse("6MiB");

  @Test
  public void equalDigestsOfAllBlocksAreEqualMemory() {
    assertThat(MemoryComparison.difference(List.of("a", "b", "c"), List.of("a", "b", "c"), SIX)).isEmpty();
  }

  @Test
  public void aDifferenceIsNamedByItsAddress() {
    assertThat(MemoryComparison.difference(List.of("a", "b", "c"), List.of("a", "x", "y"), SIX))
        .hasValue("memory differs in 2 of 3 blocks of 2MiB, the first at 0x200000");
  }

  @Test
  public void whatWasNotDigestedIsNotEqual() {
    assertThat(MemoryComparison.difference(List.of(), List.of(), SIX))
        .hasValue("memory of 6MiB is 0 blocks of 2MiB at the source and 0 at the destination");
    assertThat(MemoryComparison.difference(List.of("a", "b", "c"), List.of("a", "b"), SIX)).isPresent();
  }
}
