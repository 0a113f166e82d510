// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Graphics2D;
import java.util.List;
import org.knowm.xchart.style.markers.Marker;

/** The mark of a series, which in an SVG says what each point is. A chart with it is painted once. */
final class ToldMark extends Marker {
  private final Marker shape;
  private final String curve;
  private final List<String> texts;
  private int painted;

  /**
   * A mark that looks like another.
   *
   * @param curve by which a page can hide it, a word
   * @param texts of each point, in the order of the series
   */
  ToldMark(Marker shape, String curve, List<String> texts) {
    this.shape = shape;
    this.curve = curve;
    this.texts = List.copyOf(texts);
  }

  /** How it looks. */
  Marker shape() {
    return shape;
  }

  @Override
  public void paint(Graphics2D g, double x, double y, int size) {
    if (g instanceof Svg svg) {
      // after the points it is painted once more, in the legend
      svg.mark(curve, painted < texts.size() ? texts.get(painted) : "", x, y);
      painted++;
    }
    shape.paint(g, x, y, size);
  }
}
