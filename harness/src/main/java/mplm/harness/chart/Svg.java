// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A chart as SVG whose texts are texts, whose points and bars say their values to whoever points at them, and whose curves have names by
 * which a page can hide them. It needs no script.
 */
final class Svg extends VectorGraphics2D {
  private static final double QUARTER = Math.PI / 2;
  /** Around a point, in pixels: what is to be hit. */
  private static final int AROUND = 10;

  /** The least height of what is to be hit of a bar. */
  private static final int LEAST = 4;

  /** A point of a curve, or a bar: an element of SVG, and its attributes that say where it is. */
  private record Point(String curve, String text, String element, String place) {}

  private final Glyphs glyphs = new Glyphs(getFontRenderContext());
  private final List<Point> points = new ArrayList<>();
  /** Each series has a colour that no other has. */
  private final Map<Color, String> curves = new LinkedHashMap<>();

  private Svg() {}

  /** The file of what is painted. The same painting gives the same bytes. */
  static byte[] of(Consumer<Graphics2D> painting, int width, int height) throws IOException {
    Svg svg = new Svg();
    painting.accept(svg);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SVGProcessor().getDocument(svg.getCommands(), new PageSize(0, 0, width, height)).writeTo(out);
    return svg.finish(out.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  /** A mark of a curve is painted there; empty text for one that is no point, such as in a legend. */
  void mark(String curve, String text, double x, double y) {
    // on a sheet two panels may have one colour for two curves: that is then the name of neither
    curves.merge(getColor(), curve, (one, other) -> one.equals(other) ? one : "several");
    // what is cut off at the plot's edge cannot be pointed at
    if (!text.isEmpty() && (getClip() == null || getClip().contains(x, y))) {
      Point2D at = getTransform().transform(new Point2D.Double(x, y), null);
      points.add(new Point(curve, text, "circle", String.format(Locale.ROOT, "cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"", at.getX(), at.getY(), AROUND)));
    }
  }

  /** A bar is painted there. */
  private void bar(ToldColor color, Shape shape) {
    curves.put(color, color.part());
    String text = color.next();
    if (!text.isEmpty()) {
      Rectangle2D at = getTransform().createTransformedShape(shape).getBounds2D();
      points.add(new Point(color.part(), text, "rect", String.format(Locale.ROOT, "x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
          at.getX(), at.getY(), at.getWidth(), Math.max(at.getHeight(), LEAST))));
    }
  }

  @Override
  public void fill(Shape shape) {
    if (getColor() instanceof ToldColor told) {
      bar(told, shape);
    }
    if (!(shape instanceof Path2D) || !write(shape, 0) && !write(shape, QUARTER)) {
      super.fill(shape);
    }
  }

  /** Whether it is the outline of a text that was turned by so much to the left, and so was written. */
  private boolean write(Shape shape, double turned) {
    Optional<Glyphs.Text> read = glyphs.read(AffineTransform.getRotateInstance(turned).createTransformedShape(shape), Chart.FONT);
    read.ifPresent(text -> {
      Font font = getFont();
      AffineTransform before = getTransform();
      if (turned != 0) {
        rotate(-turned);
      }
      setFont(text.font());
      drawString(text.letters(), (float) text.x(), (float) text.y());
      setFont(font);
      setTransform(before);
    });
    return read.isPresent();
  }

  private String finish(String written) {
    // what is of the default font and size is not said, and means another where the SVG stands in a page
    String text = written.replaceFirst("<svg ", "<svg font-family=\"" + Chart.FONT + ", sans-serif\" font-size=\"12\" ")
        .replace("font-family:&quot;" + Chart.FONT + "&quot;", "font-family:'" + Chart.FONT + "',sans-serif")
        .replaceFirst(" x=\"0px\" y=\"0px\"", "");
    for (Map.Entry<Color, String> curve : curves.entrySet()) {
      Color color = curve.getKey();
      String rgb = String.format(Locale.ROOT, "rgb(%d,%d,%d)", color.getRed(), color.getGreen(), color.getBlue());
      text = text.replaceAll("(<\\w+ )([^>]*" + Pattern.quote(rgb) + ")", "$1class=\"" + curve.getValue() + "\" $2");
    }
    StringBuilder over = new StringBuilder();
    for (Point point : points) {
      String label = point.text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
      over.append(String.format(Locale.ROOT, "  <%s class=\"point %s\" %s fill=\"transparent\" tabindex=\"0\" role=\"img\" aria-label=\"%s\"><title>%s</title></%s>%n",
          point.element, point.curve, point.place, label, label, point.element));
    }
    int end = text.lastIndexOf("</svg>");
    return text.substring(0, end) + over.toString().replace("\r", "") + text.substring(end);
  }
}
