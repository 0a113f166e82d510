// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A trace in a file; the format stands in the package's description. */
public final class TraceFile implements Trace {
  /** The version that does not say which dirtied pages are zero pages. */
  private static final int WITHOUT_ZEROED = 1;

  private final Path file;
  private final TraceHeader header;
  private final PageRuns used = new PageRuns();

  /**
   * Reads the file once from begin to end; {@link IllegalArgumentException} unless it is a whole trace of this version and page
   * size, {@link java.nio.file.NoSuchFileException} if it is not there.
   */
  public TraceFile(Path file) throws IOException {
    this.file = file;
    try (TraceInput in = new TraceInput(file)) {
      version(in);
      header = header(in);
      in.set(used, header.pages());
    }
    try (Player player = play()) {
      PageRuns dirtied = new PageRuns();
      while (player.next(dirtied).isPresent()) {
        // checked as it is read
      }
    }
  }

  private static int version(TraceInput in) throws IOException {
    return in.number("mplm-trace", WITHOUT_ZEROED, TraceWriter.VERSION);
  }

  private static TraceHeader header(TraceInput in) throws IOException {
    in.number("page-size", TraceHeader.PAGE_BYTES, TraceHeader.PAGE_BYTES);
    int pages = in.number("pages", 1, Integer.MAX_VALUE);
    int interval = in.number("interval-ms", 1, 60_000);
    return new TraceHeader(pages, Duration.ofMillis(interval), in.line("source"));
  }

  @Override
  public TraceHeader header() {
    return header;
  }

  @Override
  public PageRuns used() {
    return used;
  }

  @Override
  public Player play() throws IOException {
    TraceInput in = new TraceInput(file);
    int version = version(in);
    header(in);
    in.set(new PageRuns(), header.pages());
    return new FilePlayer(in, header.pages(), version > WITHOUT_ZEROED);
  }

  private static final class FilePlayer implements Player {
    private final TraceInput in;
    private final int pages;
    private final boolean saysZeroed;
    private final PageRuns zeroed = new PageRuns();
    private long intervals;
    private boolean ended;

    FilePlayer(TraceInput in, int pages, boolean saysZeroed) {
      this.in = in;
      this.pages = pages;
      this.saysZeroed = saysZeroed;
    }

    @Override
    public Optional<Duration> next(PageRuns dirtied) throws IOException {
      dirtied.clear();
      zeroed.clear();
      long microseconds = ended ? 0 : in.number();
      if (microseconds == 0) {
        end();
        return Optional.empty();
      }
      if (microseconds > Duration.ofDays(1).toSeconds() * 1_000_000) {
        throw in.wrong("damaged: an interval of " + microseconds + " us, allowed: up to a day");
      }
      in.set(dirtied, pages);
      if (saysZeroed) {
        in.set(zeroed, pages);
        if (!dirtied.containsAll(zeroed)) {
          throw in.wrong("damaged: in interval " + intervals + " a page became a zero page and was not dirtied");
        }
      }
      intervals++;
      return Optional.of(Duration.ofNanos(microseconds * 1_000));
    }

    @Override
    public PageRuns zeroed() {
      return zeroed;
    }

    private void end() throws IOException {
      if (ended) {
        return;
      }
      long said = in.number();
      if (said != intervals) {
        throw in.wrong("damaged: it has " + intervals + " intervals and says " + said);
      }
      in.end();
      ended = true;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
