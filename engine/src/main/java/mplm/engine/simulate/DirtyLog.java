// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.Trace;

/**
 * The dirty log of a guest that does what a trace says, again and again. Within an interval each page has its moment, so that a
 * fetch in the middle reports about the half, and the next one the other. Times are picoseconds from the start.
 */
final class DirtyLog implements Closeable {
  /** A whole interval, in the unit of moments. */
  private static final long WHOLE = 1L << 31;

  private final Trace trace;
  private final PageRuns runs = new PageRuns();
  private final BitSet dirtied = new BitSet();
  /** Of those that were reported by the last fetch, or will be by the next one. */
  private final BitSet zero = new BitSet();
  /** Of the interval in progress. */
  private final BitSet zeroed = new BitSet();
  private Trace.Player player;
  /** The interval in progress: its number, begin and end, and up to which moment it was reported. */
  private long interval = -1;

  private long begin;
  private long end;
  private long reported;
  private boolean repeated;

  DirtyLog(Trace trace) throws IOException {
    this.trace = trace;
    this.player = trace.play();
    advance();
  }

  /** The pages that were written since the last call, up to now; the set is used again by the next call. */
  BitSet fetch(long now) throws IOException {
    dirtied.clear();
    zero.clear();
    while (end <= now) {
      report(WHOLE);
      advance();
    }
    if (now > begin) {
      report((long) ((double) (now - begin) / (end - begin) * WHOLE));
    }
    return dirtied;
  }

  /** Those pages of the last fetch that are zero pages; used again by the next one. */
  BitSet zero() {
    return zero;
  }

  /** Whether the trace came to its end and began again. */
  boolean repeated() {
    return repeated;
  }

  private void report(long until) {
    if (reported == 0 && until == WHOLE) {
      runs.addTo(dirtied);
      if (!zero.isEmpty()) {
        for (int run = 0; run < runs.runs(); run++) {
          zero.clear(runs.first(run), runs.end(run));
        }
      }
      zero.or(zeroed);
    } else if (until > reported) {
      for (int run = 0; run < runs.runs(); run++) {
        for (int page = runs.first(run); page < runs.end(run); page++) {
          long moment = moment(page);
          if (moment >= reported && moment < until) {
            dirtied.set(page);
            zero.set(page, zeroed.get(page));
          }
        }
      }
    }
    reported = until;
  }

  /** Multiples of the golden ratio: evenly spread over neighbouring pages, and over the intervals of one page. */
  private long moment(int page) {
    return page * 0x9E3779B97F4A7C15L + interval * 0xD1B54A32D192ED03L >>> 33;
  }

  private void advance() throws IOException {
    Optional<Duration> length = player.next(runs);
    if (length.isEmpty() && interval >= 0) {
      repeated = true;
      player.close();
      player = trace.play();
      length = player.next(runs);
    }
    zeroed.clear();
    player.zeroed().addTo(zeroed);
    interval++;
    begin = end;
    end = length.map(time -> begin + Conditions.picoseconds(time)).orElse(Long.MAX_VALUE);
    reported = 0;
  }

  @Override
  public void close() throws IOException {
    player.close();
  }
}
