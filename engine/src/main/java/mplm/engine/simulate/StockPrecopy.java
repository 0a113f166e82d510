// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import mplm.engine.migration.Precopy;
import mplm.engine.trace.TraceHeader;

/**
 * QEMU's pre-copy without a limit of bandwidth: {@code migration_iteration_run}, {@code ram_save_iterate} and {@code
 * migration_update_counters}, statement by statement as far as they decide which page is sent when. What of that differs from one
 * version to another is the {@link SwitchoverRule}.
 */
final class StockPrecopy {
  private static final long PS_PER_MS = 1_000_000_000L;
  /** QEMU's {@code MAX_WAIT}, ms: a call is over when a page in 64 is sent later than that, in whole milliseconds. */
  private static final long CALL_MS = 50;
  /** QEMU's {@code BUFFER_DELAY}, ms. */
  private static final long ESTIMATE_MS = 100;

  private final Source source;
  private final Precopy method;
  private final Duration limit;
  private final SwitchoverRule rule;
  private final BitSet pending = new BitSet();
  private long pendingPages;
  private int next;
  /** Since when and from how many bytes the bandwidth is estimated, and what may be left at the switch-over. */
  private long sinceMs;

  private long sinceBytes;
  private long thresholdBytes;

  StockPrecopy(Source source, Precopy method, Duration limit, SwitchoverRule rule) {
    this.source = source;
    this.method = method;
    this.limit = limit;
    this.rule = rule;
    pending.set(0, source.pages);
    pendingPages = source.pages;
    source.epochs = 1;
  }

  Simulated run() throws IOException {
    long until = Conditions.picoseconds(limit);
    while (source.wire.now() < until) {
      if (pendingBytes() < thresholdBytes) {
        pending.or(source.fetch());
        pendingPages = pending.cardinality();
        source.epochs++;
      }
      if (rule.ends(pendingBytes(), thresholdBytes)) {
        return source.stop(method.toString(), pending, true, limit);
      }
      iterate();
      estimate();
    }
    return source.cancelled(method.toString(), limit);
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

  private void estimate() {
    long nowMs = source.wire.now() / PS_PER_MS;
    if (nowMs < sinceMs + ESTIMATE_MS) {
      return;
    }
    long bytes = source.transferred();
    double bytesPerMs = (double) (bytes - sinceBytes) / (nowMs - sinceMs);
    thresholdBytes = (long) (bytesPerMs * method.maxTolerableDowntime().toMillis());
    sinceMs = nowMs;
    sinceBytes = bytes;
  }
}
