// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Memory;

/**
 * A sender and the link behind it, as {@code engine/scheduler/drive.h} has them; all times are picoseconds. The sender works on a
 * page, then puts it on the link, and may be ahead of the link by as much as buffers hold. Not thread-safe.
 */
public final class Wire {
  /** Sees each page when the sender begins with it. */
  @FunctionalInterface
  public interface Listener {
    void sent(long page, long now);
  }

  private static final int FIELDS = 11;
  private static final int LOG_ROOM = 1024;

  private final long work;
  private final long page;
  private final long zeroPage;
  private final long ahead;
  private final Listener listener;
  private final Memory fields = new Memory(FIELDS * 8);
  private final Memory log;
  private long now;
  private long idle;
  private long pages;
  private long zeroPages;

  /**
   * At time 0, with nothing on the link.
   *
   * @param work the sender's time for a page
   * @param page the link's time for a page
   * @param zeroPage the link's time for a zero page
   * @param ahead how far the sender may be ahead of the link
   * @param listener null if nobody listens, which is faster
   */
  public Wire(long work, long page, long zeroPage, long ahead, Listener listener) {
    this.work = work;
    this.page = page;
    this.zeroPage = zeroPage;
    this.ahead = ahead;
    this.listener = listener;
    this.log = listener == null ? null : new Memory(LOG_ROOM * 16);
  }

  /** The sender's clock. */
  public long now() {
    return now;
  }

  /** When the link has sent all that it was given. */
  public long idle() {
    return idle;
  }

  /** Pages sent, zero pages among them. */
  public long pages() {
    return pages;
  }

  /** Zero pages sent. */
  public long zeroPages() {
    return zeroPages;
  }

  /** Sends a page. */
  public void send(long number, boolean zero) {
    if (listener != null) {
      listener.sent(number, now);
    }
    now += work;
    idle = Math.max(idle, now) + (zero ? zeroPage : page);
    now = Math.max(now, idle - ahead);
    pages++;
    if (zero) {
      zeroPages++;
    }
  }

  /** The sender does something else until then; the link goes on with what it has. */
  public void waitUntil(long then) {
    now = Math.max(now, then);
  }

  /** The call's argument; {@code until} is when to return. */
  Memory toNative(long until) {
    int room = log == null ? 0 : LOG_ROOM;
    fields.write(0, new long[] {now, idle, until, work, page, zeroPage, ahead, pages, zeroPages, 0, room}, 0, FIELDS);
    return fields;
  }

  Memory log() {
    return log;
  }

  /** What the call has changed. */
  void fromNative() {
    now = fields.getLong(0);
    idle = fields.getLong(8);
    pages = fields.getLong(7 * 8);
    zeroPages = fields.getLong(8 * 8);
    long logged = fields.getLong(9 * 8);
    for (long n = 0; n < logged; n++) {
      listener.sent(log.getLong(n * 16), log.getLong(n * 16 + 8));
    }
  }
}
