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
 * A guest that does what a trace says, again and again: its dirty log, and which of its pages are zero pages. Within an interval
 * each page has its moment, so that a fetch in the middle reports about the half, and the next one the other. Times are picoseconds
 * from the start.
 */
final class DirtyLog implements Closeable {
  /** A whole interval, in the unit of moments. */
  private static final long WHOLE = 1L << 31;

  private final Trace trace;
  private final PageRuns runs = new PageRuns();
  private final BitSet dirtied = new BitSet();
  private final BitSet used = new BitSet();
  private final BitSet usedWithin = new BitSet();
  /** The pages zeroed in the interval in progress. */
  private final BitSet zeroed = new BitSet();
  private Trace.Player player;
  /** The interval in progress: its number, begin and end, and up to which moment it was reported. */
  private long interval = -1;

  private long begin;
  private long end;
  private long reported;
  /** What a fetch has reported is no more to be reported. */
  private boolean fetched;

  private boolean changed;
  private boolean repeated;

  DirtyLog(Trace trace) throws IOException {
    this.trace = trace;
    this.player = trace.play();
    trace.used().addTo(used);
    trace.used().addTo(usedWithin);
    advance();
  }

  /** The guest runs up to now; the answer is whether {@link #usedWithin} changed. */
  boolean run(long now) throws IOException {
    if (fetched) {
      dirtied.clear();
      fetched = false;
    }
    changed = false;
    while (end <= now) {
      report(WHOLE);
      advance();
    }
    return changed;
  }

  /** The pages that were written since the last fetch, up to now; the set is used again by the next call. */
  BitSet fetch(long now) throws IOException {
    run(now);
    if (now > begin) {
      report((long) ((double) (now - begin) / (end - begin) * WHOLE));
    }
    fetched = true;
    return dirtied;
  }

  /** The pages that held something other than zeros at the last fetch; used again by the next call. */
  BitSet used() {
    return used;
  }

  /**
   * The pages that hold something other than zeros until {@link #end}. What a page that is written in the interval in progress holds
   * within is not known: it counts.
   */
  BitSet usedWithin() {
    return usedWithin;
  }

  /** When the interval in progress ends. */
  long end() {
    return end;
  }

  /** Whether the trace came to its end and began again. */
  boolean repeated() {
    return repeated;
  }

  private void report(long until) {
    if (reported == 0 && until == WHOLE) {
      runs.addTo(dirtied);
      runs.addTo(used);
      used.andNot(zeroed);
    } else if (until > reported) {
      for (int run = 0; run < runs.runs(); run++) {
        for (int page = runs.first(run); page < runs.end(run); page++) {
          long moment = moment(page);
          if (moment >= reported && moment < until) {
            dirtied.set(page);
            used.set(page, !zeroed.get(page));
          }
        }
      }
    }
    // the guest's clock stands while its first writes after a fetch are paid for, and can seem to go back
    reported = Math.max(reported, until);
  }

  /** Multiples of the golden ratio: evenly spread over neighbouring pages, and over the intervals of one page. */
  private long moment(int page) {
    return page * 0x9E3779B97F4A7C15L + interval * 0xD1B54A32D192ED03L >>> 33;
  }

  private void advance() throws IOException {
    usedWithin.andNot(zeroed);
    changed |= !zeroed.isEmpty();
    Optional<Duration> length = player.next(runs);
    if (length.isEmpty() && interval >= 0) {
      repeated = true;
      player.close();
      player = trace.play();
      length = player.next(runs);
    }
    zeroed.clear();
    player.zeroed().addTo(zeroed);
    changed |= addsTo(usedWithin);
    runs.addTo(usedWithin);
    interval++;
    begin = end;
    end = length.map(time -> begin + Conditions.picoseconds(time)).orElse(Long.MAX_VALUE);
    reported = 0;
  }

  /** Whether a page of the interval in progress is not in a set. {@code nextClearBit} would search all of a large memory. */
  private boolean addsTo(BitSet set) {
    for (int run = 0; run < runs.runs(); run++) {
      for (int page = runs.first(run); page < runs.end(run); page++) {
        if (!set.get(page)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    player.close();
  }
}
