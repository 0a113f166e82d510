// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;

/** Writes a {@link TraceFile}, interval by interval. One that is closed before its {@link #end} is refused when it is read. */
public final class TraceWriter implements Closeable {
  static final int VERSION = 2;

  private final int pages;
  private final OutputStream out;
  private long intervals;

  /** Creates the file, in place of one that may be there. */
  public TraceWriter(Path file, TraceHeader header, PageRuns used) throws IOException {
    pages = header.pages();
    out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file)), 1 << 16);
    out.write(("mplm-trace " + VERSION + "\npage-size " + TraceHeader.PAGE_BYTES + "\npages " + pages + "\ninterval-ms "
        + header.interval().toMillis() + "\nsource " + header.source() + "\n").getBytes(StandardCharsets.US_ASCII));
    set(used);
  }

  /** Appends an interval without zero pages. */
  public void interval(Duration length, PageRuns dirtied) throws IOException {
    interval(length, dirtied, new PageRuns());
  }

  /**
   * Appends an interval.
   *
   * @param length in whole microseconds, at least 1
   * @param zeroed those of the pages that are zero pages at its end
   */
  public void interval(Duration length, PageRuns dirtied, PageRuns zeroed) throws IOException {
    if (length.isNegative() || length.isZero() || length.toNanos() % 1_000 != 0) {
      throw new IllegalArgumentException("an interval is at least 1 us long, in whole microseconds, not " + length);
    }
    if (!dirtied.containsAll(zeroed)) {
      throw new IllegalArgumentException("zero pages " + zeroed + " are not all of those that were dirtied: " + dirtied);
    }
    number(length.toNanos() / 1_000);
    set(dirtied);
    set(zeroed);
    intervals++;
  }

  /** Says that the trace is complete; nothing may follow but {@link #close}. */
  public void end() throws IOException {
    number(0);
    number(intervals);
  }

  private void set(PageRuns set) throws IOException {
    if (set.runs() > 0 && set.end(set.runs() - 1) > pages) {
      throw new IllegalArgumentException("page " + (set.end(set.runs() - 1) - 1) + " of a guest of " + pages + " pages");
    }
    number(set.runs());
    int at = 0;
    for (int run = 0; run < set.runs(); run++) {
      number(set.first(run) - at);
      number(set.end(run) - set.first(run));
      at = set.end(run);
    }
  }

  private void number(long value) throws IOException {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
