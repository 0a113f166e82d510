// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code mplm.h} and {@code drive.h}, function by function and structure by structure; JNA asks for public classes and fields. The
 * structures that are read by offset are MplmPage, in {@link Scheduler}, and the log of a {@link Wire}: pages are the innermost loop of
 * tests, replays and simulations.
 */
final class MplmLibrary {
  static {
    Native.register(MplmLibrary.class, "mplm");
  }

  private MplmLibrary() {}

  /** What the user may set. */
  @Structure.FieldOrder({"epochMs", "batchPages", "dirtyShare", "firstEpochNondirty", "strictScan"})
  public static final class MplmKnobs extends Structure {
    public int epochMs;
    public int batchPages;
    public int dirtyShare;
    public int firstEpochNondirty;
    public int strictScan;

    static MplmKnobs of(Knobs knobs) {
      MplmKnobs fields = new MplmKnobs();
      fields.epochMs = (int) knobs.epoch().toMillis();
      fields.batchPages = knobs.batchPages();
      fields.dirtyShare = knobs.dirtyShare();
      fields.firstEpochNondirty = knobs.firstEpochNondirty() ? 1 : 0;
      fields.strictScan = knobs.strictScan() ? 1 : 0;
      return fields;
    }

    Knobs knobs() {
      return new Knobs(Duration.ofMillis(epochMs), batchPages, dirtyShare, firstEpochNondirty != 0, strictScan != 0);
    }
  }

  /** What a policy expects. */
  @Structure.FieldOrder({"periodMs", "confidence", "stopMs", "downtimeMs"})
  public static final class MplmForecast extends Structure {
    public long periodMs;
    public long confidence;
    public long stopMs;
    public long downtimeMs;

    /** Empty if all is 0. */
    Optional<Forecast> forecast() {
      return (periodMs | confidence | stopMs | downtimeMs) == 0 ? Optional.empty()
          : Optional.of(new Forecast(Duration.ofMillis(periodMs), (int) confidence, Duration.ofMillis(stopMs), Duration.ofMillis(downtimeMs)));
    }
  }

  /** What a scheduler has counted. */
  @Structure.FieldOrder({"epochs", "dirtyPages", "nondirtyPages", "dirtySent", "nondirtySent", "visits", "fetched", "end"})
  public static final class MplmStats extends Structure {
    public long epochs;
    public long dirtyPages;
    public long nondirtyPages;
    public long dirtySent;
    public long nondirtySent;
    public long visits;
    public long fetched;
    public long end;

    MplmStats() {
      setAutoWrite(false); // C fills it
    }

    Stats stats() {
      return new Stats(epochs, dirtyPages, nondirtyPages, dirtySent, nondirtySent, visits, fetched, Stats.End.values()[(int) end]);
    }
  }

  /** A sender and its link; a {@link Wire} holds one. Times are picoseconds. */
  @Structure.FieldOrder({"now", "link", "until", "work", "page", "zeroPage", "ahead", "pages", "zeroPages", "logPages", "logRoom"})
  public static final class MplmDrive extends Structure {
    public long now;
    public long link;
    public long until;
    public long work;
    public long page;
    public long zeroPage;
    public long ahead;
    public long pages;
    public long zeroPages;
    public long logPages;
    public long logRoom;
  }

  static native void mplm_knobs_init(MplmKnobs knobs);

  static native String mplm_knobs_error(MplmKnobs knobs);

  static native String mplm_policy_name(int index);

  static native Pointer mplm_new(String policy, MplmKnobs knobs);

  static native void mplm_free(Pointer s);

  static native int mplm_add_block(Pointer s, Pointer pending, long pages);

  static native void mplm_start(Pointer s, long nowMs);

  static native int mplm_next(Pointer s, long nowMs, Pointer page);

  static native void mplm_sent(Pointer s, int block, long page);

  static native int mplm_drive(Pointer s, Pointer pending, Pointer used, MplmDrive drive, Pointer log);

  static native void mplm_discard(Pointer s, int block, long first, long count);

  static native long mplm_merge(Pointer s, int block, Pointer fetched);

  static native void mplm_progress(Pointer s, long bytes);

  static native void mplm_epoch(Pointer s, long nowMs);

  static native void mplm_planned(Pointer s, long nowMs);

  static native long mplm_epoch_end(Pointer s);

  static native void mplm_hold(Pointer s, byte hold);

  static native void mplm_end_now(Pointer s);

  static native void mplm_stats(Pointer s, MplmStats stats);

  static native void mplm_forecast(Pointer s, MplmForecast forecast);

  static native String mplm_source_hash();
}
