// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import mplm.engine.scheduler.Bitmap;
import mplm.engine.scheduler.Knobs;
import mplm.engine.scheduler.Scheduler;

/**
 * MPLM by the scheduler that QEMU runs too.
 *
 * @param policy one of {@link Scheduler#policies}
 * @param knobs within the scheduler's ranges
 */
public record MplmModel(String policy, Knobs knobs) implements Model {
  private static final long PS_PER_MS = 1_000_000_000L;

  @Override
  public Simulated run(Source source, String name, Duration limit) throws IOException {
    long until = Conditions.picoseconds(limit);
    try (Scheduler scheduler = new Scheduler(policy, knobs)) {
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
            scheduler.progress(source.transferred());
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
      return over ? source.stop(name, pending.toBitSet(), true, limit) : source.cancelled(name, limit);
    }
  }
}
