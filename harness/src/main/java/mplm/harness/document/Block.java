// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.nio.file.Path;
import java.util.List;

/** A piece of a document. All text is plain: writers escape it. */
public sealed interface Block {
  /** Begins a section. */
  record Heading(int level, String text) implements Block {}

  /** Some sentences. */
  record Paragraph(String text) implements Block {}

  /**
   * Rows below a header; a column's unit stands in its header or in its cells. Without rows nothing is shown.
   *
   * @param curves of the chart above, to which each row belongs ({@link mplm.harness.chart.Chart#word}); none if there is no such chart
   */
  record Table(List<String> header, List<List<String>> rows, List<String> curves) implements Block {
    public Table {
      header = List.copyOf(header);
      rows = List.copyOf(rows);
      curves = List.copyOf(curves);
    }

    /** Below no chart. */
    public Table(List<String> header, List<List<String>> rows) {
      this(header, rows, List.of());
    }
  }

  /** A PNG file, and what it shows. */
  record Picture(Path file, String text) implements Block {}

  /** A line to be typed. */
  record Code(String text) implements Block {}

  /** Files beside the document. */
  record Links(List<Path> files) implements Block {
    public Links {
      files = List.copyOf(files);
    }
  }

  /** What is shown when it is asked for; left out of Markdown. */
  record Fold(String summary, List<Block> blocks) implements Block {
    public Fold {
      blocks = List.copyOf(blocks);
    }
  }
}
