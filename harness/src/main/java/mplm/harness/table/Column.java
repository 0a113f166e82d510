// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import mplm.engine.unit.DataSize;

/**
 * A column of a CSV file. A value that does not exist is an empty cell, never 0: what was not reached, what a method does not have,
 * what an outcome makes meaningless.
 *
 * @param <R> what a row of the file is made of
 * @param name as the file's first line has it; it ends as its unit does
 * @param kind what a cell holds, and its unit
 * @param meaning what the value is, for a reader of the file
 * @param empty when the cell is empty; empty text if it never is
 * @param value of a row: text, a number, a {@link Duration}, a {@link DataSize}, or one of these in an {@link Optional}
 */
public record Column<R>(String name, Kind kind, String meaning, String empty, Function<R, ?> value) {
  private static final int DECIMALS = 6;

  /** The text of the cell; durations in seconds and sizes in bytes, numbers without exponent or locale. */
  public String text(R row) {
    return print(value.apply(row));
  }

  private static String print(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(Column::print).orElse("");
    }
    if (value instanceof OptionalDouble optional) {
      return optional.isEmpty() ? "" : print(optional.getAsDouble());
    }
    if (value instanceof OptionalLong optional) {
      return optional.isEmpty() ? "" : Long.toString(optional.getAsLong());
    }
    if (value instanceof Duration duration) {
      return plain(BigDecimal.valueOf(duration.toNanos(), 9).setScale(DECIMALS, RoundingMode.HALF_UP));
    }
    if (value instanceof DataSize size) {
      return Long.toString(size.bytes());
    }
    if (value instanceof Double number) {
      return plain(BigDecimal.valueOf(number).setScale(DECIMALS, RoundingMode.HALF_UP));
    }
    return value instanceof BigDecimal number ? plain(number) : value.toString();
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
