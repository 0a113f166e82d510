// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceHeader;

/**
 * A trace in memory; every seventh page is dirtied with zeros.
 *
 * @param clears the intervals in which all pages are
 */
record ListTrace(int size, BitSet usedPages, List<BitSet> intervals, List<Duration> lengths, BitSet clears) implements Trace {
  /** A trace with no such interval. */
  ListTrace(int size, BitSet usedPages, List<BitSet> intervals, List<Duration> lengths) {
    this(size, usedPages, intervals, lengths, new BitSet());
  }

  /** Small, of intervals of 1 to 400 ms, from a seed; in about a fifth of them the guest is idle. */
  static ListTrace random(Random random) {
    int size = 1 + random.nextInt(2000);
    BitSet used = new BitSet();
    for (int page = 0; page < size; page++) {
      used.set(page, random.nextInt(4) > 0);
    }
    List<BitSet> intervals = new ArrayList<>();
    List<Duration> lengths = new ArrayList<>();
    for (int n = 1 + random.nextInt(30); n > 0; n--) {
      BitSet dirtied = new BitSet();
      for (int write = random.nextInt(5) == 0 ? 0 : random.nextInt(size / 2 + 1); write > 0; write--) {
        dirtied.set(random.nextInt(random.nextBoolean() ? size : size / 3 + 1));
      }
      intervals.add(dirtied);
      lengths.add(Duration.ofNanos((1 + random.nextInt(400)) * 1_000_000L));
    }
    return new ListTrace(size, used, intervals, lengths);
  }

  @Override
  public TraceHeader header() {
    return new TraceHeader(size, Duration.ofMillis(100), "in memory");
  }

  @Override
  public PageRuns used() {
    PageRuns runs = new PageRuns();
    fill(runs, usedPages);
    return runs;
  }

  @Override
  public Player play() {
    Iterator<BitSet> sets = intervals.iterator();
    Iterator<Duration> times = lengths.iterator();
    PageRuns zeroed = new PageRuns();
    return new Player() {
      private int interval;

      @Override
      public Optional<Duration> next(PageRuns dirtied) {
        dirtied.clear();
        zeroed.clear();
        if (!sets.hasNext()) {
          return Optional.empty();
        }
        BitSet pages = sets.next();
        fill(dirtied, pages);
        BitSet zeros = (BitSet) pages.clone();
        if (!clears.get(interval++)) {
          zeros.and(zeros());
        }
        fill(zeroed, zeros);
        return Optional.of(times.next());
      }

      @Override
      public PageRuns zeroed() {
        return zeroed;
      }

      @Override
      public void close() {
        // holds nothing
      }
    };
  }

  /** The pages that are dirtied with zeros alone. */
  BitSet zeros() {
    BitSet zeros = new BitSet();
    for (int page = 3; page < size; page += 7) {
      zeros.set(page);
    }
    return zeros;
  }

  private static void fill(PageRuns runs, BitSet set) {
    for (int page = set.nextSetBit(0); page >= 0; page = set.nextSetBit(page + 1)) {
      runs.add(page, page + 1);
    }
  }
}
