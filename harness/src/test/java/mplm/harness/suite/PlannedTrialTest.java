// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mplm.engine.migration.Method;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

public class PlannedTrialTest {
  private Suite suite;

  @BeforeClass
  public void read() {
    suite = new NpbConfigs(Path.of("../npb-configs")).suite("scaled");
  }

  private PlannedTrial trial(int experiment, String method, int repetition) {
    return new PlannedTrial(1, "s", suite.experiments().get(experiment), Method.parse(method), repetition, "");
  }

  /** The n moments of an experiment leave no gap wider than twice its share, and no two runs have the same. */
  @Test
  public void theMomentsOfRepetitionsAreSpreadOverTheProgram() {
    Set<Double> firsts = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      List<Double> moments = new ArrayList<>();
      for (int repetition = 1; repetition <= 12; repetition++) {
        double moment = trial(0, "mplm", repetition).moment(seed);
        assertThat(moment).isBetween(0.0, Math.nextDown(1.0));
        moments.add(moment);
        List<Double> sorted = moments.stream().sorted().toList();
        for (int n = 0; n < sorted.size(); n++) {
          double next = n + 1 < sorted.size() ? sorted.get(n + 1) : sorted.get(0) + 1;
          assertThat(next - sorted.get(n)).as("%s", sorted).isLessThan(2.0 / repetition + 1e-9);
        }
      }
      firsts.add(moments.get(0));
    }
    assertThat(firsts).hasSize(200);
    // uniform: of 200 draws each quarter has 50, give or take five standard deviations
    for (double quarter = 0; quarter < 1; quarter += 0.25) {
      double from = quarter;
      assertThat(firsts.stream().filter(first -> first >= from && first < from + 0.25).count()).isBetween(20L, 80L);
    }
  }

  /** What is compared begins at the same moment. */
  @Test
  public void methodsAndEnginesOfARepetitionHaveOneMoment() {
    assertThat(trial(0, "precopy:5s", 3).moment(7)).isEqualTo(trial(0, "mplm", 3).moment(7));
    PlannedTrial other = new PlannedTrial(9, "s", suite.experiments().get(0), Method.parse("mplm"), 3, "new");
    assertThat(other.moment(7)).isEqualTo(trial(0, "mplm", 3).moment(7));
    assertThat(trial(1, "mplm", 3).moment(7)).isNotEqualTo(trial(0, "mplm", 3).moment(7));
  }
}
