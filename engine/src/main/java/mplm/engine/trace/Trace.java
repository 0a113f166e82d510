// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** What a guest dirties from some moment on; it can be played any number of times, and is the same each time. */
public interface Trace {
  TraceHeader header();

  /** The used pages at the start; all others are zero pages. Not to be changed. */
  PageRuns used();

  /** Begins from the start. */
  Player play() throws IOException;

  /** The intervals one after another; not thread-safe. */
  interface Player extends Closeable {
    /**
     * The next interval.
     *
     * @param dirtied is filled with the pages that were dirtied in it
     * @return its length; empty at the end of the trace
     */
    Optional<Duration> next(PageRuns dirtied) throws IOException;

    /** The pages of the last {@link #next} that were zero pages at the end of the interval. Not to be changed. */
    default PageRuns zeroed() {
      return new PageRuns();
    }
  }
}
