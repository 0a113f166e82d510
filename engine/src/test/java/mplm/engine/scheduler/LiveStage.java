// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import mplm.engine.scheduler.Scheduler.Action;

/**
 * A live stage of a random memory, random knobs, a random guest and a random clock, all from one seed: the scheduler and the model
 * side by side, and after every call what must hold of both. The model knows what policy paper does next; of another policy it follows
 * the sets alone.
 */
final class LiveStage implements AutoCloseable {
  private static final int[] SIZES = {0, 1, 2, 3, 31, 63, 64, 65, 100, 127, 128, 129, 191, 200, 500};
  private static final int[] BATCHES = {1, 2, 3, 7, 10, 100, 1000};

  /** What the guest writes. */
  enum Guest {
    IDLE,
    ALL_THE_TIME,
    RANDOM,
    HOT_SET,
    /** Exactly the page that was just sent. */
    SENT_PAGES
  }

  /** Milliseconds between two calls of the scheduler. */
  enum Clock {
    STANDING,
    SLOW,
    UNEVEN,
    /** Every call comes when its epoch is long over. */
    LATE
  }

  final Knobs knobs;
  final Scheduler scheduler;
  final PaperModel model;
  final Guest guest;
  final Clock clock;
  final int[] blockPages;
  final int pages;
  final int initial;
  int sends;
  int fetches;
  int waits;

  private final boolean paper;
  private final Random random;
  private final BitSet log = new BitSet();
  private final int[] written;
  private final int[] transferred;
  private BitSet lastNondirty;
  private long now;

  LiveStage(long seed) {
    this(seed, Guest.values()[(int) (seed % 5)], randomKnobs(new Random(seed)));
  }

  LiveStage(long seed, Guest guest, Knobs knobs) {
    this("paper", seed, guest, knobs);
  }

  LiveStage(String policy, long seed) {
    this(policy, seed, Guest.values()[(int) (seed % 5)], randomKnobs(new Random(seed)));
  }

  private LiveStage(String policy, long seed, Guest guest, Knobs knobs) {
    this.paper = policy.equals("paper");
    this.random = new Random(seed * 31 + 7);
    this.guest = guest;
    this.knobs = knobs;
    this.clock = Clock.values()[random.nextInt(4)];
    this.now = random.nextInt(1000);
    this.scheduler = new Scheduler(policy, knobs);
    this.blockPages = random.ints(1 + random.nextInt(4), 0, SIZES.length).map(i -> SIZES[i]).toArray();
    this.pages = Arrays.stream(blockPages).sum();
    this.written = new int[pages];
    this.transferred = new int[pages];
    int density = random.nextInt(4);
    BitSet all = new BitSet();
    int first = 0;
    for (int size : blockPages) {
      Bitmap pending = new Bitmap(size);
      for (int page = 0; page < size; page++) {
        if (density == 0 || random.nextInt(density + 1) == 0) {
          pending.set(page);
          all.set(first + page);
          written[first + page] = 1;
        }
      }
      setGap(pending);
      scheduler.addBlock(pending);
      first += size;
    }
    this.initial = all.cardinality();
    this.lastNondirty = (BitSet) all.clone();
    scheduler.start(now);
    model = new PaperModel(knobs, pages, all, now);
  }

  private static Knobs randomKnobs(Random random) {
    return new Knobs(
        Duration.ofMillis(1 + random.nextInt(60)),
        BATCHES[random.nextInt(BATCHES.length)],
        random.nextInt(100),
        random.nextInt(4) != 0,
        random.nextInt(3) == 0);
  }

  /** The bits behind the last page belong to nobody and may hold anything. */
  private void setGap(Bitmap pending) {
    long offset = pending.pages() / 64 * 8;
    pending.pointer().setLong(offset, pending.pointer().getLong(offset) | -1L << pending.pages());
  }

  /** One call of the scheduler, done as it says, compared with the model. */
  Action step() {
    advanceClock();
    long visits = scheduler.stats().visits();
    Action action = scheduler.next(now);
    for (int again = 0; action == Action.AGAIN; again++) {
      assertThat(again).as("calls without a page to send, though there is one, of %s", this).isLessThan(100);
      long made = scheduler.stats().visits() - visits;
      assertThat(made).as("AGAIN is an answer to many visits, not to none").isPositive();
      visits += made;
      action = scheduler.next(now);
    }
    if (paper) {
      assertThat(action).as("action of %s", this).isEqualTo(model.next(now));
    }
    switch (action) {
      case SEND -> send();
      case FETCH -> fetch();
      case WAIT -> waitForEpoch();
      default -> assertThat(action).isEqualTo(Action.STOP);
    }
    checkCounts();
    return action;
  }

  private void send() {
    int page = firstPage(scheduler.block()) + (int) scheduler.page();
    if (paper) {
      assertThat(page).as("page of %s", this).isEqualTo(model.sendPage);
      assertThat(scheduler.dirty()).isEqualTo(model.sendDirty);
    }
    assertThat((scheduler.dirty() ? model.dirty : model.nondirty).get(page)).isTrue();
    scheduler.sent(scheduler.block(), scheduler.page());
    model.gone(page);
    transferred[page] = written[page];
    sends++;
    guestWrites(page);
  }

