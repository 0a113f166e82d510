// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A trace in a file; the format stands in the package's description. */
public final class TraceFile implements Trace {
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

  private static TraceHeader header(TraceInput in) throws IOException {
    in.number("mplm-trace", TraceWriter.VERSION, TraceWriter.VERSION);
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
    header(in);
    in.set(new PageRuns(), header.pages());
    return new FilePlayer(in, header.pages());
  }

  private static final class FilePlayer implements Player {
    private final TraceInput in;
    private final int pages;
    private long intervals;
    private boolean ended;

    FilePlayer(TraceInput in, int pages) {
      this.in = in;
      this.pages = pages;
    }

    @Override
    public Optional<Duration> next(PageRuns dirtied) throws IOException {
      dirtied.clear();
      long microseconds = ended ? 0 : in.number();
      if (microseconds == 0) {
        end();
        return Optional.empty();
      }
      if (microseconds > Duration.ofDays(1).toSeconds() * 1_000_000) {
        throw in.wrong("damaged: an interval of " + microseconds + " us, allowed: up to a day");
      }
      in.set(dirtied, pages);
      intervals++;
      return Optional.of(Duration.ofNanos(microseconds * 1_000));
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
