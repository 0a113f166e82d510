// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A table for people: columns as wide as their widest cell, two blanks between them. */
public final class TextTable {
  private final String alignment;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * An empty one.
   *
   * @param alignment a character per column: {@code <} for text, {@code >} for numbers
   */
  public TextTable(String alignment) {
    this.alignment = alignment;
  }

  /**
   * Adds one; the header is a row as others.
   *
   * @throws IllegalArgumentException there are not as many cells as columns
   */
  public TextTable row(Object... cells) {
    if (cells.length != alignment.length()) {
      throw new IllegalArgumentException(cells.length + " cells in a row, " + alignment.length() + " columns");
    }
    rows.add(Stream.of(cells).map(String::valueOf).toList());
    return this;
  }

  /** A line per row, without blanks at its end. */
  public List<String> lines() {
    int[] widths = new int[alignment.length()];
    rows.forEach(row -> {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    });
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String blanks = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : "  ").append(alignment.charAt(column) == '>' ? blanks + cell : cell + blanks);
    }
    return line.toString().stripTrailing();
  }

  /** All lines, each ended. */
  @Override
  public String toString() {
    return lines().stream().map(line -> line + System.lineSeparator()).reduce("", String::concat);
  }
}
