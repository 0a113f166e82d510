// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Color;
import java.util.List;

/** The colour of a series of bars, which in an SVG says what each bar is. A chart with it is painted once. */
final class ToldColor extends Color {
  private static final long serialVersionUID = 1;

  private final transient List<String> texts;
  private final String part;
  private int painted;

  /**
   * A colour that looks like another.
   *
   * @param part by which a page can hide the bars, a word
   * @param texts of each bar, in the order of the series
   */
  ToldColor(Color color, String part, List<String> texts) {
    super(color.getRGB(), true);
    this.part = part;
    this.texts = List.copyOf(texts);
  }

  String part() {
    return part;
  }

  /** What the bar that is painted next is; empty behind the last, such as in the legend. */
  String next() {
    return painted < texts.size() ? texts.get(painted++) : "";
  }
}
