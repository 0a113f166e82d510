// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import mplm.engine.scheduler.LiveStage.Clock;
import mplm.engine.scheduler.LiveStage.Guest;
import mplm.engine.scheduler.Scheduler.Action;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What holds for every memory, guest and clock; {@link LiveStage} checks counts, sets and the page sequence at every call. */
public class SchedulerPropertyTest {
  private static final int SEEDS = 400;

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, SEEDS).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "seeds")
  public void endsByTheRuleAndLosesNoPage(long seed) {
    try (LiveStage stage = new LiveStage(seed)) {
      run(stage, (int) stage.mostSends());
      assertThat(stage.scheduler.stats().end()).isEqualTo(Stats.End.NONDIRTY_EMPTY);
      assertThat(stage.model.nondirty.isEmpty()).isTrue();
      assertThat(stage.scheduler.stats().nondirtySent()).isLessThanOrEqualTo(stage.initial);
      stage.checkNothingLost();
    }
  }

  /** All calls and pages of these seeds, as the scheduler made them before it had policies (revision 826be6e, 94246 calls). */
  @Test
  public void paperMakesTheSequencesThatItMadeBeforeThereWerePolicies() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (long seed = 0; seed < SEEDS; seed++) {
      try (LiveStage stage = new LiveStage(seed)) {
        Action action = Action.AGAIN;
        while (action != Action.STOP) {
          action = stage.step();
          String page = " " + stage.scheduler.block() + " " + stage.scheduler.page() + " " + stage.scheduler.dirty();
          digest.update((action + (action == Action.SEND ? page : "") + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("2fd3ef98cd317ac2c81073c3b7a4ba9647daaceb9467712383feba79b6cc0a26");
  }

  @DataProvider
  public Object[][] policies() {
    return Scheduler.policies().stream().filter(policy -> !policy.equals("paper"))
        .flatMap(policy -> LongStream.range(0, SEEDS).mapToObj(seed -> new Object[] {policy, seed})).toArray(Object[][]::new);
  }

  /** Whatever a policy plans: counts are exact after each call, no page is lost, and it ends within its budget. */
  @Test(dataProvider = "policies")
  public void eachPolicyKeepsTheCountsLosesNoPageAndEnds(String policy, long seed) {
    try (LiveStage stage = new LiveStage(policy, seed)) {
      int calls = 0;
      for (Action action = stage.step(); action != Action.STOP; action = stage.step()) {
        assertThat(stage.sends).as("pages sent by %s", stage).isLessThanOrEqualTo(2 * stage.pages);
        assertThat(++calls).as("calls of %s", stage).isLessThan(100_000);
      }
      stage.checkNothingLost();
    }
  }

  /** The stage goes on while it is held, and ends once it is not, whatever pages the guest gives back meanwhile. */
  @Test(dataProvider = "policies")
  public void eachPolicyIsHeldAndLetsPagesBeDiscarded(String policy, long seed) {
    try (LiveStage stage = new LiveStage(policy, seed)) {
      Random random = new Random(seed);
      stage.hold(true);
      for (int call = random.nextInt(600); call > 0; call--) {
        if (random.nextInt(10) == 0) {
          stage.discardSome();
        }
        assertThat(stage.step()).as("a call of %s", stage).isNotEqualTo(Action.STOP);
      }
      stage.hold(false);
      int calls = 0;
      for (Action action = stage.step(); action != Action.STOP; action = stage.step()) {
        if (random.nextInt(10) == 0) {
          stage.discardSome();
        }
        assertThat(++calls).as("calls of %s", stage).isLessThan(100_000);
      }
      stage.checkNothingLost();
    }
  }

  /** The hardest knobs for the bound: batches longer than an epoch, so that one may consist of dirty steps alone. */
  @Test(dataProvider = "seeds")
  public void boundHoldsForBatchesLongerThanEpochs(long seed) {
    Random random = new Random(seed);
    Knobs knobs = new Knobs(
        Duration.ofMillis(1 + random.nextInt(3)), 50 + random.nextInt(1000), 80 + random.nextInt(20), seed % 2 == 0, seed % 3 == 0);
    Guest guest = seed % 4 < 2 ? Guest.ALL_THE_TIME : Guest.SENT_PAGES;
    try (LiveStage stage = new LiveStage(seed, guest, knobs)) {
      run(stage, (int) stage.mostSends());
      stage.checkNothingLost();
    }
  }

  @Test(dataProvider = "seeds")
  public void discardedPagesAreNotSentAndCounted(long seed) {
    try (LiveStage stage = new LiveStage(seed)) {
      Random random = new Random(seed);
      Action action = Action.AGAIN;
      while (action != Action.STOP) {
        if (random.nextInt(10) == 0) {
          stage.discardSome();
        }
        action = stage.step();
        assertThat(stage.sends).isLessThanOrEqualTo((int) stage.mostSends());
      }
      stage.checkNothingLost();
    }
  }

  /** Held, the stage outlasts its rule; end-now ends it within a call. Both sets empty means waiting, not spinning. */
  @Test(dataProvider = "seeds")
  public void holdNeverStopsAndEndNowDoes(long seed) {
    try (LiveStage stage = new LiveStage(seed)) {
      stage.hold(true);
      for (int call = 0; call < 2000; call++) {
        assertThat(stage.step()).as("call %d of %s", call, stage).isNotEqualTo(Action.STOP);
      }
      if (stage.guest == Guest.IDLE && stage.clock != Clock.LATE) {
        assertThat(stage.waits).isPositive();
      }
      stage.endNow();
      assertThat(stage.step()).isEqualTo(Action.STOP);
      assertThat(stage.scheduler.stats().end()).isEqualTo(Stats.End.REQUESTED);
      stage.checkNothingLost();
    }
  }

  @Test(dataProvider = "seeds")
  public void releasedHoldEndsByTheRule(long seed) {
    try (LiveStage stage = new LiveStage(seed)) {
      Random random = new Random(seed);
      stage.hold(true);
      for (int call = random.nextInt(1500); call > 0; call--) {
        stage.step();
      }
      stage.hold(false);
      int before = stage.sends;
      run(stage, before + (int) stage.mostSends());
      assertThat(stage.scheduler.stats().end()).isEqualTo(Stats.End.NONDIRTY_EMPTY);
      stage.checkNothingLost();
    }
  }

  private static void run(LiveStage stage, int mostSends) {
    int idle = 0;
    for (Action action = stage.step(); action != Action.STOP; action = stage.step()) {
      idle = action == Action.SEND ? 0 : idle + 1;
      assertThat(stage.sends).as("pages sent by %s", stage).isLessThanOrEqualTo(mostSends);
      assertThat(idle).as("calls without a page").isLessThan(3);
    }
  }
}
