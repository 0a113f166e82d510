// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import mplm.engine.trace.TraceHeader;

/**
 * Counts how often stock pre-copy has been over all that it had to send when a pass began. What there is time for within the maximum
 * tolerable downtime may be left, for QEMU then begins the next pass by a fetch of the dirty log. Its count of fetches is no count of
 * passes since 11.1: while post-copy is possible it fetches some ten times per second ({@code migration_iteration_next_ready} does not
 * look at pages that post-copy could send). So a pass also needs its pages to be sent.
 */
final class Passes {
  private final Duration inTime;
  private long over;
  private long toSend;
  private long sentBefore;

  /** @param inTime the maximum tolerable downtime */
  Passes(Duration inTime) {
    this.inTime = inTime;
  }

  /** How many are over, given a poll; one more than at the poll before at most. */
  long over(Progress now) {
    now.ram().ifPresent(this::look);
    return over;
  }

  private void look(Progress.Ram ram) {
    long sent = ram.normalPages() + ram.duplicatePages();
    toSend = over == 0 ? ram.total().bytes() / TraceHeader.PAGE_BYTES : toSend;
    double mayBeLeft = ram.mbps() * 1e6 / 8 * inTime.toMillis() / 1e3 / TraceHeader.PAGE_BYTES;
    if (ram.dirtySyncCount() > over + 1 && sent - sentBefore >= toSend - mayBeLeft) {
      over++;
      toSend = ram.remaining().bytes() / TraceHeader.PAGE_BYTES;
      sentBefore = sent;
    }
  }
}
