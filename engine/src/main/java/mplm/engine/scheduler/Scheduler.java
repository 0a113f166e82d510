// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import mplm.engine.scheduler.MplmLibrary.MplmForecast;
import mplm.engine.scheduler.MplmLibrary.MplmKnobs;
import mplm.engine.scheduler.MplmLibrary.MplmStats;

/**
 * One live stage of MPLM. The order of calls is that of {@code mplm.h}: {@link #addBlock} for every RAM block, {@link #start}, then
 * {@link #next} in a loop, doing what it says. Times are milliseconds of any clock that does not run backwards. Not thread-safe,
 * except {@link #hold} and {@link #endNow}, which any thread may call until {@link #close}.
 */
public final class Scheduler implements AutoCloseable {
  /** What the caller does next. */
  public enum Action {
    /** Send {@link #page} of {@link #block}, then {@link #sent}. */
    SEND,
    /** Many visits and no page yet: ask again. */
    AGAIN,
    /** The epoch is over: {@link #merge} what was dirtied, then {@link #epoch}. */
    FETCH,
    /** Nothing is worth sending: sleep until {@link #epochEnd}. */
    WAIT,
    /** The live stage is over. */
    STOP
  }

  private static final Action[] ACTIONS = Action.values();

  /** An MplmPage: number of the block and whether it is dirty, 32 bits each, and the page's number. */
  private final Memory page = new Memory(16);
  private final List<Bitmap> pending = new ArrayList<>();
  private final MplmStats stats = new MplmStats();
  private Pointer scheduler;

  /** {@link IllegalArgumentException} for an unknown policy or knobs out of range, with what is allowed. */
  public Scheduler(String policy, Knobs knobs) {
    if (!policies().contains(policy)) {
      throw new IllegalArgumentException(
          "'" + policy + "' is not an MPLM policy: it is one of " + String.join(", ", policies()));
    }
    check(knobs);
    scheduler = MplmLibrary.mplm_new(policy, MplmKnobs.of(knobs));
    if (scheduler == null) {
      throw new OutOfMemoryError("no memory for a scheduler");
    }
  }

  /** The policies, the default first. */
  public static List<String> policies() {
    return IntStream.iterate(0, i -> i + 1).mapToObj(MplmLibrary::mplm_policy_name).takeWhile(Objects::nonNull).toList();
  }

  /** The paper's values. */
  static Knobs defaults() {
    MplmKnobs fields = new MplmKnobs();
    MplmLibrary.mplm_knobs_init(fields);
    return fields.knobs();
  }

  /** {@link IllegalArgumentException} for knobs out of range, with what is allowed. */
  public static void check(Knobs knobs) {
    String error = MplmLibrary.mplm_knobs_error(MplmKnobs.of(knobs));
    if (error != null) {
      throw new IllegalArgumentException(error);
    }
  }

  /** SHA-256 of the C source, in hexadecimal; QEMU reports that of the scheduler it was built with. */
  public static String sourceHash() {
    return MplmLibrary.mplm_source_hash();
  }

  /**
   * Adds a RAM block, whose set pages are its non-dirty set. From here on the bitmap is what is pending; {@link #sent}, {@link
   * #discard} and {@link #merge} change it, and nobody else may.
   *
   * @return the block's number, from 0
   */
  public int addBlock(Bitmap pages) {
    int block = MplmLibrary.mplm_add_block(handle(), pages.pointer(), pages.pages());
    if (block < 0) {
      throw new OutOfMemoryError("no memory for a block of " + pages.pages() + " pages");
    }
    pending.add(pages);
    return block;
  }

  /** What is pending in a block. */
  public Bitmap pending(int block) {
    return pending.get(block);
  }

  /** Epoch 0 begins. */
  public void start(long nowMs) {
    MplmLibrary.mplm_start(handle(), nowMs);
  }

  /** The next action, after a bounded number of page visits. */
  public Action next(long nowMs) {
    return ACTIONS[MplmLibrary.mplm_next(handle(), nowMs, page)];
  }

