// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class ShardTest {
  private final List<PlannedTrial> plan = new NpbConfigs(Path.of("../npb-configs")).suite("quick").withRepetitions(5).plan(3);

  @Test
  public void shardsTakeEveryTrialOnceAsItIsInTheWholePlan() {
    for (int count = 1; count <= plan.size() + 1; count++) {
      List<PlannedTrial> all = new ArrayList<>();
      for (int index = 1; index <= count; index++) {
        List<PlannedTrial> part = new Shard(index, count).of(plan);
        assertThat(part).isSortedAccordingTo(Comparator.comparingInt(PlannedTrial::number));
        assertThat((double) part.size()).isBetween(Math.floor((double) plan.size() / count), Math.ceil((double) plan.size() / count));
        all.addAll(part);
      }
      assertThat(all).containsExactlyInAnyOrderElementsOf(plan);
    }
    assertThat(Shard.WHOLE.of(plan)).isEqualTo(plan);
    assertThat(Shard.parse("2/3").of(plan)).first().extracting(PlannedTrial::number).isEqualTo(2);
    assertThat(Shard.parse("3/3").of(plan)).first().extracting(PlannedTrial::number).isEqualTo(3);
  }

  @DataProvider
  public Object[][] bad() {
    return new Object[][] {{"0/2"}, {"3/2"}, {"1/0"}, {"1"}, {"a/b"}, {"-1/2"}, {"1/2/3"}, {""}, {"1/99999"}};
  }

  @Test(dataProvider = "bad")
  public void whatIsNoShardIsRefusedWithWhatIsAllowed(String text) {
    assertThatThrownBy(() -> Shard.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allowed: I/N");
  }

  @Test
  public void itsTextIsReadBack() {
    assertThat(Shard.parse("2/3")).isEqualTo(new Shard(2, 3)).hasToString("2/3");
  }
}
