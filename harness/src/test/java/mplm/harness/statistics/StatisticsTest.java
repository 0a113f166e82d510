// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.testng.annotations.Test;

/** The mathematics, against published values, enumeration, and what has to hold for any data. */
public class StatisticsTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Hollander, Wolfe, Chicken, Nonparametric Statistical Methods, 3rd ed., example 4.1: W = 30, two-sided 0.2544. */
  @Test
  public void theRankTestGivesThePublishedValue() {
    double[] term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    double[] early = {1.15, 0.88, 0.90, 0.74, 1.21};
    assertThat(RankSum.p(early, term, 1)).isCloseTo(0.2544, within(0.0001));
  }

  @Test
  public void theRankTestGivesWhatOneCountsByHand() {
    // of 20 ways to choose 3 of 6 two are as extreme
    assertThat(RankSum.p(values(1, 2, 3), values(4, 5, 6), 1)).isEqualTo(0.1);
    // 4 of 20: sums of 7 and of 14
    assertThat(RankSum.p(values(1, 2, 4), values(3, 5, 6), 1)).isEqualTo(0.2);
    assertThat(RankSum.p(values(1, 1, 1), values(1, 1, 1), 1)).isEqualTo(1);
    // what did not come to its end is longer than all, however long the others are
    assertThat(RankSum.p(values(1, 2, 3, 4), values(INF, INF, INF, INF), 1)).isEqualTo(2 / 70.0);
    assertThat(RankSum.p(values(), values(1), 1)).isEqualTo(1);
  }

  @Test
  public void theRankTestIsTheFullEnumerationTiesIncluded() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      double[] one = draw(random, 2 + random.nextInt(4), 4);
      double[] other = draw(random, 2 + random.nextInt(4), 4);
      assertThat(RankSum.p(one, other, 1)).isCloseTo(enumerated(one, other), within(1e-12))
          .isEqualTo(RankSum.p(other, one, 1));
    }
  }

  @Test
  public void drawnPermutationsAgreeWithCountedOnes() {
    Random random = new Random(3);
    double[] one = random.doubles(RankSum.EXACT / 2).toArray();
    double[] other = random.doubles(RankSum.EXACT / 2).map(x -> x + 0.08).toArray();
    double exact = RankSum.p(one, other, 1);
    double[] more = DoubleStream.concat(DoubleStream.of(other), DoubleStream.of(2)).toArray();
    double drawn = RankSum.p(one, more, 1);
    // one value more changes the p-value little, and takes it beyond what is counted
    assertThat(drawn).isCloseTo(exact, within(0.3 * exact + 0.01)).isEqualTo(RankSum.p(more, one, 1));
    assertThat(RankSum.p(draw(random, 100, 1), new Random(1).doubles(100, 5, 6).toArray(), 1)).isEqualTo(1 / 10_000.0);
  }

  /** For samples of the same, P(p <= a) <= a for each a, and nearly a. */
  @Test
  public void pValuesAreUniformWhenNothingDiffers() {
    Random random = new Random(11);
    int rounds = 4_000;
    double[] p = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      p[i] = RankSum.p(random.doubles(8).toArray(), random.doubles(8).toArray(), 1);
    }
    for (double level : values(0.01, 0.05, 0.1, 0.25, 0.5, 0.75)) {
      double share = DoubleStream.of(p).filter(value -> value <= level).count() / (double) rounds;
      double error = 4 * Math.sqrt(level * (1 - level) / rounds);
      assertThat(share).as("share of p-values up to " + level).isBetween(0.7 * level - error, level + error);
    }
  }

  @Test
  public void theLeastPValueSaysHowManyTrialsAreNeeded() {
    assertThat(RankSum.least(3, 3)).isEqualTo(0.1);
    assertThat(RankSum.least(4, 4)).isEqualTo(2 / 70.0);
    assertThat(RankSum.needed(0.05)).isEqualTo(4);
    assertThat(RankSum.needed(0.05 / 10)).isEqualTo(6);
    for (int n = 2; n < 8; n++) {
      double[] low = new Random(n).doubles(n).toArray();
      double[] high = new Random(n).doubles(n, 2, 3).toArray();
      assertThat(RankSum.p(low, high, 1)).isCloseTo(RankSum.least(n, n), within(1e-12));
    }
  }

  /** Fisher's lady tasting tea, and Agresti's tables. */
  @Test
  public void fishersTestGivesThePublishedValues() {
    assertThat(FisherExact.p(3, 4, 1, 4)).isCloseTo(0.4857, within(0.0001));
    assertThat(FisherExact.p(4, 4, 0, 4)).isCloseTo(0.0286, within(0.0001));
    // R: fisher.test(matrix(c(10, 2, 3, 15), 2))
    assertThat(FisherExact.p(10, 12, 3, 18)).isCloseTo(0.0005367, within(0.000001));
    assertThat(FisherExact.p(0, 8, 0, 8)).isEqualTo(1);
    assertThat(FisherExact.p(2, 9, 5, 7)).isEqualTo(FisherExact.p(5, 7, 2, 9));
  }

  /** Holm 1979 by hand: 4 tests. */
  @Test
  public void holmsCorrectionStepsDown() {
    assertThat(Holm.adjust(0.01, 0.04, 0.03, 0.005)).containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
    assertThat(Holm.adjust(0.9, 0.8)).containsExactly(1, 1);
    assertThat(Holm.adjust()).isEmpty();
  }

  @Test
  public void theIntervalCoversTheTrueRatioAboutAsOftenAsItSays() {
    Random random = new Random(5);
    int covered = 0;
    int rounds = 300;
    for (int i = 0; i < rounds; i++) {
      double[] base = DoubleStream.generate(() -> 10 + random.nextGaussian()).limit(15).toArray();
      double[] candidate = DoubleStream.generate(() -> 12 + 1.2 * random.nextGaussian()).limit(15).toArray();
      RatioInterval interval = RatioInterval.of(base, candidate, i).orElseThrow();
      covered += interval.low() <= 1.2 && 1.2 <= interval.high() ? 1 : 0;
    }
    assertThat(covered / (double) rounds).isBetween(0.90, 1.0);
  }

  @Test
  public void noIntervalIsMadeUp() {
    assertThat(RatioInterval.of(values(1, 2), values(1, 2), 1)).isEmpty();
    assertThat(RatioInterval.of(values(INF, INF, INF), values(INF, INF, INF), 1)).isEmpty();
    assertThat(RatioInterval.of(values(1, 1, 1), values(INF, INF, INF), 1)).isEqualTo(Optional.of(new RatioInterval(INF, INF)));
    assertThat(RatioInterval.ratio(0, 0)).isEqualTo(1);
    assertThat(RatioInterval.ratio(INF, INF)).isNaN();
    assertThat(Median.of(values(3, 1, 2, 10))).isEqualTo(2.5);
  }

  private static double[] values(double... values) {
    return values;
  }

  private static double[] draw(Random random, int n, int bound) {
    return DoubleStream.generate(() -> random.nextInt(bound)).limit(n).toArray();
  }

  /** All subsets, one by one. */
  private static double enumerated(double[] one, double[] other) {
    double[] all = DoubleStream.concat(DoubleStream.of(one), DoubleStream.of(other)).toArray();
    double mean = one.length * (all.length + 1) / 2.0;
    double observed = Math.abs(rankSum(all, (1 << one.length) - 1) - mean);
    int far = 0;
    int subsets = 0;
    for (int subset = 0; subset < 1 << all.length; subset++) {
      if (Integer.bitCount(subset) == one.length) {
        subsets++;
        far += Math.abs(rankSum(all, subset) - mean) >= observed - 1e-9 ? 1 : 0;
      }
    }
    return (double) far / subsets;
  }

  private static double rankSum(double[] all, int subset) {
    double sum = 0;
    for (int i = 0; i < all.length; i++) {
      double value = all[i];
      if ((subset & 1 << i) != 0) {
        sum += DoubleStream.of(all).filter(x -> x < value).count()
            + (DoubleStream.of(all).filter(x -> x == value).count() + 1) / 2.0;
      }
    }
    return sum;
  }

  /** As of many beginnings of several traces; what was counted exactly up to some size goes on as the normal distribution does. */
  @Test
  public void manyPairsHaveAnInterval() {
    Random random = new Random(7);
    for (int pairs : new int[] {199, 200, 201, 2000}) {
      SignedRanks ranks = new SignedRanks(random.ints(pairs, 0, 9).mapToDouble(one -> 3 + random.nextGaussian()).toArray());
      double[] ends = ranks.interval();
      double half = 1.96 / Math.sqrt(pairs);
      assertThat(ends[0]).as("%d pairs", pairs).isLessThan(ranks.shift().orElseThrow()).isCloseTo(3 - half, within(2 * half));
      assertThat(ends[1]).isGreaterThan(ranks.shift().orElseThrow()).isCloseTo(3 + half, within(2 * half));
      assertThat(ends[1] - ends[0]).isCloseTo(2 * half, withinPercentage(25));
    }
  }

  /** What is drawn cannot be as small as what is counted. */
  @Test
  public void theLeastPValueOfManyValuesIsThatOfTheDraws() {
    assertThat(RankSum.least(60, 60)).isLessThan(1e-30);
    assertThat(RankSum.least(100, 100)).isEqualTo(1e-4);
  }
}
