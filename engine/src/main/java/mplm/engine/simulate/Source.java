// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.scheduler.Wire;
import mplm.engine.trace.Trace;
import mplm.engine.unit.DataSize;

/** The source of a simulated migration: the guest's pages and its dirty log, and the wire to the destination. */
public final class Source implements Closeable {
  public final int pages;
  /** When stock pre-copy of the QEMU that is simulated stops the guest. */
  public final SwitchoverRule rule;
  public final Wire wire;
  /** Pages that were reported as dirtied. */
  public final BitSet dirtied = new BitSet();
  /** Live pages by set; what a live stage has not counted is none. */
  public long nondirtySent;

  public long dirtySent;
  public long epochs;

  private final Conditions conditions;
  private final DirtyLog log;
  private long fetched;
  /** The time that the guest stood still. What it did for its writes is taken off when they are fetched, not when it made them. */
  private long stood;

  Source(Trace trace, Conditions conditions, SwitchoverRule rule, Wire.Listener listener) throws IOException {
    this.conditions = conditions;
    this.rule = rule;
    pages = trace.header().pages();
    long page = conditions.picoseconds(conditions.pageBytes());
    long work = Conditions.picoseconds(conditions.work());
    if ((double) pages * (page + work) > Long.MAX_VALUE / 8) {
      throw new IllegalArgumentException("a link of " + conditions.rate() + " is too slow for " + trace.header().memory()
          + ": one pass would take more than ten days");
    }
    wire = new Wire(work, page, conditions.picoseconds(conditions.zeroPageBytes()),
        conditions.picoseconds(conditions.buffer().bytes()), listener);
    log = new DirtyLog(trace);
  }

  /** Fetches the dirty log; what it reports is used again by the next fetch. */
  public BitSet fetch() throws IOException {
    BitSet pages = log.fetch(wire.now() - stood);
    wire.waitUntil(wire.now() + Conditions.picoseconds(conditions.fetch()));
    dirtied.or(pages);
    int written = pages.cardinality();
    fetched += written;
    stood += written * Conditions.picoseconds(conditions.firstWrite());
    return pages;
  }

  /** The guest has run as long as the sender; the answer is whether {@link #used} changed. */
  public boolean follow() throws IOException {
    return log.run(wire.now() - stood);
  }

  /** Pages of the running guest that are not zero pages, until {@link #follow} is called again at {@link #usedUntil}. */
  public BitSet used() {
    return log.usedWithin();
  }

  public long usedUntil() {
    return log.end() == Long.MAX_VALUE ? Long.MAX_VALUE : log.end() + stood;
  }

  /** Sends a page of the running guest. */
  public void send(int page) throws IOException {
    if (wire.now() >= usedUntil()) {
      follow();
    }
    wire.send(page, !used().get(page));
  }

  public long transferred() {
    return (wire.pages() - wire.zeroPages()) * conditions.pageBytes() + wire.zeroPages() * conditions.zeroPageBytes();
  }

  /** The guest is stopped now; {@code pending} is what is left to be sent before a last fetch, if the log was ever fetched. */
  public Simulated stop(String method, BitSet pending, boolean logged, Duration limit) throws IOException {
    long until = Conditions.picoseconds(limit);
    long stop = Math.min(wire.now(), until);
    long live = wire.pages();
    if (logged) {
      pending.or(fetch());
    }
    int page = pending.nextSetBit(0);
    for (; page >= 0 && wire.now() < until; page = pending.nextSetBit(page + 1)) {
      wire.send(page, !log.used().get(page));
    }
    long end = Math.max(wire.now(), wire.idle()) + Conditions.picoseconds(conditions.switchover());
    long last = wire.pages() - live;
    return page >= 0 || end > until ? result(method, stop, Optional.empty(), last)
        : result(method, stop, Optional.of(end), last);
  }

  /** The limit was reached while the guest ran. */
  public Simulated cancelled(String method, Duration limit) {
    return result(method, Conditions.picoseconds(limit), Optional.empty(), 0);
  }

  private Simulated result(String method, long stop, Optional<Long> end, long last) {
    Duration live = Conditions.duration(stop);
    Optional<Duration> total = end.map(Conditions::duration);
    return new Simulated(method, total, live, total.map(all -> all.minus(live)), new DataSize(transferred()),
        nondirtySent, dirtySent, last, wire.zeroPages(), epochs,
        stop > 0 && epochs > 0 ? OptionalDouble.of(fetched * 1e12 / stop) : OptionalDouble.empty(), log.repeated());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
