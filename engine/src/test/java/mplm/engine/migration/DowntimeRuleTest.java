// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The rules of orchestrators against what they publish themselves. */
public class DowntimeRuleTest {
  private static final DataSize GUEST = DataSize.parse("3GiB");

  /** The example in the documentation of Nova's function: 10 steps, 30 s per GiB, 3 GiB, 400 ms at most. */
  @Test
  public void novaRisesAsItsOwnExampleSays() {
    Nova nova = (Nova) Method.parse("nova:downtime=400ms,delay=30s");
    int[] published = {40, 76, 112, 148, 184, 220, 256, 292, 328, 364, 400};
    for (int step = 0; step < published.length; step++) {
      assertThat(nova.limit(Duration.ofSeconds(90L * step), GUEST)).as("step %d", step).hasMillis(published[step]);
      assertThat(nova.limit(Duration.ofSeconds(90L * step + 89), GUEST)).as("end of step %d", step).hasMillis(published[step]);
    }
    assertThat(nova.limit(Duration.ofHours(1), GUEST)).hasMillis(400);
    assertThat(nova.parameters()).containsEntry("downtime-limit", 40L);
  }

  /** Nova's defaults, in a guest that is smaller than what Nova reckons with at least. */
  @Test
  public void novaReckonsWithTwoGibibytesAtLeast() {
    Nova nova = (Nova) Method.parse("nova");
    assertThat(nova.limit(Duration.ofSeconds(149), DataSize.parse("256MiB"))).hasMillis(50);
    assertThat(nova.limit(Duration.ofSeconds(150), DataSize.parse("256MiB"))).hasMillis(95);
    assertThat(nova.limit(Duration.ofSeconds(600), DataSize.parse("8GiB"))).hasMillis(95);
    Nova inProportion = (Nova) Method.parse("nova:memory=8GiB").scaled(0.1);
    assertThat(inProportion).hasToString("nova:downtime=0.05s,delay=7.5s,memory=8GiB");
    assertThat(inProportion.limit(Duration.ofSeconds(60), DataSize.parse("256MiB"))).hasMillis(9);
  }

  /** The proposal's own table (VEP 291): iteration 3 after 75 s, then a step of 150 ms every 10 s to 1050 ms. */
  @Test
  public void kubevirtStepsAsItsOwnTableSays() {
    KubeVirtSteps steps = (KubeVirtSteps) Method.parse("kubevirt-steps");
    assertThat(steps.parameters()).containsEntry("downtime-limit", 150L);
    DowntimeRule rule = steps.rule();
    int[][] published = {{0, 1, 150}, {75, 3, 150}, {85, 10, 300}, {95, 20, 450}, {105, 30, 600}, {115, 40, 750}, {125, 50, 900},
      {135, 60, 1050}};
    int row = 0;
    for (int second = 0; second < 200; second++) {
      row = row + 1 < published.length && published[row + 1][0] == second ? row + 1 : row;
      assertThat(rule.at(look(second, published[row][1]))).as("after %d s", second).hasMillis(published[row][2]);
    }
  }

  /** And its scenario: nothing rises before the threshold, whatever the time; 300 ms come 10 s after it. */
  @Test
  public void kubevirtsStepsWaitForTheirIteration() {
    DowntimeRule rule = new KubeVirtSteps(Duration.ofMillis(150), Duration.ofMillis(1050), 7, 3, Duration.ofSeconds(10)).rule();
    for (int second = 0; second < 70; second++) {
      assertThat(rule.at(look(second, 2))).hasMillis(150);
    }
    assertThat(rule.at(look(70, 3))).hasMillis(150);
    assertThat(rule.at(look(79, 29))).hasMillis(150);
    assertThat(rule.at(look(80, 30))).hasMillis(300);
    assertThat(Method.parse("kubevirt-steps").scaled(0.1)).hasToString("kubevirt-steps:initial=0.015s,downtime=0.105s,cooldown=1s");
  }

  private static Progress look(int second, int fetches) {
    return new Progress(Duration.ofSeconds(second), "active", look(fetches, 0, 0).ram(), Optional.empty());
  }

