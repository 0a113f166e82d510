// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.BitSet;
import java.util.Objects;

/**
 * One bit per page in native memory, laid out as the scheduler's and QEMU's {@code unsigned long[]} on x86-64; all clear at first.
 * Its words are read and written by offset, for it is an array, and the innermost of all simulations.
 * Not thread-safe. The memory is freed when the object is collected. {@link IndexOutOfBoundsException} for a page outside.
 */
public final class Bitmap {
  private final Memory words;
  private final long pages;

  /** A bitmap of that many pages, zero included; the bits behind the last page are there and clear. */
  public Bitmap(long pages) {
    this.pages = pages;
    // one word more: JNA has no empty memory
    this.words = new Memory((pages / 64 + 1) * 8);
    words.clear();
  }

  public long pages() {
    return pages;
  }

  public boolean get(long page) {
    Objects.checkIndex(page, pages);
    return (word(page) >>> page & 1) != 0;
  }

  public void set(long page) {
    Objects.checkIndex(page, pages);
    words.setLong(offset(page), word(page) | 1L << page);
  }

  public void clear(long page) {
    Objects.checkIndex(page, pages);
    words.setLong(offset(page), word(page) & ~(1L << page));
  }

  /** Sets {@code count} pages from {@code first}. */
  public void set(long first, long count) {
    change(first, count, true);
  }

  /** Clears {@code count} pages from {@code first}. */
  public void clear(long first, long count) {
    change(first, count, false);
  }

  /** Sets the pages of {@code set} and clears all others. */
  public void assign(BitSet set) {
    if (set.length() > pages) {
      throw new IndexOutOfBoundsException("page " + (set.length() - 1) + " of " + pages);
    }
    long[] all = set.toLongArray();
    words.write(0, all, 0, all.length);
    words.setMemory(all.length * 8L, words.size() - all.length * 8L, (byte) 0);
  }

  /** The set pages. */
  public BitSet toBitSet() {
    return BitSet.valueOf(words.getLongArray(0, Math.toIntExact(pages / 64 + 1)));
  }

  /** How many pages are set. */
  public long count() {
    long count = 0;
    for (long page = 0; page < pages; page += 64) {
      count += Long.bitCount(word(page));
    }
    return count;
  }

  Pointer pointer() {
    return words;
  }

  private void change(long first, long count, boolean to) {
    Objects.checkFromIndexSize(first, count, pages);
    for (long page = first, end = first + count; page < end; page = (page | 63) + 1) {
      long mask = -1L << page;
      if ((page | 63) >= end) {
        mask &= -1L >>> -end;
      }
      words.setLong(offset(page), to ? word(page) | mask : word(page) & ~mask);
    }
  }

  private long word(long page) {
    return words.getLong(offset(page));
  }

  private static long offset(long page) {
    return page / 64 * 8;
  }
}
