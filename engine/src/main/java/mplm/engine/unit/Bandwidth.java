// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import java.util.LinkedHashMap;

/**
 * The rate of a link, at least 1 bit/s. Prefixes are decimal, as on network cards: 1 Mbit/s is 10^6 bits per second.
 *
 * @param bitsPerSecond bits per second
 */
public record Bandwidth(long bitsPerSecond) implements Comparable<Bandwidth> {
  private static final UnitText TEXT;

  static {
    LinkedHashMap<String, Long> units = new LinkedHashMap<>();
    units.put("bit/s", 1L);
    units.put("kbit/s", 1_000L);
    units.put("Mbit/s", 1_000_000L);
    units.put("Gbit/s", 1_000_000_000L);
    TEXT = new UnitText("bandwidth", "150Mbit/s", units);
  }

  public Bandwidth {
    if (bitsPerSecond < 1) {
      throw new IllegalArgumentException("a bandwidth is at least 1bit/s, not " + bitsPerSecond + "bit/s");
    }
  }

  /** Reads {@code 150Mbit/s}, {@code 1.5Gbit/s}; {@link IllegalArgumentException} for anything else. */
  public static Bandwidth parse(String text) {
    return new Bandwidth(TEXT.parse(text));
  }

  /** Bytes per second, rounded down. */
  public long bytesPerSecond() {
    return bitsPerSecond / 8;
  }

  @Override
  public int compareTo(Bandwidth other) {
    return Long.compare(bitsPerSecond, other.bitsPerSecond);
  }

  /** The text that {@link #parse} reads, in the largest unit without a fraction. */
  @Override
  public String toString() {
    return TEXT.print(bitsPerSecond);
  }
}
