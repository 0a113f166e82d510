// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import java.util.Arrays;
import java.util.BitSet;

/** A set of pages as runs in ascending order, to be filled again and again without new memory. Not thread-safe. */
public final class PageRuns {
  private static final int FIRST = 64;

  /** First page and the page behind the last, run by run. */
  private int[] bounds;

  private int size;

  /** An empty set. */
  public PageRuns() {
    bounds = new int[FIRST];
  }

  private PageRuns(int[] bounds) {
    this.bounds = bounds;
    this.size = bounds.length;
  }

  /** The same pages, in 8 bytes per run. */
  PageRuns copy() {
    return new PageRuns(Arrays.copyOf(bounds, size));
  }

  /** How many runs; no two touch each other. */
  public int runs() {
    return size / 2;
  }

  /** The first page of a run. */
  public int first(int run) {
    return bounds[2 * run];
  }

  /** The page behind the last of a run. */
  public int end(int run) {
    return bounds[2 * run + 1];
  }

  /** How many pages. */
  public long pages() {
    long pages = 0;
    for (int run = 0; run < runs(); run++) {
      pages += end(run) - first(run);
    }
    return pages;
  }

  /** Makes the set empty. */
  public void clear() {
    size = 0;
  }

  /** Adds pages from {@code first} up to, not including, {@code end}; they lie behind all that were added before. */
  public void add(int first, int end) {
    if (first < 0 || end <= first || size > 0 && first < bounds[size - 1]) {
      throw new IllegalArgumentException(
          "pages " + first + " to " + end + " behind page " + (size > 0 ? bounds[size - 1] : 0) + ": runs come in ascending order");
    }
    if (size > 0 && first == bounds[size - 1]) {
      bounds[size - 1] = end;
      return;
    }
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, Math.max(FIRST, 2 * size));
    }
    bounds[size++] = first;
    bounds[size++] = end;
  }

  /** Whether all pages of another set are in this one. */
  public boolean containsAll(PageRuns other) {
    int at = 0;
    for (int run = 0; run < other.runs(); run++) {
      while (at < runs() && end(at) < other.end(run)) {
        at++;
      }
      if (at == runs() || first(at) > other.first(run)) {
        return false;
      }
    }
    return true;
  }

  /** Adds the pages of this set to another. */
  public void addTo(BitSet set) {
    for (int run = 0; run < runs(); run++) {
      set.set(first(run), end(run));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageRuns runs && Arrays.equals(bounds, 0, size, runs.bounds, 0, runs.size);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(Arrays.copyOf(bounds, size));
  }

  /** Such as {@code [0-9, 12]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int run = 0; run < runs(); run++) {
      text.append(run > 0 ? ", " : "").append(first(run));
      if (end(run) - first(run) > 1) {
        text.append('-').append(end(run) - 1);
      }
    }
    return text.append(']').toString();
  }
}
