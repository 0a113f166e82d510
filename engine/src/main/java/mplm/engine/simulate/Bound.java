// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Durations;

/**
 * The best possible: the least downtime for each total migration time, by whoever knows in advance what the guest will write. The
 * guest is not slowed, and every page is sent raw.
 *
 * <h2>Model</h2>
 * Time 0 is when the migration begins, S when the guest is stopped, T when it resumes; the downtime is d = T - S. The link sends
 * one page after another, each for a fixed time, a zero page (one that is so at S) for another. The destination has a page right if
 * it was sent at or after its last write before S; every page, zero or not, has to be.
 * Fetches cost nothing. The constant {@link Conditions#switchover} is part of d.
 *
 * <h2>Bound</h2>
 * Let U(t, S) be the link's time for all pages that are written in [t, S), each once, and A(S) its time for all pages. The pages of
 * U(t, S) have to be sent in [t, T], all pages in [0, T]. Hence T - t &ge; U(t, S) for every t, and T &ge; A(S):
 *
 * <pre>d(S) &ge; max(0, A(S) - S, max over t in [0, S) of U(t, S) - (S - t)) + switchover</pre>
 *
 * It is reached: send each page once, as soon as its last write before S is over (those that are never written: at once) and the
 * link is free. Let t be the last moment before S at which the link was idle, or 0. Since then it sent without a break, and only
 * pages that were last written at or after t; what is left of them at S is U(t, S) - (S - t). (If a page and a zero page take
 * unlike times, a page may be half sent at a write: reached to within one page.)
 *
 * <p>The same holds with the sender's time for each page in place of the link's. As the link sends what the sender did before, up
 * to a buffer, the two may overlap in any way: the bound is the larger of both, and not always reached.
 *
 * <p>The frontier is the running minimum of d(S) over S, without those S that another one beats in both. Unless the guest clears
 * pages, S + d(S) never falls as S grows: later by x, d is less by at most x. Pages that are cleared take less time to send, and
 * whoever waits for that may end sooner.
 *
 * <h2>Resolution</h2>
 * S and t are multiples of a step, a page's moment in an interval of the trace is that of {@link Simulation}. Each d(S) is a bound
 * for that S. A stop between two multiples is no better than the multiple before it by more than a step, and what the pages that
 * are zero pages then, but not at the multiple, take less: but for that, of every migration d plus a step is at least {@link
 * #downtimeAt} its T.
 *
 * <p>It takes 4 bytes per page, and time with the square of the horizon over the step.
 */
public final class Bound {
  /** A total migration time, and the least downtime with it. */
  public record Point(Duration total, Duration downtime) {}

  private static final int MOST_STEPS = 4000;
  private static final long FINEST_MS = 10;

  private final List<Point> frontier = new ArrayList<>();
  private final Duration step;

  /** The bound for guests that are stopped within {@code horizon}, with a step of 10 ms or what makes 4000 of them. */
  public Bound(Trace trace, Conditions conditions, Duration horizon) throws IOException {
    this(trace, conditions, horizon, Duration.ofMillis(Math.max(FINEST_MS, horizon.toMillis() / MOST_STEPS)));
  }

  /** The same with that step. */
  public Bound(Trace trace, Conditions conditions, Duration horizon, Duration step) throws IOException {
    if (step.isNegative() || step.isZero()) {
      throw new IllegalArgumentException("the step is more than 0s, not " + Durations.print(step));
    }
    this.step = step;
    long psStep = Conditions.picoseconds(step);
    long switchover = Conditions.picoseconds(conditions.switchover());
    LastWrites writes = new LastWrites(trace, conditions);
    int steps = Math.toIntExact(horizon.dividedBy(step));
    long[] link = new long[steps + 1];
    long[] sender = new long[steps + 1];
    link[0] = writes.unwritten;
    sender[0] = writes.step.length * writes.work;
    long best = Long.MAX_VALUE;
    try (DirtyLog log = new DirtyLog(trace)) {
      for (int now = 0; now <= steps && best > switchover; now++) {
        if (now > 0) {
          writes.move(log.fetch(now * psStep), log.used(), now, link, sender);
        }
        long downtime = Math.max(left(link, now, psStep), left(sender, now, psStep)) + switchover;
        if (downtime < best) {
          add(new Point(Conditions.duration(now * psStep + downtime), Conditions.duration(downtime)));
          best = downtime;
        }
      }
    }
  }

  /** What cannot have been done by step {@code now}; {@code work[k]} is the time for pages last written in step k, 0: never. */
  private static long left(long[] work, int now, long step) {
    long since = 0;
    long left = 0;
    for (int k = now; k >= 1; k--) {
      since += work[k];
      left = Math.max(left, since - (now - k + 1) * step);
    }
    return Math.max(left, since + work[0] - now * step);
  }

  /** Adds a point of less downtime than all before: those that are not sooner at their end are no better in anything. */
  private void add(Point point) {
    while (!frontier.isEmpty() && frontier.get(frontier.size() - 1).total().compareTo(point.total()) >= 0) {
      frontier.remove(frontier.size() - 1);
    }
    frontier.add(point);
  }

  /** The Pareto frontier: total migration time ascends, downtime descends. */
  public List<Point> frontier() {
    return List.copyOf(frontier);
  }

  /** The time to which all this is exact. */
  public Duration step() {
    return step;
  }

  /** The least downtime with a total migration time of at most that; empty if none is that short. */
  public Optional<Duration> downtimeAt(Duration total) {
    return frontier.stream().takeWhile(point -> point.total().compareTo(total) <= 0).reduce((one, next) -> next)
        .map(Point::downtime);
  }

  /** The least total migration time with a downtime of at most that; empty if there is none within the horizon. */
  public Optional<Duration> totalAt(Duration downtime) {
    return frontier.stream().filter(point -> point.downtime().compareTo(downtime) <= 0).findFirst().map(Point::total);
  }

  /** The step in which each page was last written, and the link's and the sender's time for the pages of a step. */
  private static final class LastWrites {
    /** The longest array that Java makes. */
    private static final int MOST_PAGES = Integer.MAX_VALUE - 8;

    private final int[] step;
    private final BitSet used = new BitSet();
    private final long work;
    private final long page;
    private final long zeroPage;
    /** The link's time for all pages as they are at the start. */
    private final long unwritten;

    LastWrites(Trace trace, Conditions conditions) {
      work = Conditions.picoseconds(conditions.work());
      page = conditions.picoseconds(conditions.pageBytes());
      zeroPage = conditions.picoseconds(conditions.zeroPageBytes());
      if (trace.header().pages() > MOST_PAGES) {
        throw new IllegalArgumentException("the best possible is computed for guests of up to " + MOST_PAGES + " pages, not "
            + trace.header().pages());
      }
      step = new int[trace.header().pages()];
      trace.used().addTo(used);
      unwritten = used.cardinality() * page + (step.length - used.cardinality()) * zeroPage;
    }

    void move(BitSet written, BitSet usedNow, int now, long[] link, long[] sender) {
      for (int n = written.nextSetBit(0); n >= 0; n = written.nextSetBit(n + 1)) {
        link[step[n]] -= used.get(n) ? page : zeroPage;
        sender[step[n]] -= work;
        used.set(n, usedNow.get(n));
        link[now] += used.get(n) ? page : zeroPage;
        sender[now] += work;
        step[n] = now;
      }
    }
  }
}
