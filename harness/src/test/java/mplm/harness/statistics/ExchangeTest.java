// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.testng.annotations.Test;

public class ExchangeTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NONE = Double.NaN;

  private static Exchange.Quantity of(String cell, double... differences) {
    return new Exchange.Quantity(Map.of(cell, differences));
  }

  @Test
  public void allPairsOfOneSignAreTwoOfAllWays() {
    assertThat(Exchange.p(List.of(of("a", 1, 2, 3, 4, 5)), 1)).containsExactly(2 / 32.0);
    assertThat(Exchange.p(List.of(of("a", -1, -INF, -3, NONE, -5, -0.1)), 1)).containsExactly(2 / 32.0);
    // of the same trials: no second chance
    assertThat(Exchange.p(List.of(of("a", 1, 2, 3, 4, 5), of("a", 5, 4, 3, 2, 1)), 1)).containsExactly(2 / 32.0, 2 / 32.0);
    // of other trials: either may be so by chance
    double either = 1 - Math.pow(1 - 2 / 32.0, 2);
    assertThat(Exchange.p(List.of(of("a", 1, 2, 3, 4, 5), of("b", 5, 4, 3, 2, 1)), 1)).containsExactly(either, either);
    assertThat(Exchange.p(List.of(of("a", 0, 0, 0)), 1)).containsExactly(1);
  }

  /** By hand, of the 16 sums of 1, 2, 3 and 4 with either sign. */
  @Test
  public void theStatisticIsTheSumOfSignedRanks() {
    assertThat(Exchange.p(List.of(of("a", 1, 2, -100, 90)), 1)).containsExactly(14 / 16.0); // 1 + 2 - 4 + 3 = 2
    assertThat(Exchange.p(List.of(of("a", 1, -2, 100, 90)), 1)).containsExactly(6 / 16.0); // 1 - 2 + 4 + 3 = 6: 6, 8, 10 to either side
    assertThat(Exchange.p(List.of(of("a", -1, 2, INF, 90)), 1)).containsExactly(4 / 16.0);
  }

  @Test
  public void whatIsDrawnIsNearToWhatIsCounted() {
    double[] some = new Random(3).doubles(13, -0.5, 1).toArray();
    double[] more = Arrays.copyOf(some, 14);
    more[13] = NONE; // one pair more, which says nothing: too many to count
    assertThat(Exchange.p(List.of(of("a", more)), 1)[0]).isCloseTo(Exchange.p(List.of(of("a", some)), 1)[0], within(0.015));
  }

  @Test
  public void theShiftIsInItsInterval() {
    assertThat(new SignedRanks(1, 2, 3, 4, 5).interval()).isNull();
    assertThat(new SignedRanks(1, 2, 3, 4, 5, 6).interval()).containsExactly(1, 6);
    assertThat(new SignedRanks(1, 2, 3, 4, 5, 6).shift()).hasValue(3.5);
    assertThat(new SignedRanks(NONE, -INF, INF).shift()).hasValue(0);
    assertThat(SignedRanks.needed(0.05, 1)).isEqualTo(6);
    Random random = new Random(5);
    int covered = 0;
    for (int i = 0; i < 400; i++) {
      double[] ends = new SignedRanks(random.ints(12, 0, 1000).mapToDouble(one -> 7 + random.nextGaussian()).toArray()).interval();
      covered += ends[0] <= 7 && 7 <= ends[1] ? 1 : 0;
    }
    assertThat(covered).isGreaterThanOrEqualTo(370);
  }
}
