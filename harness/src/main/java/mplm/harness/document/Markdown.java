// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import mplm.harness.file.WholeFile;

/** Writes a document as Markdown, such as for the summary of a CI job: pictures are links, folds are left out. */
public final class Markdown {
  private Markdown() {}

  /** Writes the file; its links are relative to its folder. */
  public static void write(Path file, List<Block> blocks) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    StringBuilder out = new StringBuilder();
    for (Block block : blocks) {
      if (block instanceof Block.Heading heading) {
        out.append("#".repeat(heading.level())).append(' ').append(escaped(heading.text())).append("\n\n");
      } else if (block instanceof Block.Paragraph paragraph) {
        out.append(escaped(paragraph.text())).append("\n\n");
      } else if (block instanceof Block.Table table && !table.rows().isEmpty()) {
        line(out, table.header());
        line(out, Collections.nCopies(table.header().size(), "---"));
        table.rows().forEach(row -> line(out, row.stream().map(Markdown::escaped).toList()));
        out.append('\n');
      } else if (block instanceof Block.Picture picture) {
        out.append("![").append(escaped(picture.text())).append("](").append(Html.relative(folder, picture.file())).append(")\n\n");
      } else if (block instanceof Block.Code code) {
        out.append("```\n").append(code.text()).append("\n```\n\n");
      } else if (block instanceof Block.Links links) {
        links.files().forEach(link -> out.append("- [").append(Html.relative(folder, link)).append("](")
            .append(Html.relative(folder, link)).append(")\n"));
        out.append('\n');
      }
    }
    WholeFile.write(file, out);
  }

  private static void line(StringBuilder out, List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String escaped(String text) {
    return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1").replace("\n", " ");
  }
}
