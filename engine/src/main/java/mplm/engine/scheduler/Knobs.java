// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import java.time.Duration;

/**
 * What a user may set of MPLM. A record may hold values out of range: {@link Scheduler#check} asks the scheduler itself, which is
 * the one place that knows the ranges.
 *
 * @param epoch length of an epoch, in whole milliseconds
 * @param batchPages steps in a batch
 * @param dirtyShare percent of a batch that are steps of the dirty-page pointer
 * @param firstEpochNondirty whether the first epoch sends non-dirty pages only
 * @param strictScan whether a step searches for the next page of its set instead of looking at one page
 */
public record Knobs(
    Duration epoch, int batchPages, int dirtyShare, boolean firstEpochNondirty, boolean strictScan) {
  /** The paper's values, as the scheduler has them. */
  public static final Knobs PAPER = Scheduler.defaults();

  public Knobs {
    if (epoch.isNegative() || epoch.toNanos() % 1_000_000 != 0 || epoch.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the epoch length is a whole number of milliseconds below 2^31, not " + epoch);
    }
  }

  public Knobs withEpoch(Duration length) {
    return new Knobs(length, batchPages, dirtyShare, firstEpochNondirty, strictScan);
  }

  public Knobs withBatchPages(int pages) {
    return new Knobs(epoch, pages, dirtyShare, firstEpochNondirty, strictScan);
  }

  public Knobs withDirtyShare(int percent) {
    return new Knobs(epoch, batchPages, percent, firstEpochNondirty, strictScan);
  }

  public Knobs withFirstEpochNondirty(boolean yes) {
    return new Knobs(epoch, batchPages, dirtyShare, yes, strictScan);
  }

  public Knobs withStrictScan(boolean yes) {
    return new Knobs(epoch, batchPages, dirtyShare, firstEpochNondirty, yes);
  }
}
