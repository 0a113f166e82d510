// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import mplm.harness.result.Rows;
import mplm.harness.suite.Experiment;
import org.testng.annotations.Test;

public class TrialTest {
  /** An unmigrated guest's program makes four repetitions, for each of which the suite gives that time, and then ends. */
  @Test
  public void noWaitWithinTheSuitesLimitsMakesATrialHang() {
    Experiment experiment = Rows.fullSize("MG");
    Duration waits = experiment.readyWithin().multipliedBy(3).plus(experiment.limit(experiment.memory()))
        .plus(experiment.finishWithin().multipliedBy(5));
    assertThat(Trial.longest(experiment)).isGreaterThanOrEqualTo(waits);
  }
}
