// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mplm.engine.unit.DataSize;

/**
 * What the comparison of both sides' memory found while the guest stood still at both.
 *
 * @param compared all that was compared
 * @param areas what a host writes into the guest's memory by itself, as far as the guest told where that is
 * @param different where they differ, in order of address; empty when every byte is equal that is not exempt
 */
public record MemoryVerdict(DataSize compared, List<Area> areas, List<Difference> different) {
  /** The most that are named in a sentence. */
  private static final int NAMED = 3;

  /**
   * Bytes that KVM writes by itself.
   *
   * @param name such as {@code wall clock}
   * @param at where it begins in the guest's memory
   * @param bytes its length
   * @param exempt whether it may differ: KVM writes it anew at the destination before the guest runs there
   */
  public record Area(String name, long at, int bytes, boolean exempt) {
    /** Whether the byte there is one of it. */
    public boolean has(long byteAt) {
      return byteAt >= at && byteAt < at + bytes;
    }
  }

  /**
   * A block that differs.
   *
   * @param block where it begins in the guest's memory
   * @param pages where in each of its pages that differ the first byte is that differs; empty if they were not looked at, which
   *     stops after some blocks
   */
  public record Difference(long block, List<Long> pages) {
    public Difference {
      pages = List.copyOf(pages);
    }
  }

  public MemoryVerdict {
    areas = List.copyOf(areas);
    different = List.copyOf(different);
  }

  /** Whether every byte is equal that is not exempt. */
  public boolean equal() {
    return different.isEmpty();
  }

  /** What was not compared, such as {@code KVM's wall clock: 12 bytes at 0x3600000}; empty if every byte was. */
  public Optional<String> exempt() {
    return areas.stream().filter(Area::exempt).map(area -> "KVM's " + area.name() + ": " + area.bytes() + " bytes at " + hex(area.at()))
        .reduce((one, other) -> one + "; " + other);
  }

  /** What differs, in one line. */
  public String sentence() {
    return "memory differs in " + different.size() + " blocks: "
        + different.stream().limit(NAMED).map(this::told).collect(Collectors.joining("; "))
        + (different.size() > NAMED ? "; ..." : "");
  }

  private String told(Difference difference) {
    List<Long> pages = difference.pages();
    String first = pages.stream().limit(NAMED).map(at -> hex(at) + within(at)).collect(Collectors.joining(", "));
    return hex(difference.block())
        + (pages.isEmpty() ? "" : " (" + pages.size() + " pages: " + first + (pages.size() > NAMED ? ", ..." : "") + ")");
  }

  /** What KVM may have written, and yet is to be equal once the guest stands still. */
  private String within(long at) {
    return areas.stream().filter(area -> area.has(at)).map(area -> " in KVM's " + area.name()).findFirst().orElse("");
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
