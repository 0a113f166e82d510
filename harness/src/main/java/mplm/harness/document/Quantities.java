// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.harness.result.TrialRow;
import mplm.harness.table.Columns;

/** The cells of a row of {@code trials.csv} to be read: those that are not empty, with the unit behind the value. */
final class Quantities {
  /** What a column's name ends in, or has within, longest first. */
  private static final Map<String, String> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("_mbit_per_s", "Mbit/s");
    UNITS.put("_bits_per_s", "bit/s");
    UNITS.put("_bytes_per_s", "bytes/s");
    UNITS.put("_pages_per_s", "pages/s");
    UNITS.put("_percent", "%");
    UNITS.put("_bytes", "bytes");
    UNITS.put("_pages", "pages");
    UNITS.put("_s", "s");
  }

  private Quantities() {}

  /** Name and value of each. */
  static List<List<String>> of(TrialRow row) {
    List<List<String>> lines = new ArrayList<>();
    for (Columns.Column column : Columns.ALL) {
      String text = column.text(row);
      if (!text.isEmpty()) {
        lines.add(List.of(column.name(), text + unit(column.name(), text)));
      }
    }
    return lines;
  }

  private static String unit(String name, String text) {
    // hashes, versions and counts have none
    boolean number = text.matches("-?\\d+(\\.\\d+)?");
    return !number ? "" : UNITS.entrySet().stream().filter(unit -> name.endsWith(unit.getKey())
        || unit.getKey().endsWith("_per_s") && name.contains(unit.getKey() + "_")).findFirst().map(unit -> " " + unit.getValue())
            .orElse("");
  }
}
