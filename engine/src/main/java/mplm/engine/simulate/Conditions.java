// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.time.Duration;
import mplm.engine.trace.TraceHeader;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;

/**
 * Under which a migration is simulated.
 *
 * @param rate of the link
 * @param pageBytes that the link carries for a page, at least 1
 * @param zeroPageBytes that the link carries for a zero page
 * @param buffer how far the sender may be ahead of the link
 * @param work the sender's time for a page, zero or not
 * @param fetch how long a fetch of the dirty log keeps the sender from sending
 * @param firstWrite how long the guest stands still for a page that it writes for the first time since a fetch: KVM protects what was
 *     fetched from writes, and each page is a fault
 * @param switchover what the downtime has beside fetch and memory: to stop, device state, to load, to resume
 */
public record Conditions(
    Bandwidth rate, int pageBytes, int zeroPageBytes, DataSize buffer, Duration work, Duration fetch, Duration firstWrite,
    Duration switchover) {
  /** QEMU's header of a page; a zero page has one byte more. */
  private static final int HEADER_BYTES = 8;

  private static final long PS_PER_S = 1_000_000_000_000L;

  public Conditions {
    if (pageBytes < 1 || zeroPageBytes < 0 || zeroPageBytes > pageBytes) {
      throw new IllegalArgumentException(
          "a page is at least 1 byte on the link and a zero page no more, not " + pageBytes + " and " + zeroPageBytes);
    }
    if (work.isNegative() || fetch.isNegative() || firstWrite.isNegative() || switchover.isNegative()) {
      throw new IllegalArgumentException("work, fetch, first write and switchover are not negative, not " + work + ", " + fetch + ", "
          + firstWrite + ", " + switchover);
    }
  }

  /** Pages as in QEMU's stream, on a link of that rate for it; all else costs nothing. */
  public static Conditions of(Bandwidth rate) {
    return new Conditions(rate, TraceHeader.PAGE_BYTES + HEADER_BYTES, HEADER_BYTES + 1, new DataSize(0), Duration.ZERO,
        Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  public Conditions withBuffer(DataSize size) {
    return new Conditions(rate, pageBytes, zeroPageBytes, size, work, fetch, firstWrite, switchover);
  }

  public Conditions withWork(Duration time) {
    return new Conditions(rate, pageBytes, zeroPageBytes, buffer, time, fetch, firstWrite, switchover);
  }

  public Conditions withFetch(Duration time) {
    return new Conditions(rate, pageBytes, zeroPageBytes, buffer, work, time, firstWrite, switchover);
  }

  public Conditions withSwitchover(Duration time) {
    return new Conditions(rate, pageBytes, zeroPageBytes, buffer, work, fetch, firstWrite, time);
  }

  public Conditions withFirstWrite(Duration time) {
    return new Conditions(rate, pageBytes, zeroPageBytes, buffer, work, fetch, time, switchover);
  }

  /** The link's time for so many bytes, in picoseconds. */
  long picoseconds(long bytes) {
    return Math.round((double) bytes * 8 * PS_PER_S / rate.bitsPerSecond());
  }

  static long picoseconds(Duration duration) {
    return Math.multiplyExact(duration.toNanos(), 1_000L);
  }

  static Duration duration(long picoseconds) {
    return Duration.ofNanos(picoseconds / 1_000);
  }
}
