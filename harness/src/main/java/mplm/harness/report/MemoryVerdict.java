// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import java.util.List;
import java.util.stream.Collectors;
import mplm.engine.unit.DataSize;

/**
 * What the comparison of both sides' memory found while the guest stood still at both.
 *
 * @param compared all that was compared
 * @param different where they differ, in order of address; empty when every byte is equal
 */
public record MemoryVerdict(DataSize compared, List<Difference> different) {
  /** So many are named in a sentence. */
  private static final int NAMED = 3;

  /**
   * A block that differs.
   *
   * @param block its address in the guest's memory
   * @param pages addresses of its pages that differ; empty if they were not looked at, which stops after some blocks
   */
  public record Difference(long block, List<Long> pages) {
    public Difference {
      pages = List.copyOf(pages);
    }

    @Override
    public String toString() {
      String hex = pages.stream().limit(NAMED).map(page -> "0x" + Long.toHexString(page)).collect(Collectors.joining(", "));
      return "0x" + Long.toHexString(block)
          + (pages.isEmpty() ? "" : " (" + pages.size() + " pages: " + hex + (pages.size() > NAMED ? ", ..." : "") + ")");
    }
  }

  public MemoryVerdict {
    different = List.copyOf(different);
  }

  /** Whether every byte is equal. */
  public boolean equal() {
    return different.isEmpty();
  }

  /** What differs, in one line. */
  public String sentence() {
    return "memory differs in " + different.size() + " blocks: "
        + different.stream().limit(NAMED).map(Difference::toString).collect(Collectors.joining("; "))
        + (different.size() > NAMED ? "; ..." : "");
  }
}
