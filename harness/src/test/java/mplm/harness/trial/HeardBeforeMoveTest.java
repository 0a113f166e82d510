// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import mplm.engine.guest.GuestRecord;
import org.assertj.core.data.Offset;
import org.testng.annotations.Test;

public class HeardBeforeMoveTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The end of an iteration of that number, over all repetitions, of a program that takes so many seconds for each. */
  private static GuestRecord iteration(int index, int of, int seconds) {
    return new GuestRecord("iteration", Map.of("repetition", Integer.toString(1 + (index - 1) / of),
        "n", Integer.toString(1 + (index - 1) % of), "of", Integer.toString(of)), index * seconds * 1_000_000_000L);
  }

  /** After how many iterations it is enough. */
  private static int enoughAfter(int of, int seconds) {
    HeardBeforeMove heard = new HeardBeforeMove(LIMIT);
    int index = 1;
    while (!heard.test(iteration(index, of, seconds))) {
      index++;
      assertThat(index).as("never enough").isLessThan(1000);
    }
    return index;
  }

  /** The first iteration of a repetition is reckoned apart, so it tells nothing of the others, but must have been seen. */
  @Test
  public void oneRepetitionEndsAndFourIterationsAreKnown() {
    assertThat(enoughAfter(4, 1)).as("2, 3, 4, then the second repetition's first, and 2").isEqualTo(6);
    assertThat(enoughAfter(3, 1)).as("2, 3, a first, 2, 3").isEqualTo(6);
    assertThat(enoughAfter(10, 1)).as("2 to 10, and a first").isEqualTo(11);
  }

  @Test
  public void aRepetitionThatOutlastsTheMigrationIsNotWaitedFor() {
    assertThat(enoughAfter(200, 1)).as("2 to 5").isEqualTo(5);
    assertThat(enoughAfter(124, 1)).as("119 are left, of which a wait may take 60, and the migration 60").isEqualTo(125);
  }

  @Test
  public void repetitionsOfOneIterationAreAllFirst() {
    assertThat(enoughAfter(1, 1)).as("no iteration but the first is ever seen, and the wait has its end").isEqualTo(2);
  }

  /** The first iteration of each takes three times as long. */
  @Test
  public void aRepetitionIsAsLongAsItsIterations() {
    HeardBeforeMove heard = new HeardBeforeMove(LIMIT);
    assertThat(heard.repetition()).isZero();
    long arrival = 0;
    for (int index = 1; ; index++) {
      arrival += index % 4 == 1 ? 3 : 1;
      if (heard.test(new GuestRecord("iteration", iteration(index, 4, 1).fields(), arrival * 1_000_000_000L))) {
        break;
      }
    }
    assertThat(heard.repetition()).isEqualTo(Duration.ofSeconds(6));
    HeardBeforeMove cut = new HeardBeforeMove(LIMIT);
    for (int index = 1; !cut.test(iteration(index, 200, 2)); index++) {
      assertThat(index).isLessThan(10);
    }
    assertThat(cut.repetition()).isEqualTo(Duration.ofSeconds(400));
    HeardBeforeMove single = new HeardBeforeMove(LIMIT);
    assertThat(single.test(iteration(1, 1, 5))).isFalse();
    assertThat(single.test(iteration(2, 1, 5))).isTrue();
    assertThat(single.repetition()).isEqualTo(Duration.ofSeconds(5));
  }

  /** What was done since the pace was known does not count. */
  @Test
  public void theMomentIsAShareOfARepetitionOrOfALaterOne() {
    HeardBeforeMove heard = new HeardBeforeMove(LIMIT);
    for (int index = 1; !heard.test(iteration(index, 4, 2)); index++) {
      assertThat(index).isLessThan(10);
    }
    long known = 6 * 2_000_000_000L;
    long repetition = 8_000_000_000L;
    for (double share : new double[] {0, 0.25, 0.9}) {
      for (long late = 0; late < 3 * repetition; late += 700_000_000L) {
        long moment = heard.moment(share, known + late);
        assertThat(moment - known - late).as("%s, %s", share, late).isBetween(0L, repetition);
        assertThat((double) ((moment - known) % repetition) / repetition).isCloseTo(share, Offset.offset(1e-9));
      }
    }
    HeardBeforeMove nothing = new HeardBeforeMove(LIMIT);
    assertThat(nothing.tells()).isFalse();
    nothing.test(iteration(1, 4, 2));
    assertThat(nothing.tells()).isTrue();
    assertThat(nothing.moment(0.5, 2_000_000_000L)).as("of a minute").isEqualTo(32_000_000_000L);
    HeardBeforeMove longer = new HeardBeforeMove(LIMIT);
    for (int index = 1; !longer.test(iteration(index, 200, 2)); index++) {
      assertThat(index).isLessThan(10);
    }
    assertThat(longer.moment(0.5, 10_000_000_000L)).as("half a minute after the fifth").isEqualTo(40_000_000_000L);
  }

  /** Or none is known of those that are whole. */
  @Test
  public void aLineThatIsMissingTellsNoLength() {
    HeardBeforeMove heard = new HeardBeforeMove(LIMIT);
    for (int index : new int[] {1, 2, 4, 5, 7, 8}) {
      assertThat(heard.test(iteration(index, 200, 1))).isFalse();
    }
    assertThat(heard.test(iteration(9, 200, 1))).isTrue();
  }

  /** A custom workload need not tell of iterations. */
  @Test
  public void aProgramThatTellsOfNoneIsNotWaitedForAfterItsFirstResult() {
    HeardBeforeMove heard = new HeardBeforeMove(LIMIT);
    assertThat(heard.test(new GuestRecord("heartbeat", Map.of(), 0))).isFalse();
    assertThat(heard.test(new GuestRecord("result", Map.of(), 0))).isTrue();
    HeardBeforeMove telling = new HeardBeforeMove(LIMIT);
    assertThat(telling.test(iteration(1, 4, 1))).isFalse();
    assertThat(telling.test(new GuestRecord("result", Map.of(), 0))).isFalse();
  }

  @Test
  public void theEndIsTheEnd() {
    assertThat(new HeardBeforeMove(LIMIT).test(new GuestRecord("end", Map.of(), 0))).isTrue();
  }
}
