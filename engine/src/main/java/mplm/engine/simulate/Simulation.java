// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import mplm.engine.migration.Method;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.engine.migration.Unmigrated;
import mplm.engine.scheduler.Bitmap;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.scheduler.Wire;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Durations;

/** Migrations of one guest under the same conditions; the package's description says what is simulated. */
public final class Simulation {
  /** The method that no {@link Method} is: the guest is stopped first. */
  public static final String STOP_AND_COPY = "stop-and-copy";

  private static final long PS_PER_MS = 1_000_000_000L;
  private static final Duration LONGEST = Duration.ofDays(10);

  private final Trace trace;
  private final Conditions conditions;
  private final Duration limit;
  private final SwitchoverRule rule;
  private final Wire.Listener listener;

  /**
   * With stock pre-copy of QEMU 10.0.
   *
   * @param limit after which a migration is cancelled, 10 days at most
   */
  public Simulation(Trace trace, Conditions conditions, Duration limit) {
    this(trace, conditions, limit, SwitchoverRule.LESS_THAN_THRESHOLD);
  }

  /**
   * @param limit after which a migration is cancelled, 10 days at most
   * @param rule of stock pre-copy
   */
  public Simulation(Trace trace, Conditions conditions, Duration limit, SwitchoverRule rule) {
    this(trace, conditions, limit, rule, null);
  }

  /** With a listener that sees each page when it is sent. */
  Simulation(Trace trace, Conditions conditions, Duration limit, Wire.Listener listener) {
    this(trace, conditions, limit, SwitchoverRule.LESS_THAN_THRESHOLD, listener);
  }

  private Simulation(Trace trace, Conditions conditions, Duration limit, SwitchoverRule rule, Wire.Listener listener) {
    this.trace = trace;
    this.conditions = conditions;
    this.limit = checked(limit);
    this.rule = rule;
    this.listener = listener;
  }

  /** A limit that a migration may have; {@link IllegalArgumentException} for one that it may not. */
  public static Duration checked(Duration limit) {
    if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("the limit is more than 0s, 864000s at most, not " + Durations.print(limit));
    }
    return limit;
  }

  /** Simulates a method; {@link IllegalArgumentException} for {@link Unmigrated}. */
  public Simulated run(Method method) throws IOException {
    try (Source source = new Source(trace, conditions, listener)) {
      if (method instanceof Mplm mplm) {
        return mplm(source, mplm);
      } else if (method instanceof Precopy precopy) {
        return new StockPrecopy(source, precopy, limit, rule).run();
      }
      throw new IllegalArgumentException(method + " cannot be simulated, allowed: precopy:DURATION, mplm, " + STOP_AND_COPY);
    }
  }

  /** Simulates the guest being stopped, all its memory sent, and resumed. */
  public Simulated stopAndCopy() throws IOException {
    try (Source source = new Source(trace, conditions, listener)) {
      BitSet all = new BitSet();
      all.set(0, source.pages);
      return source.stop(STOP_AND_COPY, all, false, limit);
    }
  }

  private Simulated mplm(Source source, Mplm method) throws IOException {
    long until = Conditions.picoseconds(limit);
    try (Scheduler scheduler = new Scheduler(method.policy(), method.knobs())) {
      Bitmap pending = new Bitmap(source.pages);
      pending.set(0, source.pages);
      scheduler.addBlock(pending);
      scheduler.start(0);
      Bitmap used = new Bitmap(source.pages);
      used.assign(source.used());
      Bitmap fetched = new Bitmap(source.pages);
      boolean over = false;
      while (!over && source.wire.now() < until) {
        switch (scheduler.drive(source.wire, used, Math.min(until, source.usedUntil()))) {
          case FETCH -> {
            fetched.assign(source.fetch());
            scheduler.merge(0, fetched);
            used.assign(source.used());
            scheduler.epoch(source.wire.now() / PS_PER_MS);
          }
          case WAIT -> source.wire.waitUntil(scheduler.epochEnd() * PS_PER_MS);
          case STOP -> over = true;
          default -> {
            if (source.follow()) {
              used.assign(source.used());
            }
          }
        }
      }
      source.epochs = scheduler.stats().epochs();
      source.nondirtySent = scheduler.stats().nondirtySent();
      source.dirtySent = scheduler.stats().dirtySent();
      return over ? source.stop(method.toString(), pending.toBitSet(), true, limit) : source.cancelled(method.toString(), limit);
    }
  }
}
