// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Looks;
import mplm.harness.statistics.RankSum;
import org.testng.annotations.Test;

public class ComparisonTest {
  private static final int ENOUGH = 8;

  /** Trials of a cell whose times scatter by 3 %. */
  private static List<Observation> trials(String method, int n, double time, double downtime, long seed) {
    Random random = new Random(seed);
    List<Observation> trials = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      trials.add(trial(method, time * (1 + 0.03 * random.nextGaussian()), downtime * (1 + 0.03 * random.nextGaussian())));
    }
    return trials;
  }

  private static Observation trial(String method, double time, double downtime) {
    return new Observation("MG", method, "", "", false, Outcome.COMPLETED, Map.of(Metric.TIME, time, Metric.DOWNTIME, downtime));
  }

  private static Observation noEnd(String method) {
    double inf = Double.POSITIVE_INFINITY;
    return new Observation("MG", method, "", "", false, Outcome.NOT_CONVERGED, Map.of(Metric.TIME, inf, Metric.DOWNTIME, inf));
  }

  private static List<Observation> both(List<Observation> one, List<Observation> other) {
    List<Observation> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  private static Comparison compare(List<Observation> base, List<Observation> candidate) {
    return Comparison.of(base, candidate, Rules.standard());
  }

  private static Difference of(Comparison comparison, String method, Metric metric) {
    return comparison.differences().stream()
        .filter(d -> d.method().equals(method) && d.metric().equals(metric.title())).findFirst().orElseThrow();
  }

  @Test
  public void slowerIsWorseAndOnlyWhereItIsSlower() {
    Comparison comparison = compare(trials("mplm", ENOUGH, 10, 1, 1), trials("mplm", ENOUGH, 12, 1, 2));
    assertThat(comparison.isWorse()).isTrue();
    assertThat(comparison.isClear()).isTrue();
    assertThat(comparison.judgement()).isEqualTo(Judgement.WORSE);
    assertThat(of(comparison, "mplm", Metric.TIME).judgement()).isEqualTo(Judgement.WORSE);
    assertThat(of(comparison, "mplm", Metric.TIME).ratio().getAsDouble()).isBetween(1.1, 1.3);
    assertThat(of(comparison, "mplm", Metric.DOWNTIME).judgement()).isEqualTo(Judgement.SAME);
  }

  @Test
  public void whatIsSignificantButSmallIsTheSame() {
    List<Observation> base = new ArrayList<>();
    List<Observation> candidate = new ArrayList<>();
    for (int i = 0; i < ENOUGH; i++) {
      base.add(trial("mplm", 10 + 0.001 * i, 1));
      candidate.add(trial("mplm", 10.3 + 0.001 * i, 1));
    }
    Comparison comparison = compare(base, candidate);
    assertThat(of(comparison, "mplm", Metric.TIME).p().getAsDouble()).isLessThan(0.01);
    assertThat(of(comparison, "mplm", Metric.TIME)).extracting(Difference::judgement, Difference::note)
        .containsExactly(Judgement.SAME, "within the threshold");
    Rules strict = new Rules(Rules.ALPHA, Rules.thresholds(List.of("50%", "time=2%")), List.of(), 1);
    assertThat(Comparison.of(base, candidate, strict).isWorse()).isTrue();
  }

  @Test
  public void aSlowerMachineIsNoWorseEngine() {
    List<Observation> base = both(trials("mplm", ENOUGH, 10, 1, 1), trials("precopy:5s", ENOUGH, 20, 4, 2));
    List<Observation> slowNight = both(trials("mplm", ENOUGH, 11.5, 1.15, 3), trials("precopy:5s", ENOUGH, 23, 4.6, 4));
    Comparison comparison = compare(base, slowNight);
    assertThat(comparison.isWorse()).isFalse();
    assertThat(of(comparison, "mplm", Metric.TIME).note()).startsWith("so may be the control: 1.1");
    assertThat(of(comparison, "precopy:5s", Metric.TIME).control()).isTrue();
    // slower by more than the machine is worse all the same
    List<Observation> worse = both(trials("mplm", ENOUGH, 14, 1.15, 3), trials("precopy:5s", ENOUGH, 23, 4.6, 4));
    assertThat(of(compare(base, worse), "mplm", Metric.TIME).judgement()).isEqualTo(Judgement.WORSE);
    // and without a control there is nothing that explains it
    Rules none = new Rules(Rules.ALPHA, Map.of(), List.of(Rules.NONE), 1);
    assertThat(Comparison.of(base, slowNight, none).isWorse()).isTrue();
  }

  /** All cells slower by three tenths: what scatters beyond the threshold after the division is no more than chance. */
  @Test
  public void aSlowerMachineRaisesNoMoreAlarmsThanChance() {
    Random random = new Random(4);
    int runs = 200;
    int alarms = 0;
    for (int run = 0; run < runs; run++) {
      List<Observation> base = new ArrayList<>();
      List<Observation> slower = new ArrayList<>();
      for (int i = 0; i < ENOUGH; i++) {
        for (String method : List.of("mplm", "mplm:epoch=1s", "mplm:share=25", "precopy:1s", "precopy:5s")) {
          base.add(trial(method, 10 + random.nextGaussian(), 1 + 0.1 * random.nextGaussian()));
          slower.add(trial(method, 13 + 1.3 * random.nextGaussian(), 1.3 + 0.13 * random.nextGaussian()));
        }
      }
      alarms += compare(base, slower).isWorse() ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(runs / 20);
  }

  @Test
  public void aWorseControlDecidesNothingUnlessItIsAllThereIs() {
    List<Observation> base = trials("precopy:5s", ENOUGH, 10, 1, 1);
    List<Observation> slow = trials("precopy:5s", ENOUGH, 15, 1, 2);
    assertThat(compare(base, slow).isWorse()).isTrue();
    assertThat(compare(both(base, trials("mplm", ENOUGH, 10, 1, 3)), both(slow, trials("mplm", ENOUGH, 10, 1, 4))).isWorse())
        .isFalse();
  }

  @Test
  public void fewTrialsGiveNoVerdictAndItSaysHowManyWould() {
    Comparison comparison = compare(trials("mplm", 3, 10, 1, 1), trials("mplm", 3, 20, 3, 2));
    assertThat(comparison.needed()).isEqualTo(RankSum.needed(0.05 / 2)).isEqualTo(5);
    assertThat(of(comparison, "mplm", Metric.TIME)).extracting(Difference::judgement, Difference::note)
        .containsExactly(Judgement.TOO_FEW, "a verdict needs 5 each");
    assertThat(comparison.isWorse()).isFalse();
    assertThat(comparison.isClear()).isFalse();
    assertThat(compare(trials("mplm", 5, 10, 1, 1), trials("mplm", 5, 20, 3, 2)).isWorse()).isTrue();
  }

  @Test
  public void migrationsThatDoNotEndAreWorseThanThoseThatDo() {
    List<Observation> base = trials("mplm", ENOUGH, 10, 1, 1);
    List<Observation> stuck = new ArrayList<>();
    for (int i = 0; i < ENOUGH; i++) {
      stuck.add(noEnd("mplm"));
    }
    Comparison comparison = compare(base, stuck);
    assertThat(comparison.differences()).filteredOn(d -> d.judgement() == Judgement.WORSE).extracting(Difference::metric)
        .containsExactly(Metric.TIME.title(), Metric.DOWNTIME.title(), "did not end, share of trials");
    // neither did before
    assertThat(compare(stuck, stuck).judgement()).isEqualTo(Judgement.SAME);
    List<Observation> faults = new ArrayList<>();
    for (int i = 0; i < ENOUGH; i++) {
      faults.add(new Observation("MG", "mplm", "", "", false, Outcome.CORRUPTED, Map.of()));
    }
    assertThat(compare(base, faults).isWorse()).isTrue();
    assertThat(compare(faults, base).judgement()).isEqualTo(Judgement.BETTER);
  }

  /** Whatever the data: better and worse change places with base and candidate; nothing is worse than itself. */
  @Test
  public void theVerdictIsSymmetric() {
    Random random = new Random(9);
    int decided = 0;
    for (int round = 0; round < 60; round++) {
      List<Observation> one = new ArrayList<>();
      List<Observation> other = new ArrayList<>();
      for (String method : List.of("mplm", "precopy:5s")) {
        one.addAll(trials(method, 6 + random.nextInt(4), 10, 1, random.nextLong()));
        other.addAll(trials(method, 6 + random.nextInt(4), 10 * (0.8 + 0.4 * random.nextDouble()), 1 + random.nextDouble(),
            random.nextLong()));
        if (random.nextBoolean()) {
          other.add(noEnd(method));
        }
      }
      Comparison there = compare(one, other);
      Comparison back = compare(other, one);
      for (Difference difference : there.differences()) {
        Judgement swapped = back.differences().stream().filter(d -> d.method().equals(difference.method())
            && d.metric().equals(difference.metric())).findFirst().orElseThrow().judgement();
        assertThat(swapped).as(difference.toString()).isEqualTo(switch (difference.judgement()) {
          case WORSE -> Judgement.BETTER;
          case BETTER -> Judgement.WORSE;
          default -> difference.judgement();
        });
        decided += swapped == Judgement.BETTER || swapped == Judgement.WORSE ? 1 : 0;
      }
      assertThat(compare(one, one).differences()).extracting(Difference::judgement).containsOnly(Judgement.SAME);
    }
    assertThat(decided).isGreaterThan(30);
  }

  /** As both engines of a run are made: in turn, on a machine that is slower in each round. */
  private static List<Observation> inRounds(List<Observation> trials) {
    List<Observation> rounds = new ArrayList<>();
    for (int i = 0; i < trials.size(); i++) {
      Map<Metric, Double> values = new HashMap<>(trials.get(i).values());
      double machine = 1 + 0.1 * i;
      values.replaceAll((metric, value) -> value * machine);
      rounds.add(new Observation("MG", trials.get(i).method(), "", "run #" + i, false, trials.get(i).outcome(), values));
    }
    return rounds;
  }

  @Test
  public void whatADriftingMachineHidesShowsWithinRounds() {
    List<Observation> base = inRounds(trials("mplm", 10, 10, 1, 1));
    List<Observation> slower = inRounds(trials("mplm", 10, 12, 1, 2));
    Comparison comparison = compare(base, slower);
    assertThat(comparison.isInRounds()).isTrue();
    assertThat(of(comparison, "mplm", Metric.TIME)).extracting(Difference::judgement).isEqualTo(Judgement.WORSE);
    assertThat(of(comparison, "mplm", Metric.TIME).ratio().getAsDouble()).isBetween(1.15, 1.25);
    assertThat(of(comparison, "mplm", Metric.DOWNTIME).judgement()).isEqualTo(Judgement.SAME);
    assertThat(of(compare(slower, base), "mplm", Metric.TIME).judgement()).isEqualTo(Judgement.BETTER);
    assertThat(compare(inRounds(trials("mplm", 4, 10, 1, 1)), inRounds(trials("mplm", 4, 20, 1, 2))).judgement())
        .isEqualTo(Judgement.TOO_FEW);
  }

  @Test
  public void aTrialThatFailedDoesNotHoldUpTheVerdict() {
    for (boolean rounds : new boolean[] {true, false}) {
      List<Observation> base = trials("mplm", 12, 10, 1, 1);
      List<Observation> same = trials("mplm", 12, 10, 1, 2);
      same.set(3, new Observation("MG", "mplm", "", "", false, Outcome.FAILED, Map.of()));
      Comparison comparison = rounds ? compare(inRounds(base), inRounds(same)) : compare(base, same);
      assertThat(comparison.isInRounds()).isEqualTo(rounds);
      assertThat(comparison.judgement()).isEqualTo(Judgement.SAME);
      assertThat(comparison.isClear()).as("in rounds: " + rounds).isTrue();
    }
  }

  @Test
  public void whatWasComputedIsJudgedByTheThresholdAlone() {
    List<Observation> base = List.of(computed(10),
        new Observation("SP", "mplm", "", "", true, Outcome.COMPLETED, Map.of(Metric.TIME, 10.0)));
    List<Observation> candidate =
        List.of(computed(10.4),
            new Observation("SP", "mplm", "", "", true, Outcome.NOT_CONVERGED, Map.of(Metric.TIME, Double.POSITIVE_INFINITY)));
    Comparison comparison = compare(base, candidate);
    assertThat(comparison.differences()).extracting(Difference::judgement).containsExactly(Judgement.SAME, Judgement.WORSE);
    assertThat(comparison.differences()).extracting(Difference::note).containsOnly("computed: nothing varies");
    assertThat(compare(candidate, base).judgement()).isEqualTo(Judgement.BETTER);
    assertThat(compare(List.of(computed(10)), List.of(computed(10.6))).isWorse()).isTrue();
  }

  private static Observation computed(double time) {
    return new Observation("MG", "mplm", "", "", true, Outcome.COMPLETED, Map.of(Metric.TIME, time));
  }

  @Test
  public void looksSpendNoMoreThanAlphaTogether() {
    Looks looks = new Looks(Duration.ofMinutes(40), 0.05);
    assertThat(looks.isDue(Duration.ofMinutes(19))).isFalse();
    assertThat(looks.isDue(Duration.ofMinutes(20))).isTrue();
    double first = looks.level(false);
    assertThat(first).isEqualTo(0.05 / 8);
    looks.spend(first);
    assertThat(looks.isDue(Duration.ofMinutes(21))).isFalse();
    assertThat(looks.isDue(Duration.ofMinutes(31))).isTrue();
    double second = looks.level(false);
    looks.spend(second);
    assertThat(looks.isDue(Duration.ofMinutes(60))).isFalse();
    assertThat(first + second + looks.level(true)).isEqualTo(0.05);
    assertThat(looks.hasTime(Duration.ofMinutes(38), Duration.ofMinutes(2))).isTrue();
    assertThat(looks.hasTime(Duration.ofMinutes(38), Duration.ofMinutes(3))).isFalse();
    // a look that is left out leaves what it could have spent
    Looks late = new Looks(Duration.ofMinutes(40), 0.05);
    assertThat(late.isDue(Duration.ofMinutes(25))).isTrue();
    assertThat(late.level(true)).isEqualTo(0.05);
  }
}
