// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.migration.Method;
import mplm.harness.document.Block.Table;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import mplm.harness.result.Rows;
import mplm.harness.result.TrialRow;
import org.testng.annotations.Test;

public class LostSectionTest {
  private static final TrialRow ROW = Rows.completed("mplm", 1, 1, 1);

  private static MethodSummary summary(String method, long completed, long known, double total, double downtime, double lost) {
    OptionalDouble none = OptionalDouble.empty();
    return new MethodSummary(ROW.planned().experiment(), Optional.of(ROW.setting()), Method.parse(method),
        Map.of(Outcome.COMPLETED, completed, Outcome.NOT_CONVERGED, 3 - completed), OptionalDouble.of(total), OptionalDouble.of(downtime), none,
        none, OptionalDouble.of(lost), OptionalDouble.of(0.5), known, none, none, none);
  }

  /** Neither who did not always complete nor who does not always tell; and the number beside each value is that of the trials that have it. */
  @Test
  public void whoIsBestIsOneOfThoseThatAlwaysTell() {
    List<Block> blocks = new LostSection(List.of(summary("mplm", 3, 3, 12, 3, 4), summary("precopy:5s", 1, 1, 9, 0.5, 0.1),
        summary("stop-and-copy", 3, 3, 10, 10, 10), summary("postcopy:after=1pass", 3, 2, 11, 0.2, 0.3)), List.of()).blocks();
    List<Table> tables = blocks.stream().filter(Table.class::isInstance).map(Table.class::cast).toList();
    assertThat(tables).hasSize(2);
    assertThat(tables.get(0).rows()).hasSize(4).anySatisfy(row -> assertThat(row).contains("postcopy:after=1pass", "3 of 3", "0.300 (n = 2)"))
        .anySatisfy(row -> assertThat(row).contains("precopy:5s", "1 of 3", "0.100"));
    assertThat(tables.get(1).rows()).extracting(row -> row.subList(1, row.size())).isEqualTo(List.of(
        List.of("the least time lost", "mplm", "4.00 (n = 3)", "stop-and-copy, 10.00 (n = 3)"),
        List.of("the shortest downtime", "postcopy:after=1pass", "0.200 (n = 3)", "mplm, 3.00 (n = 3)"),
        List.of("the shortest migration", "stop-and-copy", "10.00 (n = 3)", "postcopy:after=1pass, 11.00 (n = 3)")));
  }
}