  /** KubeVirt's own test has 970 and 900: the least outside the window is 1000, and the threshold 4 % below it. */
  @DataProvider
  public Object[][] rounds() {
    return new Object[][] {{1000, true}, {970, true}, {960, true}, {959, false}, {900, false}};
  }

  @Test(dataProvider = "rounds")
  public void kubevirtFindsAStallAtItsOwnThreshold(long remaining, boolean stalled) {
    Stall stall = new Stall(Duration.ofSeconds(40));
    stall.round(Duration.ZERO, 1000);
    stall.round(Duration.ofSeconds(39), remaining);
    assertThat(stall.stops()).as("within the window").isFalse();
    stall.round(Duration.ofSeconds(40), remaining);
    assertThat(stall.stops()).isEqualTo(stalled);
  }

  /** Stalled in a valley that does not come back, it waits a window, then half of one, and takes the next best each time. */
  @Test
  public void kubevirtWaitsForALocalMinimumAndThenForLess() {
    Stall stall = new Stall(Duration.ofSeconds(40));
    stall.round(Duration.ZERO, 1000);
    stall.round(Duration.ofSeconds(10), 500);
    stall.round(Duration.ofSeconds(40), 1200);
    assertThat(stall.stops()).as("500 was seen, 1200 is no local minimum").isFalse();
    stall.round(Duration.ofSeconds(60), 521);
    assertThat(stall.stops()).as("over 4 % more than the best").isFalse();
    stall.round(Duration.ofSeconds(61), 520);
    assertThat(stall.stops()).isTrue();

    Stall worse = new Stall(Duration.ofSeconds(40));
    worse.round(Duration.ZERO, 1000);
    worse.round(Duration.ofSeconds(10), 500);
    worse.round(Duration.ofSeconds(40), 1200);
    worse.round(Duration.ofSeconds(79), 1300);
    assertThat(worse.stops()).isFalse();
    worse.round(Duration.ofSeconds(80), 1353);
    assertThat(worse.stops()).as("1300 is the best now, the least since the stall was found, and 4 % more will do up to 1352").isFalse();
    worse.round(Duration.ofSeconds(81), 1352);
    assertThat(worse.stops()).isTrue();
  }

  /** The numbers of KubeVirt's own test of this: what was seen after the stall is taken in order of size, in ever shorter times. */
  @Test
  public void kubevirtsPatienceHalvesAndTakesEachValueOnce() {
    Stall stall = new Stall(Duration.ofSeconds(25));
    stall.round(Duration.ZERO, 100);
    stall.round(Duration.ofSeconds(25), 1000); // found: best 100, patience until 50 s
    for (int[] round : new int[][] {{26, 300}, {27, 500}, {28, 200}, {29, 600}}) {
      stall.round(Duration.ofSeconds(round[0]), round[1]);
      assertThat(stall.stops()).isFalse();
    }
    long[] deadlines = {50_000, 62_500, 68_750, 71_875};
    int[] best = {200, 300, 500, 600};
    for (int i = 0; i < best.length; i++) {
      // a round of far more to send moves the best at its deadline and does not stop
      stall.round(Duration.ofMillis(deadlines[i]), 9000 + i);
      assertThat(stall.stops()).as("best %d", best[i]).isFalse();
      assertThat(stall.best()).hasValue(best[i]);
    }
    stall.round(Duration.ofMillis(71_876), 624);
    assertThat(stall.stops()).as("600 and 4 % of it").isTrue();
  }

  @Test
  public void stepsThatBecomeAMillisecondOrLessAreStepsStill() {
    assertThat(Method.parse("kubevirt-steps:initial=300ms,downtime=302ms").scaled(0.01))
        .hasToString("kubevirt-steps:initial=0.003s,downtime=0.004s,cooldown=0.1s");
  }

  /** QEMU's 300 ms are scaled as all times are, or a guest in proportion would be stopped by them much too early. */
  @DataProvider
  public Object[][] scaled() {
    return new Object[][] {{"kubevirt", "kubevirt:window=4s,first=0.03s"}, {"small-gain", "small-gain:first=0.03s"},
        {"postcopy:after=2pass,preempt", "postcopy:after=2pass,first=0.03s,preempt"}};
  }

