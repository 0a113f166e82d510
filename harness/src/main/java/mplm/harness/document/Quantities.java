// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.List;
import mplm.harness.result.TrialRow;
import mplm.harness.table.TrialsCsv;

/** The cells of a row of {@code trials.csv} to be read: those that are not empty, with the unit behind the value. */
final class Quantities {
  private Quantities() {}

  /** Name and value of each. */
  static List<List<String>> of(TrialRow row) {
    return TrialsCsv.SCHEMA.columns().stream().map(column -> List.of(column.name(), column.text(row), column.kind().unit()))
        .filter(cell -> !cell.get(1).isEmpty()).map(cell -> List.of(cell.get(0), (cell.get(1) + " " + cell.get(2)).strip())).toList();
  }
}
