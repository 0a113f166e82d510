// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import mplm.harness.file.WholeFile;
import mplm.harness.paper.Verdict;

/**
 * Writes a document as one HTML file: pictures stand in it, nothing is loaded from elsewhere, and it is whole without its script. The
 * same blocks give the same bytes.
 */
public final class Html {
  /** The most letters that stay on one line of a table. */
  private static final int SHORT = 14;

  private static final Pattern NUMBER = Pattern.compile("-|-?[\\d.]+( ± [\\d.]+)?");

  private final Path folder;
  private final StringBuilder out = new StringBuilder();

  private Html(Path folder) {
    this.folder = folder;
  }

  /** Writes the file; its links are relative to its folder. */
  public static void write(Path file, String title, List<Block> blocks) throws IOException {
    Html html = new Html(file.toAbsolutePath().getParent());
    html.out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>").append(escaped(title))
        .append("</title>\n<style>\n").append(resource("page.css")).append("</style>\n</head>\n<body>\n");
    html.blocks(blocks);
    html.out.append("<script>\n").append(resource("page.js")).append("</script>\n</body>\n</html>\n");
    WholeFile.write(file, html.out);
  }

  private void blocks(List<Block> blocks) throws IOException {
    for (Block block : blocks) {
      if (block instanceof Block.Heading heading) {
        out.append("<h").append(heading.level()).append('>').append(escaped(heading.text()))
            .append("</h").append(heading.level()).append(">\n");
      } else if (block instanceof Block.Paragraph paragraph) {
        out.append("<p>").append(escaped(paragraph.text())).append("</p>\n");
      } else if (block instanceof Block.Table table && !table.rows().isEmpty()) {
        table(table);
      } else if (block instanceof Block.Picture picture) {
        picture(picture);
      } else if (block instanceof Block.Code code) {
        out.append("<pre>").append(escaped(code.text())).append("</pre>\n");
      } else if (block instanceof Block.Links links) {
        links(links);
      } else if (block instanceof Block.Fold fold) {
        out.append("<details><summary>").append(escaped(fold.summary())).append("</summary>\n");
        blocks(fold.blocks());
        out.append("</details>\n");
      }
    }
  }

  /** The SVG beside a PNG, if there is one: its texts and points are of use. */
  private void picture(Block.Picture picture) throws IOException {
    Path svg = picture.file().resolveSibling(picture.file().getFileName().toString().replaceFirst("\\.png$", ".svg"));
    String text = escaped(picture.text());
    out.append("<figure>");
    if (Files.exists(svg)) {
      String drawn = Files.readString(svg);
      out.append("<svg role=\"group\" aria-label=\"").append(text).append("\"")
          .append(drawn.substring(drawn.indexOf("<svg ") + "<svg".length()).strip());
    } else {
      out.append("<img alt=\"").append(text).append("\" src=\"data:image/png;base64,")
          .append(Base64.getEncoder().encodeToString(Files.readAllBytes(picture.file()))).append("\">");
    }
    out.append("<figcaption>").append(text).append("</figcaption></figure>\n");
  }

  private void table(Block.Table table) {
    out.append("<div class=\"scroll\"><table>\n");
    if (!table.header().stream().allMatch(String::isEmpty)) {
      out.append("<thead><tr>");
      table.header().forEach(cell -> out.append("<th scope=\"col\">").append(escaped(cell)).append("</th>"));
      out.append("</tr></thead>\n");
    }
    out.append("<tbody>\n");
    for (int i = 0; i < table.rows().size(); i++) {
      List<String> row = table.rows().get(i);
      out.append(table.curves().isEmpty() ? "<tr>" : "<tr class=\"" + table.curves().get(i) + "\">");
      for (int column = 0; column < row.size(); column++) {
        out.append("<td").append(look(table, column, row.get(column))).append('>').append(escaped(row.get(column))).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
  }

  private void links(Block.Links links) {
    out.append("<ul>\n");
    for (Path file : links.files()) {
      String target = escaped(relative(folder, file));
      out.append("<li><a href=\"").append(target).append("\">").append(target).append("</a></li>\n");
    }
    out.append("</ul>\n");
  }

  private static String look(Block.Table table, int column, String cell) {
    if (Arrays.stream(Verdict.values()).anyMatch(verdict -> verdict.toString().equals(cell))) {
      return " class=\"" + cell.replace(' ', '-') + "\"";
    }
    if (table.rows().stream().map(row -> row.get(column)).allMatch(NUMBER.asMatchPredicate())) {
      return " class=\"number\"";
    }
    return cell.length() <= SHORT ? " class=\"short\"" : "";
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The path of a file as seen from a folder, with slashes. */
  static String relative(Path folder, Path file) {
    return folder.toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize()).toString().replace('\\', '/');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