  private void guestWrites(int sent) {
    switch (guest) {
      case IDLE -> { }
      case ALL_THE_TIME -> {
        if (random.nextInt(8) == 0) {
          for (int page = 0; page < pages; page++) {
            write(page);
          }
        }
      }
      case RANDOM -> {
        for (int n = random.nextInt(4); n > 0; n--) {
          write(random.nextInt(pages));
        }
      }
      case HOT_SET -> write(random.nextInt(pages / 8 + 1));
      case SENT_PAGES -> write(sent);
    }
  }

  private void write(int page) {
    written[page]++;
    log.set(page);
  }

  private void fetch() {
    long first = 0;
    long added = 0;
    BitSet union = (BitSet) model.dirty.clone();
    union.or(model.nondirty);
    for (int block = 0; block < blockPages.length; block++) {
      Bitmap fetched = new Bitmap(blockPages[block]);
      for (int page = 0; page < blockPages[block]; page++) {
        if (log.get((int) first + page)) {
          fetched.set(page);
        }
      }
      setGap(fetched);
      added += scheduler.merge(block, fetched);
      first += blockPages[block];
    }
    BitSet fresh = (BitSet) log.clone();
    fresh.andNot(union);
    assertThat(added).as("newly pending pages of a fetch").isEqualTo(fresh.cardinality());
    now += clock == Clock.LATE ? 100 : 0;
    scheduler.epoch(now);
    model.fetched(log, now);
    log.clear();
    fetches++;
    checkPending();
  }

  private void waitForEpoch() {
    assertThat(scheduler.epochEnd()).as("a wait has an end ahead").isGreaterThan(now);
    now = scheduler.epochEnd();
    waits++;
    if (pages > 0 && random.nextBoolean()) {
      write(random.nextInt(pages));
    }
  }

  /** The guest gives pages back (a balloon, a free-page hint): whatever is in them need not arrive. */
  void discardSome() {
    int block = random.nextInt(blockPages.length);
    int first = random.nextInt(blockPages[block] + 1);
    int count = random.nextInt(blockPages[block] - first + 1);
    scheduler.discard(block, first, count);
    for (int page = firstPage(block) + first, end = page + count; page < end; page++) {
      model.gone(page);
      transferred[page] = written[page];
    }
  }

  void hold(boolean on) {
    scheduler.hold(on);
    model.held = on;
  }

  void endNow() {
    scheduler.endNow();
    model.endNow = true;
  }

  /** Every page has arrived as it was last written, or is still to be sent: pending, or in the log of the last fetch. */
  void checkNothingLost() {
    for (int page = 0; page < pages; page++) {
      boolean left = model.dirty.get(page) || model.nondirty.get(page) || log.get(page);
      assertThat(transferred[page] == written[page] || left).as("page %d of %s", page, this).isTrue();
    }
    checkPending();
  }

  /** Stage 2 sends no more than this, whatever the guest does and however late the clock is. */
  double mostSends() {
    return pages / (1 - knobs.dirtyShare() / 100.0) + knobs.batchPages();
  }

  private void checkCounts() {
    Stats stats = scheduler.stats();
    assertThat(stats.dirtyPages()).isEqualTo(model.dirty.cardinality());
    assertThat(stats.nondirtyPages()).isEqualTo(model.nondirty.cardinality());
    assertThat(stats.dirtySent() + stats.nondirtySent()).isEqualTo(sends);
    if (paper) {
      assertThat(stats.visits()).isEqualTo(model.visits);
    }
    assertThat(stats.epochs()).isEqualTo(fetches + 1);
    BitSet grown = (BitSet) model.nondirty.clone();
    grown.andNot(lastNondirty);
    assertThat(grown.isEmpty()).as("the non-dirty set only shrinks").isTrue();
    lastNondirty = (BitSet) model.nondirty.clone();
  }

  private void checkPending() {
    for (int block = 0, at = 0; block < blockPages.length; at += blockPages[block], block++) {
      for (int page = 0; page < blockPages[block]; page++) {
        assertThat(scheduler.pending(block).get(page))
            .as("page %d of block %d of %s", page, block, this)
            .isEqualTo(model.dirty.get(at + page) || model.nondirty.get(at + page));
      }
    }
  }

  private int firstPage(int block) {
    return Arrays.stream(blockPages, 0, block).sum();
  }

  private void advanceClock() {
    now += switch (clock) {
      case STANDING -> 0;
      case SLOW -> random.nextInt(20) == 0 ? 1 : 0;
      case UNEVEN -> random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(3);
      case LATE -> knobs.epoch().toMillis() + random.nextInt(3);
    };
  }

  @Override
  public void close() {
    scheduler.close();
  }

  @Override
  public String toString() {
    return knobs + ", blocks " + Arrays.toString(blockPages) + ", " + guest + ", clock " + clock + ", send " + sends;
  }
}
