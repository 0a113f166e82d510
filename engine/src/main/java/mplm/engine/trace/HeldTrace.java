// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A trace in memory, for simulations that play it again and again; from any of its intervals on, and of a guest that is slower. It
 * takes 8 bytes per run, and some 100 per interval in which anything was written. Thread-safe: nothing of it changes.
 */
public final class HeldTrace implements Trace {
  /** An hour in milliseconds, and more; a file that says nothing so often is small and would fill any memory. */
  private static final int MOST_INTERVALS = 4_000_000;

  private static final PageRuns NONE = new PageRuns().copy();

  private static final double LEAST_SLOWNESS = 0.01;

  /** An interval. */
  private record Interval(Duration length, PageRuns dirtied, PageRuns zeroed) {}

  private final TraceHeader header;
  private final PageRuns used;
  private final List<Interval> intervals;
  private final int first;
  private final double slowness;

  private HeldTrace(TraceHeader header, PageRuns used, List<Interval> intervals, int first, double slowness) {
    this.header = header;
    this.used = used;
    this.intervals = intervals;
    this.first = first;
    this.slowness = slowness;
  }

  /** Reads all of a trace; {@link IllegalArgumentException} if it has more than 4,000,000 intervals. */
  public static HeldTrace of(Trace trace) throws IOException {
    List<Interval> intervals = new ArrayList<>();
    try (Player player = trace.play()) {
      PageRuns dirtied = new PageRuns();
      for (Optional<Duration> length = player.next(dirtied); length.isPresent(); length = player.next(dirtied)) {
        if (intervals.size() == MOST_INTERVALS) {
          throw new IllegalArgumentException("a trace of " + trace.header().source() + " has more than " + MOST_INTERVALS
              + " intervals, allowed: as many; mplm record --interval makes them longer");
        }
        intervals.add(new Interval(length.orElseThrow(), kept(dirtied), kept(player.zeroed())));
      }
    }
    return new HeldTrace(trace.header(), trace.used(), intervals, 0, 1);
  }

  private static PageRuns kept(PageRuns pages) {
    return pages.runs() == 0 ? NONE : pages.copy();
  }

  /** How many intervals it has. */
  public int intervals() {
    return intervals.size();
  }

  /**
   * The same guest so many intervals later. What follows the last interval is the first one again, and pages that were dirtied in
   * between are used, or zero pages again.
   *
   * @param count 0 to {@link #intervals}
   */
  public HeldTrace later(int count) {
    if (count < 0 || count > intervals.size() || first > 0) {
      throw new IllegalArgumentException(
          count + " intervals later of " + intervals.size() + ", allowed: once, 0 to " + intervals.size());
    }
    BitSet pages = new BitSet();
    used.addTo(pages);
    BitSet zeroed = new BitSet();
    for (Interval interval : intervals.subList(0, count)) {
      interval.dirtied.addTo(pages);
      zeroed.clear();
      interval.zeroed.addTo(zeroed);
      pages.andNot(zeroed);
    }
    PageRuns laterUsed = new PageRuns();
    for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(pages.nextClearBit(page))) {
      laterUsed.add(page, pages.nextClearBit(page));
    }
    return new HeldTrace(header, laterUsed, intervals, count, slowness);
  }

  /** A guest that takes so many times as long for the same: 0.01 to 100. */
  public HeldTrace slower(double times) {
    if (!(times >= LEAST_SLOWNESS && times <= 1 / LEAST_SLOWNESS)) {
      throw new IllegalArgumentException("a guest takes 0.01 to 100 times as long, not " + times);
    }
    return new HeldTrace(header, used, intervals, first, slowness * times);
  }

  private static void copy(PageRuns from, PageRuns to) {
    for (int run = 0; run < from.runs(); run++) {
      to.add(from.first(run), from.end(run));
    }
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
  public Player play() {
    return new Player() {
      private int played;
      private PageRuns zeroed = new PageRuns();

      @Override
      public Optional<Duration> next(PageRuns dirtied) {
        dirtied.clear();
        zeroed = new PageRuns();
        if (played == intervals.size()) {
          return Optional.empty();
        }
        Interval interval = intervals.get((first + played++) % intervals.size());
        copy(interval.dirtied, dirtied);
        zeroed = interval.zeroed;
        return Optional.of(Duration.ofNanos(Math.round(interval.length.toNanos() * slowness)));
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
}
