// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import mplm.engine.guest.GuestPause;
import mplm.engine.guest.GuestRecord;
import org.testng.annotations.Test;

public class HeardAfterMoveTest {
  private static boolean isEnough(HeardAfterMove heard, String kind, int times) {
    boolean enough = false;
    for (int n = 0; n < times; n++) {
      enough = heard.test(new GuestRecord(kind, Map.of(), 0));
    }
    return enough;
  }

  @Test
  public void needsHeartbeatsAndIterations() {
    HeardAfterMove heard = new HeardAfterMove();
    assertThat(isEnough(heard, "iteration", 4)).isFalse();
    assertThat(isEnough(heard, "heartbeat", GuestPause.RANK - 1)).isFalse();
    assertThat(isEnough(heard, "heartbeat", 1)).isTrue();
    assertThat(isEnough(new HeardAfterMove(), "heartbeat", 100)).isFalse();
  }

  /** A custom workload need not tell of iterations. */
  @Test
  public void aResultIsEnoughOfAProgramThatTellsOfNoIterations() {
    HeardAfterMove heard = new HeardAfterMove();
    assertThat(isEnough(heard, "heartbeat", 100)).isFalse();
    assertThat(isEnough(heard, "result", 1)).isTrue();
  }

  @Test
  public void aResultIsNotEnoughOfAProgramThatTellsOfIterations() {
    HeardAfterMove heard = new HeardAfterMove();
    assertThat(isEnough(heard, "iteration", 1)).isFalse();
    assertThat(isEnough(heard, "result", 1)).isFalse();
    assertThat(isEnough(heard, "heartbeat", GuestPause.RANK)).isFalse();
    assertThat(isEnough(heard, "iteration", 3)).isTrue();
  }

  @Test
  public void theEndIsTheEnd() {
    assertThat(isEnough(new HeardAfterMove(), "end", 1)).isTrue();
  }
}
