// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.util.function.Predicate;
import mplm.engine.guest.GuestPause;
import mplm.engine.guest.GuestRecord;

/**
 * What a guest says at the destination until its program may be told to stop: as many heartbeats as the downtime is told by, for a short
 * program could be done before, and as many iterations as the lost time is told by. A program that was moved between two repetitions,
 * and was told to stop before it ran at all, would end with no result at the destination. A program that tells of no iterations, as a
 * custom workload may, has no lost time: its first result is enough.
 */
final class HeardAfterMove implements Predicate<GuestRecord> {
  /** The iteration in which the guest was moved, two at the speed of before, and one to spare. */
  private static final int ITERATIONS = 4;

  /** What messages call it. */
  static final String WHAT = "heartbeat " + GuestPause.RANK + " and iteration " + ITERATIONS;

  private int heartbeats;
  private int iterations;
  private boolean wordless;

  /** Takes the records one by one; whether this one is the last that is needed. */
  @Override
  public boolean test(GuestRecord record) {
    switch (record.kind()) {
      case "heartbeat" -> heartbeats++;
      case "iteration" -> iterations++;
      case "result" -> wordless |= iterations == 0;
      default -> { }
    }
    return record.kind().equals("end") || heartbeats >= GuestPause.RANK && (iterations >= ITERATIONS || wordless);
  }
}
