// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.testng.annotations.Test;

public class TextTableTest {
  @Test
  public void textStandsLeftAndNumbersRightAndNoLineEndsInBlanks() {
    TextTable table = new TextTable("<><").row("method", "s", "note").row("mplm", 12.5, "").row("a longer one", 3, "late");
    assertThat(table.lines()).containsExactly(
        "method           s  note",
        "mplm          12.5",
        "a longer one     3  late");
  }

  @Test
  public void aRowHasACellForEachColumn() {
    assertThatThrownBy(() -> new TextTable("<>").row("alone")).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 cells in a row, 2 columns");
  }
}
