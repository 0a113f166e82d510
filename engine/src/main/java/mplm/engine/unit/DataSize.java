// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import java.util.LinkedHashMap;

/**
 * An amount of memory or data, zero included. Prefixes are binary, as for memory: 1 MiB is 2^20 bytes.
 *
 * @param bytes bytes
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final UnitText TEXT;

  static {
    LinkedHashMap<String, Long> units = new LinkedHashMap<>();
    units.put("B", 1L);
    units.put("KiB", 1L << 10);
    units.put("MiB", 1L << 20);
    units.put("GiB", 1L << 30);
    units.put("TiB", 1L << 40);
    TEXT = new UnitText("data size", "512MiB", units);
  }

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a data size is not negative, not " + bytes + "B");
    }
  }

  /** Reads {@code 512MiB}, {@code 1.5GiB}, {@code 4096B}; {@link IllegalArgumentException} for anything else. */
  public static DataSize parse(String text) {
    return new DataSize(TEXT.parse(text));
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The text that {@link #parse} reads, in the largest unit without a fraction. */
  @Override
  public String toString() {
    return TEXT.print(bytes);
  }
}
