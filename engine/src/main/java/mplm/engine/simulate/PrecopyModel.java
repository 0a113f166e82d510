// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.Supplier;
import mplm.engine.trace.TraceHeader;

/**
 * QEMU's pre-copy without a limit of bandwidth: {@code migration_iteration_run}, {@code ram_save_iterate} and {@code
 * migration_update_counters}, statement by statement as far as they decide which page is sent when. What of that differs from one
 * version to another is the {@link SwitchoverRule}.
 *
 * @param maxTolerableDowntime QEMU's {@code downtime-limit} at the beginning
 * @param orchestrator a fresh one per migration, which may change it later
 */
public record PrecopyModel(Duration maxTolerableDowntime, Supplier<Orchestrator> orchestrator) implements Model {
  /** Who looks at a migration about ten times per second, and says what the maximum tolerable downtime is to be from then on. */
  @FunctionalInterface
  public interface Orchestrator {
    /** What it is to be. */
    Duration at(Look look);
  }

  /**
   * What {@code query-migrate} tells.
   *
   * @param elapsed since the migration began
   * @param transferred bytes on the link
   * @param remaining bytes of the guest's memory, of {@code total}
   * @param fetches of the dirty log, the first at the beginning
   */
  public record Look(Duration elapsed, long transferred, long remaining, long total, long fetches) {}

  private static final long PS_PER_MS = 1_000_000_000L;
  /** QEMU's {@code MAX_WAIT}, ms: a call is over when a page in 64 is sent later than that, in whole milliseconds. */
  private static final long CALL_MS = 50;
  /** QEMU's {@code BUFFER_DELAY}, ms. */
  private static final long ESTIMATE_MS = 100;
  /** The least time between two looks, ms. */
  private static final long LOOK_MS = 100;

  /** Pre-copy that nobody controls. */
  public PrecopyModel(Duration maxTolerableDowntime) {
    this(maxTolerableDowntime, () -> look -> maxTolerableDowntime);
  }

  @Override
  public Simulated run(Source source, String name, Duration limit) throws IOException {
    return new Run(source, name, limit, maxTolerableDowntime.toMillis(), orchestrator.get()).run();
  }

  /** One migration. */
  private static final class Run {
    private final Source source;
    private final String name;
    private final Duration limit;
    private final Orchestrator orchestrator;
    private long downtimeMs;
    private final BitSet pending = new BitSet();
    private long pendingPages;
    private int next;
    /** Since when and from how many bytes the bandwidth is estimated, and what may be left at the switch-over. */
    private long sinceMs;

    private long sinceBytes;
    private long thresholdBytes;
    private long nextLookMs;

    Run(Source source, String name, Duration limit, long downtimeMs, Orchestrator orchestrator) {
      this.source = source;
      this.name = name;
      this.limit = limit;
      this.downtimeMs = downtimeMs;
      this.orchestrator = orchestrator;
      pending.set(0, source.pages);
      pendingPages = source.pages;
      source.epochs = 1;
    }

    Simulated run() throws IOException {
      long until = Conditions.picoseconds(limit);
      while (source.wire.now() < until) {
        if (source.rule.fetches(pendingBytes(), thresholdBytes)) {
          pending.or(source.fetch());
          pendingPages = pending.cardinality();
          source.epochs++;
        }
        if (source.rule.ends(pendingBytes(), thresholdBytes)) {
          return source.stop(name, pending, true, limit);
        }
        look();
        iterate();
        estimate();
      }
      return source.cancelled(name, limit);
    }

    private long pendingBytes() {
      return pendingPages * TraceHeader.PAGE_BYTES;
    }

    private void iterate() throws IOException {
      long begin = source.wire.now();
      for (int n = 0; pendingPages > 0; n++) {
        int page = pending.nextSetBit(next);
        if (page < 0) {
          page = pending.nextSetBit(0);
        }
        pending.clear(page);
        pendingPages--;
        next = page + 1;
        if (source.dirtied.get(page)) {
          source.dirtySent++;
        } else {
          source.nondirtySent++;
        }
        source.send(page);
        if (n % 64 == 0 && (source.wire.now() - begin) / PS_PER_MS > CALL_MS) {
          return;
        }
      }
    }

    private void look() {
      long nowMs = source.wire.now() / PS_PER_MS;
      if (nowMs >= nextLookMs) {
        nextLookMs = nowMs + LOOK_MS;
        downtimeMs = orchestrator.at(new Look(Duration.ofMillis(nowMs), source.transferred(), pendingBytes(),
            (long) source.pages * TraceHeader.PAGE_BYTES, source.epochs)).toMillis();
      }
    }

    private void estimate() {
      long nowMs = source.wire.now() / PS_PER_MS;
      if (nowMs < sinceMs + ESTIMATE_MS) {
        return;
      }
      long bytes = source.transferred();
      double bytesPerMs = (double) (bytes - sinceBytes) / (nowMs - sinceMs);
      thresholdBytes = (long) (bytesPerMs * downtimeMs);
      sinceMs = nowMs;
      sinceBytes = bytes;
    }
  }
}
