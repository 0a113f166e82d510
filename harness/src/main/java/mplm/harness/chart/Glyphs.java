// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.awt.Font;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads outlines. XChart fills the outlines of its texts, in which nobody can search and which no screen reader reads aloud; here they
 * are held against the outlines of single letters.
 */
final class Glyphs {
  /** A text, and where it begins on its line. */
  record Text(String letters, Font font, double x, double y) {}

  /** A closed curve: kinds of its pieces, and their coordinates one after the other, the first where it begins. */
  private record Contour(String kinds, double[] at) {
    double x() {
      return at[0];
    }

    double y() {
      return at[1];
    }

    /** Whether it is the other one, moved by that. */
    boolean is(Contour other, double dx, double dy) {
      if (!kinds.equals(other.kinds)) {
        return false;
      }
      for (int i = 0; i < at.length; i++) {
        if (Math.abs(at[i] - other.at[i] - (i % 2 == 0 ? dx : dy)) > NEAR) {
          return false;
        }
      }
      return true;
    }
  }

  /** A letter at 0, 0. */
  private record Glyph(char letter, List<Contour> contours, double advance) {}

  /** Latin letters, and what stands beside numbers; other texts stay outlines. */
  private static final String LETTERS = letters();
  /** The sizes in which charts are written, in pixels. */
  private static final int[] SIZES = {11, 12, 13, 14, 15, 16};
  private static final double NEAR = 0.02;

  private final FontRenderContext context;
  /** The letters by the kinds of the first contour; those of more contours first, for an i begins as a dot does. */
  private final Map<Font, Map<String, List<Glyph>>> alphabets = new HashMap<>();

  Glyphs(FontRenderContext context) {
    this.context = context;
  }

  /** The text whose outline that is; empty if it is none, or has letters that are not known. */
  Optional<Text> read(Shape outline, String family) {
    List<Contour> contours = contours(outline);
    if (contours.isEmpty()) {
      return Optional.empty();
    }
    for (int style : new int[] {Font.PLAIN, Font.BOLD}) {
      for (int size : SIZES) {
        Optional<Text> text = read(contours, new Font(family, style, size));
        if (text.isPresent()) {
          return text;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Text> read(List<Contour> contours, Font font) {
    Map<String, List<Glyph>> alphabet = alphabets.computeIfAbsent(font, this::alphabet);
    double space = advance(' ', font);
    StringBuilder letters = new StringBuilder();
    double begin = 0;
    double line = 0;
    double pen = 0;
    for (int at = 0; at < contours.size();) {
      Optional<Glyph> found = glyph(alphabet, contours, at);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Glyph glyph = found.get();
      double here = contours.get(at).x() - glyph.contours.get(0).x();
      double y = contours.get(at).y() - glyph.contours.get(0).y();
      if (at == 0) {
        begin = here;
        line = y;
      } else if (Math.abs(y - line) > NEAR) {
        return Optional.empty();
      } else {
        letters.append(" ".repeat((int) Math.max(0, Math.round((here - pen) / space))));
      }
      letters.append(glyph.letter);
      pen = here + glyph.advance;
      at += glyph.contours.size();
    }
    return Optional.of(new Text(letters.toString(), font, begin, line));
  }

  private static Optional<Glyph> glyph(Map<String, List<Glyph>> alphabet, List<Contour> contours, int at) {
    return alphabet.getOrDefault(contours.get(at).kinds, List.of()).stream().filter(glyph -> {
      if (at + glyph.contours.size() > contours.size()) {
        return false;
      }
      double dx = contours.get(at).x() - glyph.contours.get(0).x();
      double dy = contours.get(at).y() - glyph.contours.get(0).y();
      for (int i = 0; i < glyph.contours.size(); i++) {
        if (!contours.get(at + i).is(glyph.contours.get(i), dx, dy)) {
          return false;
        }
      }
      return true;
    }).findFirst();
  }

  private Map<String, List<Glyph>> alphabet(Font font) {
    Map<String, List<Glyph>> alphabet = new HashMap<>();
    for (char letter : LETTERS.toCharArray()) {
      List<Contour> contours = contours(new TextLayout(Character.toString(letter), font, context).getOutline(null));
      if (!contours.isEmpty() && font.canDisplay(letter)) {
        alphabet.computeIfAbsent(contours.get(0).kinds, kinds -> new ArrayList<>())
            .add(new Glyph(letter, contours, advance(letter, font)));
      }
    }
    alphabet.values().forEach(glyphs -> glyphs.sort(Comparator.comparingInt((Glyph glyph) -> glyph.contours.size()).reversed()));
    return alphabet;
  }

  private double advance(char letter, Font font) {
    return new TextLayout(Character.toString(letter), font, context).getAdvance();
  }

  private static List<Contour> contours(Shape outline) {
    List<Contour> contours = new ArrayList<>();
    StringBuilder kinds = new StringBuilder();
    List<Double> at = new ArrayList<>();
    double[] piece = new double[6];
    for (PathIterator i = outline.getPathIterator(null); !i.isDone(); i.next()) {
      int kind = i.currentSegment(piece);
      if (kind == PathIterator.SEG_MOVETO && !kinds.isEmpty()) {
        contours.add(contour(kinds, at));
        kinds.setLength(0);
        at.clear();
      }
      kinds.append(kind);
      int coordinates = kind == PathIterator.SEG_CLOSE ? 0 : kind == PathIterator.SEG_QUADTO ? 4 : kind == PathIterator.SEG_CUBICTO ? 6 : 2;
      for (int n = 0; n < coordinates; n++) {
        at.add(piece[n]);
      }
    }
    if (!kinds.isEmpty()) {
      contours.add(contour(kinds, at));
    }
    return contours;
  }

  private static Contour contour(StringBuilder kinds, List<Double> at) {
    return new Contour(kinds.toString(), at.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String letters() {
    StringBuilder letters = new StringBuilder("…–—");
    for (char letter = '!'; letter < 0x180; letter++) {
      if (Character.isDefined(letter) && !Character.isISOControl(letter)) {
        letters.append(letter);
      }
    }
    return letters.toString();
  }
}
