// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import mplm.harness.paper.Verdict;

/**
 * Writes a document as one HTML file: pictures stand in it, nothing is loaded from elsewhere. The same blocks give the same bytes.
 */
public final class Html {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c1c1c; --quiet: #5c5c5c; --paper: #fff; --line: #d8d8d8; --band: #f4f4f4;
        --good: #1b6e2d; --bad: #b3261e; --link: #1f4e9e; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --quiet: #a8a8a8; --paper: #161616; --line: #3a3a3a;
        --band: #222; --good: #7fce8d; --bad: #ff9a90; --link: #9cc0ff; } }
      * { box-sizing: border-box; }
      body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
        max-width: 1000px; padding: 16px; overflow-wrap: anywhere; }
      h1 { font-size: 1.5em; line-height: 1.25; } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid var(--line); }
      h3 { font-size: 1.05em; margin-bottom: .3em; } a { color: var(--link); }
      .scroll { overflow-x: auto; margin: .8em 0; } table { border-collapse: collapse; font-size: .875em; }
      th, td { text-align: left; vertical-align: top; padding: 4px 10px; border-bottom: 1px solid var(--line); min-width: 3em;
        overflow-wrap: normal; } th { background: var(--band); }
      td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
      td.short { white-space: nowrap; }
      td.reproduced { color: var(--good); font-weight: 600; } td.not-reproduced { color: var(--bad); font-weight: 600; }
      td.not-run { color: var(--quiet); font-style: italic; }
      figure { margin: 1em 0; overflow-x: auto; }
      img { display: block; width: 100%; min-width: 620px; height: auto; border-radius: 6px; }
      figcaption { color: var(--quiet); font-size: .875em; position: sticky; left: 0; }
      pre { background: var(--band); padding: 12px; overflow-x: auto; border-radius: 6px; }
      details { border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; margin: 6px 0; } summary { cursor: pointer; }
      """;

  /** So many letters stay on one line of a table. */
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
        .append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    html.blocks(blocks);
    html.out.append("</body>\n</html>\n");
    Files.writeString(file, html.out);
  }

  private void blocks(List<Block> blocks) throws IOException {
    for (Block block : blocks) {
      if (block instanceof Block.Heading heading) {
        out.append("<h").append(heading.level()).append('>').append(escaped(heading.text()))
            .append("</h").append(heading.level()).append(">\n");
      } else if (block instanceof Block.Paragraph paragraph) {
        out.append("<p>").append(escaped(paragraph.text())).append("</p>\n");
      } else if (block instanceof Block.Table table) {
        table(table);
      } else if (block instanceof Block.Picture picture) {
        out.append("<figure><img alt=\"").append(escaped(picture.text())).append("\" src=\"data:image/png;base64,")
            .append(Base64.getEncoder().encodeToString(Files.readAllBytes(picture.file()))).append("\"><figcaption>")
            .append(escaped(picture.text())).append("</figcaption></figure>\n");
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

  private void table(Block.Table table) {
    out.append("<div class=\"scroll\"><table>\n");
    if (!table.header().stream().allMatch(String::isEmpty)) {
      out.append("<tr>");
      table.header().forEach(cell -> out.append("<th>").append(escaped(cell)).append("</th>"));
      out.append("</tr>\n");
    }
    for (List<String> row : table.rows()) {
      out.append("<tr>");
      for (int column = 0; column < row.size(); column++) {
        out.append("<td").append(look(table, column, row.get(column))).append('>').append(escaped(row.get(column))).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</table></div>\n");
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

  /** Of a file as seen from a folder, with slashes. */
  static String relative(Path folder, Path file) {
    return folder.toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize()).toString().replace('\\', '/');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
