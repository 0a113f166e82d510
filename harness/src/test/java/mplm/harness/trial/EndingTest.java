// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import mplm.harness.result.Outcome;
import org.testng.annotations.Test;

public class EndingTest {
  @Test
  public void whatNothingWentWrongWithCompleted() {
    assertThat(new Ending().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(new Ending().reason()).isEmpty();
    assertThat(new Ending().isGood()).isTrue();
  }

  @Test
  public void theFirstFaultIsToldForItBringsTheOthers() {
    Ending ending = new Ending();
    ending.set(Outcome.FAILED, "destination: QEMU was killed");
    ending.set(Outcome.FAILED, "tearing down: no connection");
    ending.set(Outcome.NOT_CONVERGED, "not converged after 60s");
    assertThat(ending.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(ending.reason()).contains("destination: QEMU was killed");
  }

  @Test
  public void aFaultBeatsAnOutcomeThatIsNone() {
    Ending ending = new Ending();
    ending.set(Outcome.NOT_CONVERGED, "not converged after 60s");
    ending.set(Outcome.ENDED_BEFORE, "the program was done");
    assertThat(ending.outcome()).isEqualTo(Outcome.NOT_CONVERGED);
    ending.set(Outcome.FAILED, "tearing down: no connection");
    assertThat(ending.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(ending.reason()).contains("tearing down: no connection");
  }

  @Test
  public void aFailureInPostcopyCostsTheGuest() {
    Ending lost = new Ending();
    lost.parted(true);
    lost.set(Outcome.FAILED, "source: cut off");
    assertThat(lost.outcome()).isEqualTo(Outcome.LOST);
    Ending whole = new Ending();
    whole.parted(true);
    whole.parted(false);
    whole.set(Outcome.FAILED, "destination: does not answer");
    assertThat(whole.outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  public void aReasonIsOneLineAndAlwaysThere() {
    Ending lines = new Ending();
    lines.set(Outcome.FAILED, "no record 'boot'\n  the suite says how long");
    assertThat(lines.reason()).contains("no record 'boot' | the suite says how long");
    Ending silent = new Ending();
    silent.set(Outcome.FAILED, null);
    assertThat(silent.reason()).contains("no reason given");
  }
}
