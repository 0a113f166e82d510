// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import mplm.engine.scheduler.Stats.End;

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
  private static final End[] ENDS = End.values();

  private final Memory page = new Memory(16);
  private final List<Bitmap> pending = new ArrayList<>();
  private Pointer scheduler;

  /** {@link IllegalArgumentException} for an unknown policy or knobs out of range, with what is allowed. */
  public Scheduler(String policy, Knobs knobs) {
    if (!policies().contains(policy)) {
      throw new IllegalArgumentException(
          "'" + policy + "' is not an MPLM policy: it is one of " + String.join(", ", policies()));
    }
    check(knobs);
    scheduler = Mplm.mplm_new(policy, Mplm.knobs(knobs));
    if (scheduler == null) {
      throw new OutOfMemoryError("no memory for a scheduler");
    }
  }

  /** The policies, the default first. */
  public static List<String> policies() {
    return IntStream.iterate(0, i -> i + 1).mapToObj(Mplm::mplm_policy_name).takeWhile(Objects::nonNull).toList();
  }

  /** The paper's values. */
  static Knobs defaults() {
    try (Memory memory = new Memory(Mplm.KNOBS * 4L)) {
      Mplm.mplm_knobs_init(memory);
      int[] k = memory.getIntArray(0, Mplm.KNOBS);
      return new Knobs(Duration.ofMillis(k[0]), k[1], k[2], k[3] != 0, k[4] != 0);
    }
  }

  /** {@link IllegalArgumentException} for knobs out of range, with what is allowed. */
  public static void check(Knobs knobs) {
    String error = Mplm.mplm_knobs_error(Mplm.knobs(knobs));
    if (error != null) {
      throw new IllegalArgumentException(error);
    }
  }

  /** SHA-256 of the C source, in hexadecimal; QEMU reports that of the scheduler it was built with. */
  public static String sourceHash() {
    return Mplm.mplm_source_hash();
  }

  /**
   * Adds a RAM block, whose set pages are its non-dirty set. From here on the bitmap is what is pending; {@link #sent}, {@link
   * #discard} and {@link #merge} change it, and nobody else may.
   *
   * @return the block's number, from 0
   */
  public int addBlock(Bitmap pages) {
    int block = Mplm.mplm_add_block(handle(), pages.pointer(), pages.pages());
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
    Mplm.mplm_start(handle(), nowMs);
  }

  /** The next action, after a bounded number of page visits. */
  public Action next(long nowMs) {
    return ACTIONS[Mplm.mplm_next(handle(), nowMs, page)];
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
    Mplm.mplm_sent(handle(), block, number);
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
    int action = Mplm.mplm_drive(handle(), pending.get(0).pointer(), used.pointer(), wire.toNative(until), wire.log());
    wire.fromNative();
    return ACTIONS[action];
  }

  /** Pages need not be sent, pending or not. */
  public void discard(int block, long first, long count) {
    Objects.checkFromIndexSize(first, count, pending.get(block).pages());
    Mplm.mplm_discard(handle(), block, first, count);
    pending.get(block).clear(first, count);
  }

  /** Pages of a block were dirtied; how many of them were not pending before. */
  public long merge(int block, Bitmap fetched) {
    if (fetched.pages() != pending.get(block).pages()) {
      throw new IllegalArgumentException(
          "block " + block + " has " + pending.get(block).pages() + " pages, not " + fetched.pages());
    }
    return Mplm.mplm_merge(handle(), block, fetched.pointer());
  }

  /** So many bytes have left in all, before {@link #start} and each {@link #epoch}: a policy reads the link's rate from that. */
  public void progress(long bytes) {
    Mplm.mplm_progress(handle(), bytes);
  }

  /** All blocks are merged: the next epoch begins. */
  public void epoch(long nowMs) {
    Mplm.mplm_epoch(handle(), nowMs);
  }

  /** When the epoch in progress ends, in milliseconds of the clock of {@link #start}. */
  public long epochEnd() {
    return Mplm.mplm_epoch_end(handle());
  }

  /** While held, the live stage goes on with the dirty set when the non-dirty set is empty. */
  public void hold(boolean on) {
    Mplm.mplm_hold(handle(), on ? (byte) 1 : 0);
  }

  /** The live stage is over at the next {@link #next}, held or not. */
  public void endNow() {
    Mplm.mplm_end_now(handle());
  }

  public Stats stats() {
    try (Memory memory = new Memory(8 * 8)) {
      Mplm.mplm_stats(handle(), memory);
      long[] s = memory.getLongArray(0, 8);
      return new Stats(s[0], s[1], s[2], s[3], s[4], s[5], s[6], ENDS[(int) s[7]]);
    }
  }

  /** What the policy expects; empty of one that expects nothing. */
  public Optional<Forecast> forecast() {
    try (Memory memory = new Memory(4 * 8)) {
      Mplm.mplm_forecast(handle(), memory);
      long[] f = memory.getLongArray(0, 4);
      return Arrays.stream(f).allMatch(field -> field == 0) ? Optional.empty()
          : Optional.of(new Forecast(Duration.ofMillis(f[0]), (int) f[1], Duration.ofMillis(f[2]), Duration.ofMillis(f[3])));
    }
  }

  /** Frees the scheduler; no other call may follow or be in progress. */
  @Override
  public void close() {
    Mplm.mplm_free(scheduler);
    scheduler = null;
  }

  private Pointer handle() {
    if (scheduler == null) {
      throw new IllegalStateException("the scheduler is closed");
    }
    return scheduler;
  }

  /** {@code mplm.h} and {@code drive.h}, function by function. */
  private static final class Mplm {
    static {
      Native.register(Mplm.class, "mplm");
    }

    /** Fields of MplmKnobs, each of 32 bits. */
    static final int KNOBS = 5;

    static Pointer knobs(Knobs k) {
      Memory memory = new Memory(KNOBS * 4L);
      int[] fields = {
        (int) k.epoch().toMillis(), k.batchPages(), k.dirtyShare(), k.firstEpochNondirty() ? 1 : 0, k.strictScan() ? 1 : 0
      };
      memory.write(0, fields, 0, fields.length);
      return memory;
    }

    static native void mplm_knobs_init(Pointer knobs);

    static native String mplm_knobs_error(Pointer knobs);

    static native String mplm_policy_name(int index);

    static native Pointer mplm_new(String policy, Pointer knobs);

    static native void mplm_free(Pointer s);

    static native int mplm_add_block(Pointer s, Pointer pending, long pages);

    static native void mplm_start(Pointer s, long nowMs);

    static native int mplm_next(Pointer s, long nowMs, Pointer page);

    static native void mplm_sent(Pointer s, int block, long page);

    static native int mplm_drive(Pointer s, Pointer pending, Pointer used, Wire.Drive drive, Pointer log);

    static native void mplm_discard(Pointer s, int block, long first, long count);

    static native long mplm_merge(Pointer s, int block, Pointer fetched);

    static native void mplm_progress(Pointer s, long bytes);

    static native void mplm_epoch(Pointer s, long nowMs);

    static native long mplm_epoch_end(Pointer s);

    static native void mplm_hold(Pointer s, byte hold);

    static native void mplm_end_now(Pointer s);

    static native void mplm_stats(Pointer s, Pointer stats);

    static native void mplm_forecast(Pointer s, Pointer forecast);

    static native String mplm_source_hash();
  }
}
