// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mplm.engine.guest.GuestRecord;
import org.testng.annotations.Test;

public class PaceTest {
  private static final long S = 1_000_000_000;

  @Test
  public void isOfWholeIterationsWithinTheTime() {
    List<GuestRecord> records = new ArrayList<>();
    // repetitions of 4 iterations of 0.5 s, with 1 s in between; arrival is 100 s behind the guest's clock
    double time = 0;
    for (int repetition = 1; repetition <= 4; repetition++) {
      for (int n = 1; n <= 4; n++) {
        time += 0.5;
        records.add(record("iteration repetition=" + repetition + " n=" + n + " of=4", time));
        records.add(record("heartbeat", time + 0.1));
      }
      records.add(record("result repetition=" + repetition, time + 0.2));
      time += 1;
    }
    Pace all = Pace.between(100 * S, 200 * S, records);
    assertThat(all.seconds()).hasSize(12).containsOnly(new double[] {0.5}, within(1e-9));
    // in the second repetition from the end of the second iteration on; in the third the second one ends when the time does
    assertThat(Pace.between(104 * S, 107 * S, records).iterations()).isEqualTo(2);
    assertThat(Pace.between(150 * S, 200 * S, records).iterations()).isZero();
  }

  @Test
  public void isComparedByMedians() {
    Pace quick = new Pace(new double[] {1, 1, 2, 2, 9});
    Pace slow = new Pace(new double[] {1, 2, 2, 3, 3, 9});
    assertThat(slow.slowerThan(quick).orElseThrow()).isCloseTo(0.25, within(1e-9));
    assertThat(quick.slowerThan(slow).orElseThrow()).isCloseTo(-0.2, within(1e-9));
    assertThat(quick.slowerThan(new Pace(new double[] {1, 1, 1, 1}))).isEmpty();
    assertThat(new Pace(new double[0]).slowerThan(quick)).isEmpty();
  }

  private static GuestRecord record(String record, double time) {
    return GuestRecord.parse(String.format(Locale.ROOT, "@mplm %s t=%.6f", record, time), (long) ((100 + time) * S)).orElseThrow();
  }
}
