// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Memory;
import mplm.engine.scheduler.MplmLibrary.MplmDrive;

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

  private static final int LOG_ROOM = 1024;

  private final Listener listener;
  private final MplmDrive drive = new MplmDrive();
  private final Memory log;

  /**
   * A wire at time 0, with nothing on the link.
   *
   * @param work the sender's time for a page
   * @param page the link's time for a page
   * @param zeroPage the link's time for a zero page
   * @param ahead how far the sender may be ahead of the link
   * @param listener null if nobody listens, which is faster
   */
  public Wire(long work, long page, long zeroPage, long ahead, Listener listener) {
    drive.work = work;
    drive.page = page;
    drive.zeroPage = zeroPage;
    drive.ahead = ahead;
    drive.logRoom = listener == null ? 0 : LOG_ROOM;
    this.listener = listener;
    this.log = listener == null ? null : new Memory(LOG_ROOM * 16);
  }

  /** The sender's clock. */
  public long now() {
    return drive.now;
  }

  /** When the link has sent all that it was given. */
  public long idle() {
    return drive.link;
  }

  /** Pages sent, zero pages among them. */
  public long pages() {
    return drive.pages;
  }

  /** Zero pages sent. */
  public long zeroPages() {
    return drive.zeroPages;
  }

  /** Sends a page. */
  public void send(long number, boolean zero) {
    if (listener != null) {
      listener.sent(number, drive.now);
    }
    drive.now += drive.work;
    drive.link = Math.max(drive.link, drive.now) + (zero ? drive.zeroPage : drive.page);
    drive.now = Math.max(drive.now, drive.link - drive.ahead);
    drive.pages++;
    if (zero) {
      drive.zeroPages++;
    }
  }

  /** The sender does something else until then; the link goes on with what it has. */
  public void waitUntil(long then) {
    drive.now = Math.max(drive.now, then);
  }

  /** The call's argument; {@code until} is when to return. */
  MplmDrive toNative(long until) {
    drive.until = until;
    drive.logPages = 0;
    return drive;
  }

  Memory log() {
    return log;
  }

  /** Tells the listener what the call has sent. */
  void fromNative() {
    for (long n = 0; n < drive.logPages; n++) {
      listener.sent(log.getLong(n * 16), log.getLong(n * 16 + 8));
    }
  }
}
