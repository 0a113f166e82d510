// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * A row of a CSV file. Columns are asked for by the names that the file's schema has.
 *
 * @param schema what the file has, and may lack where another version wrote it
 * @param cells by column, in the file's order
 */
public record Row(Schema<?> schema, Map<String, String> cells) {
  /** Whether the file has the column. */
  public boolean has(String column) {
    return cells.containsKey(schema.column(column).name());
  }

  /** The text of a cell; empty if there is nothing in it, or if the file has no such column. */
  public String text(String column) {
    return cells.getOrDefault(schema.column(column).name(), "");
  }

  /** The number in a cell, empty if there is nothing in it; {@link IllegalArgumentException} if that is none, or below 0. */
  public OptionalDouble number(String column) {
    return number(column, "", "allowed: 0 and above");
  }

  /** What {@link #number(String)} gives, below 0 too. */
  public OptionalDouble signed(String column) {
    return number(column, "-?", "allowed: a decimal number");
  }

  private OptionalDouble number(String column, String sign, String allowed) {
    if (!schema.column(column).kind().isNumber()) {
      throw new IllegalStateException(column + " holds " + schema.column(column).kind().type());
    }
    String text = text(column);
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (text.matches(sign + "\\d+(\\.\\d+)?([eE][-+]?\\d+)?") && Double.isFinite(Double.parseDouble(text))) {
      return OptionalDouble.of(Double.parseDouble(text));
    }
    throw new IllegalArgumentException(column + ": '" + text + "' is not a number, " + allowed);
  }
}
