// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.time.Duration;
import java.util.Locale;
import mplm.engine.simulate.Conditions;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;

/**
 * What a real migration has beside its pages, in round numbers.
 *
 * @param goodput share of the link's rate that QEMU's stream gets: the rest is frames and TCP
 * @param bufferKib how far the sender is ahead of the link: socket buffers and queues
 * @param workUs the sender's time for a page, zero or not
 * @param fetchMs for which a fetch of the dirty log keeps the sender from sending
 * @param switchoverMs of the downtime, beside fetch and memory: to stop, device state, to load, to resume
 * @param slowness how many times as long the guest takes for the same while it is migrated, as while it was recorded
 */
public record Overheads(double goodput, double bufferKib, double workUs, double fetchMs, double switchoverMs, double slowness) {
  /** How many numbers it has. */
  static final int SIZE = 6;

  /** Where a search begins: TCP over Ethernet, and QEMU on an idle host. */
  static final Overheads USUAL = new Overheads(0.95, 512, 2, 2, 50, 1);
  private static final Overheads LEAST = new Overheads(0.5, 0, 0, 0, 0, 0.5);
  private static final Overheads MOST = new Overheads(1, 16384, 500, 500, 3000, 4);
  private static final Overheads STEP = new Overheads(0.02, 256, 2, 4, 40, 0.1);

  /** What a migration over a link of that rate is simulated under. */
  Conditions on(Bandwidth link) {
    return Conditions.of(new Bandwidth(Math.round(link.bitsPerSecond() * goodput)))
        .withBuffer(new DataSize(Math.round(bufferKib * 1024)))
        .withWork(Duration.ofNanos(Math.round(workUs * 1e3)))
        .withFetch(Duration.ofNanos(Math.round(fetchMs * 1e6)))
        .withSwitchover(Duration.ofNanos(Math.round(switchoverMs * 1e6)));
  }

  /** With one of its numbers changed by so many steps, within what makes sense. */
  Overheads with(int number, double steps) {
    double[] all = all();
    all[number] = Math.max(LEAST.all()[number], Math.min(MOST.all()[number], all[number] + steps * STEP.all()[number]));
    return new Overheads(all[0], all[1], all[2], all[3], all[4], all[5]);
  }

  /** How many steps it is away from the usual ones, over all numbers. */
  double steps() {
    double steps = 0;
    for (int number = 0; number < SIZE; number++) {
      steps += Math.abs(all()[number] - USUAL.all()[number]) / STEP.all()[number];
    }
    return steps;
  }

  private double[] all() {
    return new double[] {goodput, bufferKib, workUs, fetchMs, switchoverMs, slowness};
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "goodput %.3f of the link's rate, %.0f KiB of buffers, %.2f us a page, %.1f ms a fetch,"
        + " %.0f ms to switch over, the guest %.2f times as slow as recorded", goodput, bufferKib, workUs, fetchMs, switchoverMs, slowness);
  }
}
