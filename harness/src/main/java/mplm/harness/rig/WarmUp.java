// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import java.io.IOException;
import java.time.Duration;
import mplm.engine.unit.DataSize;
import mplm.harness.machine.Machine;

/** Waiting for a guest's program to have its working set. */
public final class WarmUp {
  private static final Duration POLL = Duration.ofMillis(200);
  /** Memory that grows by less than one part in so many between two looks stands. */
  private static final int STEADY = 200;

  private WarmUp() {}

  /** Waits, and returns the memory that the host has had to provide then. */
  public static DataSize await(Machine source, Duration readyWithin) throws IOException, InterruptedException {
    long end = System.nanoTime() + readyWithin.toNanos();
    source.serial().await("ready", readyWithin);
    DataSize used = source.usedMemory();
    for (DataSize before = new DataSize(0); used.bytes() - before.bytes() > used.bytes() / STEADY; ) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("the guest's memory still grows after " + readyWithin.toSeconds() + " s: " + used);
      }
      Thread.sleep(POLL.toMillis());
      before = used;
      used = source.usedMemory();
    }
    return used;
  }
}
