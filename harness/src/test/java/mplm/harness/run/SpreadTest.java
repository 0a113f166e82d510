// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import mplm.harness.paper.Estimate;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Suite;
import org.testng.annotations.Test;

public class SpreadTest {
  private final Suite paper = new NpbConfigs(Path.of("../npb-configs")).suite("paper");

  @Test
  public void eachExperimentHasOnePairAndEachPairAFairShare() {
    List<PlannedTrial> plan = paper.plan(1);
    Map<String, String> spread = Spread.of(plan, List.of("east", "west"));
    assertThat(spread.keySet()).containsExactlyElementsOf(paper.experiments().stream().map(e -> e.name()).toList());
    assertThat(spread.values()).contains("east", "west");
    double all = expected(plan, experiment -> true);
    double longest = paper.experiments().stream().mapToDouble(experiment -> expected(plan, experiment::equals)).max().orElseThrow();
    double most = Stream.of("east", "west")
        .mapToDouble(pair -> expected(plan, experiment -> spread.get(experiment.name()).equals(pair))).max().orElseThrow();
    // a list schedule, longest first, is within 4/3 of the best, which is no better than these two
    assertThat(most).isLessThanOrEqualTo(4.0 / 3 * Math.max(all / 2, longest));
  }

  @Test
  public void theSeedMakesNoDifferenceAndPairsMayBeMoreThanExperiments() {
    List<String> pairs = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
    assertThat(Spread.of(paper.plan(1), pairs)).isEqualTo(Spread.of(paper.plan(2), pairs));
    assertThat(Spread.of(paper.plan(1), pairs).values()).doesNotHaveDuplicates();
    assertThat(Spread.of(paper.plan(1), List.of("only")).values()).containsOnly("only");
  }

  private static double expected(List<PlannedTrial> plan, Predicate<Experiment> counts) {
    return Estimate.of(plan.stream().filter(planned -> counts.test(planned.experiment())).toList()).expected().toMillis() / 1e3;
  }
}
