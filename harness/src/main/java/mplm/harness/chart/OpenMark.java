// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import org.knowm.xchart.style.markers.Marker;

/** An open circle with an arrow upwards: the value is at least this. */
final class OpenMark extends Marker {
  static final Marker UP = new OpenMark();

  private OpenMark() {}

  @Override
  public void paint(Graphics2D g, double x, double y, int size) {
    Color color = g.getColor();
    double radius = size / 2.0;
    double tip = y - 2.2 * radius - 6; // shorter than a line of the legend
    g.setStroke(new BasicStroke(2f));
    g.draw(new Line2D.Double(x, y - radius, x, tip + 3));
    Path2D head = new Path2D.Double();
    head.moveTo(x, tip);
    head.lineTo(x - 4.5, tip + 8);
    head.lineTo(x + 4.5, tip + 8);
    head.closePath();
    g.fill(head);
    Ellipse2D circle = new Ellipse2D.Double(x - radius, y - radius, size, size);
    g.setColor(Color.WHITE);
    g.fill(circle);
    g.setColor(color);
    g.draw(circle);
  }
}
