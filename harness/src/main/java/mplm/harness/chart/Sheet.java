// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import mplm.harness.file.WholeFile;
import org.knowm.xchart.XYChart;

/** Several charts on one sheet, two beside each other, as the paper has its four panels. */
public final class Sheet {
  private static final int COLUMNS = 2;

  private Sheet() {}

  /** Writes {@code NAME.png} and {@code NAME.svg} into the folder and returns both paths. The same figures give the same bytes. */
  public static List<Path> write(List<Figure> figures, Path folder, String name) throws IOException {
    return write(() -> figures.stream().map(Chart::draw).toList(), folder, name);
  }

  /** The same of any charts of one size; one that was painted once is not painted the same again, so they are drawn for each file. */
  static List<Path> write(Supplier<List<XYChart>> charts, Path folder, String name) throws IOException {
    return Drawing.of("chart " + name, () -> draw(charts, folder, name));
  }

  private static List<Path> draw(Supplier<List<XYChart>> charts, Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    List<XYChart> panels = charts.get();
    int width = COLUMNS * panels.get(0).getWidth();
    int height = (panels.size() + COLUMNS - 1) / COLUMNS * panels.get(0).getHeight();
    Path png = folder.resolve(name + ".png");
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pixels = image.createGraphics();
    paint(panels, pixels, width, height);
    pixels.dispose();
    WholeFile.write(png, place -> ImageIO.write(image, "png", place.toFile()));
    Path svg = folder.resolve(name + ".svg");
    List<XYChart> again = charts.get();
    WholeFile.write(svg, Svg.of(vectors -> paint(again, vectors, width, height), width, height));
    return List.of(png, svg);
  }

  private static void paint(List<XYChart> panels, Graphics2D g, int width, int height) {
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    for (int i = 0; i < panels.size(); i++) {
      XYChart panel = panels.get(i);
      int x = i % COLUMNS * panel.getWidth();
      int y = i / COLUMNS * panel.getHeight();
      g.translate(x, y);
      panel.paint(g, panel.getWidth(), panel.getHeight());
      g.translate(-x, -y);
    }
  }
}
