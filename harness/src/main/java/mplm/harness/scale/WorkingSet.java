// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import static mplm.engine.unit.Durations.seconds;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import mplm.engine.unit.DataSize;

/**
 * How a guest dirties its memory: U(w), the unique memory dirtied in a window w, at some windows. Between them it is taken as
 * linear, below the shortest as proportional to the window; beyond the longest nothing is known.
 *
 * @param used memory, ballast included, without pages of zeros, which cost a link nothing
 * @param dirtied by the window's length; grows with it, and is never more than is used
 */
public record WorkingSet(
    @JsonProperty(required = true) DataSize used,
    @JsonProperty(required = true) SortedMap<Duration, DataSize> dirtied) {
  public WorkingSet {
    dirtied = Collections.unmodifiableSortedMap(new TreeMap<>(dirtied));
    if (dirtied.isEmpty()) {
      throw new IllegalArgumentException("no window, allowed: at least one");
    }
    DataSize before = new DataSize(0);
    for (Map.Entry<Duration, DataSize> sample : dirtied.entrySet()) {
      DataSize size = sample.getValue();
      if (sample.getKey().isZero() || sample.getKey().isNegative() || size.bytes() == 0 || size.compareTo(before) < 0
          || size.compareTo(used) > 0) {
        throw new IllegalArgumentException(size + " dirtied in " + sample.getKey() + ", allowed: more than 0 in more than 0 s, not"
            + " less than in a shorter window (" + before + "), not more than is used (" + used + ")");
      }
      before = size;
    }
  }

  /** The window, in seconds, in which that share of the used memory is dirtied; empty if it takes longer than the longest. */
  public OptionalDouble window(double share) {
    double wanted = share * used.bytes();
    double time = 0;
    double size = 0;
    for (Map.Entry<Duration, DataSize> sample : dirtied.entrySet()) {
      double nextTime = seconds(sample.getKey());
      double nextSize = sample.getValue().bytes();
      if (wanted <= nextSize) {
        return OptionalDouble.of(nextSize == size ? nextTime : time + (nextTime - time) * (wanted - size) / (nextSize - size));
      }
      time = nextTime;
      size = nextSize;
    }
    return OptionalDouble.empty();
  }

  /** Omega: the share of the used memory that is rewritten again and again, as far as the longest window shows it. */
  public double rewritten() {
    return (double) dirtied.get(dirtied.lastKey()).bytes() / used.bytes();
  }

  /** The share of the used memory that is dirtied in a window; beyond the longest, that of the longest. */
  public double share(Duration window) {
    Duration before = Duration.ZERO;
    double size = 0;
    for (Map.Entry<Duration, DataSize> sample : dirtied.entrySet()) {
      double nextSize = sample.getValue().bytes();
      if (window.compareTo(sample.getKey()) <= 0) {
        double part = (double) window.minus(before).toNanos() / sample.getKey().minus(before).toNanos();
        return (size + (nextSize - size) * part) / used.bytes();
      }
      before = sample.getKey();
      size = nextSize;
    }
    return size / used.bytes();
  }
}