  /** Block of the page that the last {@link Action#SEND} meant. */
  public int block() {
    return page.getInt(0);
  }

  /** The page that the last {@link Action#SEND} meant, an index in its block. */
  public long page() {
    return page.getLong(8);
  }

  /** Whether the dirty-page pointer found the page that the last {@link Action#SEND} meant. */
  public boolean dirty() {
    return page.getInt(4) != 0;
  }

  /** A pending page was sent; {@link IllegalArgumentException} if it was not pending. */
  public void sent(int block, long number) {
    if (!pending.get(block).get(number)) {
      throw new IllegalArgumentException("page " + number + " of block " + block + " is not pending");
    }
    pending.get(block).clear(number);
    MplmLibrary.mplm_sent(handle(), block, number);
  }

  /**
   * Sends the pages that {@link #next} picks, page by page over the wire, until it says something else, or {@link Action#AGAIN} at
   * {@code until} or now and then before. Times are the wire's picoseconds. For a scheduler of one block.
   *
   * @param used the pages that are not zero pages
   */
  public Action drive(Wire wire, Bitmap used, long until) {
    if (pending.size() != 1 || used.pages() != pending.get(0).pages()) {
      throw new IllegalArgumentException("a wire takes the pages of one block, and a bitmap of as many");
    }
    int action = MplmLibrary.mplm_drive(handle(), pending.get(0).pointer(), used.pointer(), wire.toNative(until), wire.log());
    wire.fromNative();
    return ACTIONS[action];
  }

  /** Pages need not be sent, pending or not. */
  public void discard(int block, long first, long count) {
    Objects.checkFromIndexSize(first, count, pending.get(block).pages());
    MplmLibrary.mplm_discard(handle(), block, first, count);
    pending.get(block).clear(first, count);
  }

  /** Pages of a block were dirtied; how many of them were not pending before. */
  public long merge(int block, Bitmap fetched) {
    if (fetched.pages() != pending.get(block).pages()) {
      throw new IllegalArgumentException(
          "block " + block + " has " + pending.get(block).pages() + " pages, not " + fetched.pages());
    }
    return MplmLibrary.mplm_merge(handle(), block, fetched.pointer());
  }

  /** Tells how many bytes have left in all, before {@link #start} and each {@link #epoch}: a policy reads the link's rate from that. */
  public void progress(long bytes) {
    MplmLibrary.mplm_progress(handle(), bytes);
  }

  /** All blocks are merged: the next epoch begins. */
  public void epoch(long nowMs) {
    MplmLibrary.mplm_epoch(handle(), nowMs);
  }

  /** The policy is done with the epoch's beginning at this time: what it took is of the next epoch's cost. */
  public void planned(long nowMs) {
    MplmLibrary.mplm_planned(handle(), nowMs);
  }

  /** When the epoch in progress ends, in milliseconds of the clock of {@link #start}. */
  public long epochEnd() {
    return MplmLibrary.mplm_epoch_end(handle());
  }

  /** While held, the live stage goes on with the dirty set when the non-dirty set is empty. */
  public void hold(boolean on) {
    MplmLibrary.mplm_hold(handle(), on ? (byte) 1 : 0);
  }

  /** The live stage is over at the next {@link #next}, held or not. */
  public void endNow() {
    MplmLibrary.mplm_end_now(handle());
  }

  public Stats stats() {
    MplmLibrary.mplm_stats(handle(), stats);
    return stats.stats();
  }

  /** What the policy expects; empty of one that expects nothing. */
  public Optional<Forecast> forecast() {
    MplmForecast forecast = new MplmForecast();
    MplmLibrary.mplm_forecast(handle(), forecast);
    return forecast.forecast();
  }

  /** Frees the scheduler; no other call may follow or be in progress. */
  @Override
  public void close() {
    MplmLibrary.mplm_free(scheduler);
    scheduler = null;
  }

  private Pointer handle() {
    if (scheduler == null) {
      throw new IllegalStateException("the scheduler is closed");
    }
    return scheduler;
  }
}
