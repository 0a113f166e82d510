// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import java.util.BitSet;
import mplm.engine.scheduler.Scheduler.Action;

/**
 * The paper's rules, page by page and as naive as its text: two sets of page ids, two pointers that walk memory cyclically, batches
 * of steps. Pages of all blocks are numbered through. Written from the paper, not from the C source, which it is compared with.
 */
final class PaperModel {
  final BitSet dirty = new BitSet();
  final BitSet nondirty = new BitSet();
  boolean held;
  boolean endNow;
  int sendPage;
  boolean sendDirty;
  long visits;

  private final Knobs knobs;
  private final int pages;
  private int dirtyPointer;
  private int nondirtyPointer;
  private int epoch;
  private long epochEnd;
  private boolean stepMade;
  private int stepsOfBatch;

  PaperModel(Knobs knobs, int pages, BitSet all, long now) {
    this.knobs = knobs;
    this.pages = pages;
    nondirty.or(all);
    epochEnd = now + knobs.epoch().toMillis();
  }

  Action next(long now) {
    if (endNow || nondirty.isEmpty() && !held) {
      return Action.STOP;
    }
    boolean nothing = nondirty.isEmpty() && dirty.isEmpty();
    // an epoch makes a step, however late the clock: else a slow fetch would follow a slow fetch for ever
    if (now >= epochEnd && (stepMade || nothing)) {
      return Action.FETCH;
    }
    if (nothing) {
      return Action.WAIT;
    }
    stepMade = true;
    while (!step()) {
      // a relaxed step looks at one page and most often finds nothing
    }
    return Action.SEND;
  }

  void fetched(BitSet log, long now) {
    dirty.or(log);
    nondirty.andNot(log);
    epoch++;
    epochEnd = now + knobs.epoch().toMillis();
    stepMade = false;
  }

  void gone(int page) {
    dirty.clear(page);
    nondirty.clear(page);
  }

  /** One step; whether it sends a page. */
  private boolean step() {
    boolean batches = epoch > 0 || !knobs.firstEpochNondirty();
    boolean dirtyStep = batches && stepsOfBatch < (long) knobs.batchPages() * knobs.dirtyShare() / 100;
    if (batches) {
      stepsOfBatch = (stepsOfBatch + 1) % knobs.batchPages();
    }
    if (nondirty.isEmpty()) {
      // held: only the dirty set is left to work on
      dirtyStep = true;
    }
    BitSet set = dirtyStep ? dirty : nondirty;
    if (knobs.strictScan() && set.isEmpty()) {
      return false;
    }
    int page;
    do {
      page = dirtyStep ? dirtyPointer : nondirtyPointer;
      int moved = (page + 1) % pages;
      if (dirtyStep) {
        dirtyPointer = moved;
      } else {
        nondirtyPointer = moved;
      }
      visits++;
    } while (knobs.strictScan() && !set.get(page));
    sendPage = page;
    sendDirty = dirtyStep;
    return set.get(page);
  }
}
