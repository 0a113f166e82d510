// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import mplm.harness.result.Rows;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;
import org.testng.annotations.Test;

public class ObservationTest {
  private static Row row(String column, String value) {
    Row row = TrialsCsv.SCHEMA.row(Rows.completed("mplm", 1, 10, 3));
    Map<String, String> cells = new HashMap<>(row.cells());
    cells.put(column, value);
    return new Row(row.schema(), cells);
  }

  /** A loss that is near none is measured on either side of it. */
  @Test
  public void aLossBelowZeroIsNone() {
    assertThat(Observation.of(row("lost_s", "-0.020")).values()).containsEntry(Metric.LOST, 0.0);
  }

  @Test
  public void anotherNumberBelowZeroIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Observation.of(row("downtime_s", "-0.500")))
        .withMessageContaining("downtime_s: '-0.500' is not a number, allowed: 0 and above");
  }
}
