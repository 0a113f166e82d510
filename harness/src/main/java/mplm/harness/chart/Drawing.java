// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Draws pictures, which are made of rows and never worth one: a picture that cannot be drawn is left out, and standard error says why.
 */
public final class Drawing {
  private static final String FONT = "DejaVu Sans";
  private static final int SIZE = 12;

  private Drawing() {}

  /** Draws something and writes it. */
  @FunctionalInterface
  public interface Picture {
    /** Returns the files; {@link IOException} if they cannot be written. */
    List<Path> write() throws IOException;
  }

  /** Tried once in a process: what Java could not load, it does not try again. */
  private static final class Here {
    static final Optional<String> OBSTACLE = obstacle();

    private static Optional<String> obstacle() {
      Graphics2D pixels = null;
      try {
        pixels = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        pixels.setFont(new Font(FONT, Font.PLAIN, SIZE));
        pixels.drawString("0", 0, 0);
        return Optional.empty();
      } catch (RuntimeException | Error e) {
        String sentence = "no pictures are drawn: Java finds no fonts or cannot load its font library (" + reason(e)
            + "); Debian's packages libharfbuzz0b, fontconfig and fonts-dejavu-core have what it needs";
        System.err.println("mplm: " + sentence);
        return Optional.of(sentence);
      } finally {
        if (pixels != null) {
          pixels.dispose();
        }
      }
    }
  }

  /** Why no text, and so no picture, can be drawn on this machine, in one line; empty if it can. Said on standard error, once. */
  public static Optional<String> obstacle() {
    return Here.OBSTACLE;
  }

  /**
   * Draws a picture.
   *
   * @param name as which it is missed, if it cannot be drawn
   * @return its files; none if it cannot be drawn
   * @throws IOException they cannot be written
   */
  public static List<Path> of(String name, Picture picture) throws IOException {
    if (obstacle().isPresent()) {
      return List.of();
    }
    try {
      return picture.write();
    } catch (RuntimeException | Error e) {
      System.err.println("mplm: " + name + " is not drawn: " + reason(e));
      return List.of();
    }
  }

  private static String reason(Throwable thrown) {
    Throwable e = thrown;
    while (e.getCause() != null) {
      e = e.getCause();
    }
    return e.getClass().getSimpleName() + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
