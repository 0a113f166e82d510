// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class PassesTest {
  /** The memory of a guest of 64 MiB with some firmware. */
  private static final DataSize MEMORY = new DataSize(67_641_344);

  /**
   * What a QEMU with {@code postcopy-ram} on said of an idle guest at 20 MB/s: {@code dirty-sync-count}, pages sent, {@code remaining},
   * {@code mbps}; and whether the pass was over. Left out are polls like the one before.
   */
  @DataProvider
  public Object[][] recorded() {
    return new Object[][] {
      {"10.0.13", new double[][] {{1, 687, 64_827_392, 0, 0}, {1, 1199, 62_730_240, 161.774, 0}, {1, 8367, 33_370_112, 164.805, 0},
          {1, 14511, 8_204_288, 120.936, 0}, {1, 15023, 6_107_136, 168.101, 0}, {3, 16518, 0, 168.101, 1}}},
      {"11.1.1", new double[][] {{2, 687, 64_843_776, 160.233, 0}, {3, 1199, 62_746_624, 115.138, 0}, {18, 8879, 31_289_344, 168.101, 0},
          {28, 13999, 10_317_824, 157.104, 0}, {30, 15023, 6_123_520, 168.101, 1}}},
    };
  }

  @Test(dataProvider = "recorded")
  public void aPassIsOverOnceAllButTheLastBytesWereSent(String qemu, double[][] polls) {
    Passes passes = new Passes(DowntimeRule.QEMUS);
    for (double[] poll : polls) {
      assertThat(passes.over(look(poll))).as("%s: fetch %.0f", qemu, poll[0]).isEqualTo((long) poll[4]);
    }
  }

  /** It dirties 2000 pages while those of the first pass are sent, and 1000 while these are; made up. */
  @Test
  public void theNextPassIsOverWhatTheOneBeforeHasLeft() {
    double[][][] qemus = {
      {{1, 15_500, 4_000_000, 80, 0}, {2, 15_900, 8_192_000, 80, 1}, {2, 16_900, 4_096_000, 80, 1}, {3, 17_400, 4_096_000, 80, 2}},
      {{20, 15_500, 9_000_000, 80, 0}, {22, 15_900, 8_192_000, 80, 1}, {24, 16_900, 6_096_000, 80, 1}, {25, 17_400, 4_096_000, 80, 2}}};
    for (double[][] polls : qemus) {
      Passes passes = new Passes(DowntimeRule.QEMUS);
      for (double[] poll : polls) {
        assertThat(passes.over(look(poll))).as("fetch %.0f", poll[0]).isEqualTo((long) poll[4]);
      }
    }
  }

  private static Progress look(double[] poll) {
    return new Progress(Duration.ZERO, "active", Optional.of(new Progress.Ram(new DataSize(0), new DataSize((long) poll[2]), MEMORY,
        (long) poll[1], 0, (long) poll[0], 0, poll[3])), Optional.empty());
  }
}
