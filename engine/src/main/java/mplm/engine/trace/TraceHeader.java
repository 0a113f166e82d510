// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.time.Duration;
import mplm.engine.unit.DataSize;

/**
 * What a trace is of.
 *
 * @param pages the guest's memory, in pages of {@link #PAGE_BYTES}
 * @param interval nominal length of an interval, in whole milliseconds
 * @param source what was recorded and how, one line of up to 500 ASCII characters
 */
public record TraceHeader(int pages, Duration interval, String source) {
  public static final int PAGE_BYTES = 4096;

  private static final Duration LONGEST = Duration.ofMinutes(1);

  public TraceHeader {
    if (pages < 1) {
      throw new IllegalArgumentException("a trace is of 1 to " + Integer.MAX_VALUE + " pages, not of " + pages);
    }
    if (interval.toMillis() < 1 || interval.compareTo(LONGEST) > 0 || interval.toNanos() % 1_000_000 != 0) {
      throw new IllegalArgumentException("an interval is 1 to 60000 ms in whole milliseconds, not " + interval);
    }
    if (!source.matches("\\p{Print}{0,500}")) {
      throw new IllegalArgumentException("the source of a trace is one line of up to 500 ASCII characters, not '" + source + "'");
    }
  }

  public DataSize memory() {
    return new DataSize((long) pages * PAGE_BYTES);
  }
}