  @Test(dataProvider = "scaled")
  public void whatARuleBeginsWithIsScaled(String text, String inProportion) {
    assertThat(Method.parse(text).parameters()).containsEntry("downtime-limit", 300L);
    Method scaled = Method.parse(text).scaled(0.1);
    assertThat(scaled).hasToString(inProportion).isEqualTo(Method.parse(inProportion));
    assertThat(scaled.parameters()).containsEntry("downtime-limit", 30L);
  }

  @Test
  public void aRoundThatGainsAShareOfWhatWasSentGoesOn() {
    DowntimeRule rule = new SmallGain(5, DowntimeRule.QEMUS).rule();
    assertThat(rule.at(look(1, 0, 1000))).hasMillis(300);
    assertThat(rule.at(look(1, 500, 500))).as("amid a round").hasMillis(300);
    assertThat(rule.at(look(2, 1000, 600))).as("gained 40 %").hasMillis(300);
    assertThat(rule.at(look(3, 1600, 570))).as("gained 5 % of 600").hasMillis(300);
    assertThat(rule.at(look(4, 2170, 542))).as("gained less than 5 % of 570").isEqualTo(DowntimeRule.FORCED);
    assertThat(rule.at(look(5, 2712, 10))).as("it is never taken back").isEqualTo(DowntimeRule.FORCED);
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"nova:", "'' is not a setting of nova: it takes delay=DURATION-PER-GIB, downtime=DURATION, memory=SIZE, steps=NUMBER"},
      {"nova:steps=2", "at least 3"},
      {"nova:steps=3,steps=4", "set twice"},
      {"nova:downtime=5ms", "as many milliseconds as there are steps"},
      {"nova:delay=0s", "more than 0s"},
      {"kubevirt:window=0s", "more than 0s"},
      {"kubevirt:first=0s", "first is more than 0s, to 2000s, not 0s"},
      {"kubevirt:window=1.5ms", "whole number of milliseconds"},
      {"kubevirt-steps:initial=2s", "downtime more than that, to 2000s, not 2s and 1.05s"},
      {"kubevirt-steps:levels=1", "at least 2"},
      {"kubevirt-steps:cooldown=0s", "more than 0s"},
      {"small-gain:share=0", "1 to 99 percent"},
      {"small-gain:share=x", "'x' is not a whole number"},
      {"small-gain:window=1s", "it takes first=DURATION, share=PERCENT"},
    };
  }

  @Test(dataProvider = "wrong")
  public void aWrongSettingSaysWhatIsAllowed(String text, String allowed) {
    assertThatIllegalArgumentException().isThrownBy(() -> Method.parse(text))
        .withMessageStartingWith("method '" + text + "': ").withMessageContaining(allowed);
  }

  @DataProvider
  public Object[][] texts() {
    return new Object[][] {{"nova", "nova"}, {"nova:steps=10,downtime=0.5s", "nova"}, {"nova:steps=5,delay=3s", "nova:steps=5,delay=3s"},
        {"kubevirt:window=40s", "kubevirt"}, {"kubevirt:window=4s", "kubevirt:window=4s"}, {"small-gain:share=5", "small-gain"},
        {"kubevirt-steps:levels=7,cooldown=10s", "kubevirt-steps"}, {"kubevirt-steps:downtime=1.5s,initial=200ms,levels=5,iteration=2,cooldown=15s",
          "kubevirt-steps:initial=0.2s,downtime=1.5s,levels=5,iteration=2,cooldown=15s"},
        {"small-gain:share=10", "small-gain:share=10"}};
  }

  @Test(dataProvider = "texts")
  public void readsAndPrints(String text, String printed) {
    assertThat(Method.parse(text)).hasToString(printed).isEqualTo(Method.parse(printed));
  }

  private static Progress look(long fetches, long transferred, long remaining) {
    return new Progress(Duration.ofSeconds(fetches), "active", Optional.of(new Progress.Ram(new DataSize(transferred),
        new DataSize(remaining), GUEST, 0, 0, fetches, 0, 0)), Optional.empty());
  }
}
