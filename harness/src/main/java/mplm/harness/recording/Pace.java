// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.recording;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import mplm.engine.guest.GuestRecord;
import mplm.harness.statistics.Median;

/**
 * How fast the guest's program goes on, by the guest's clock.
 *
 * @param seconds of each iteration that was seen from begin to end, in ascending order
 */
record Pace(double[] seconds) {
  /** Fewer have no median that is worth something. */
  private static final int LEAST = 5;

  /** The pace of the iterations that began and ended between two moments of {@link System#nanoTime}. */
  static Pace between(long from, long until, List<GuestRecord> records) {
    GuestRecord before = null;
    double[] seconds = new double[records.size()];
    int count = 0;
    for (GuestRecord record : records) {
      if (!record.kind().equals("iteration")) {
        continue;
      }
      // between repetitions the program checks its result
      if (before != null && before.arrival() >= from && record.arrival() < until
          && before.text("repetition").equals(record.text("repetition"))) {
        seconds[count++] = (record.guestTime() - before.guestTime()) / 1e9;
      }
      before = record;
    }
    double[] seen = Arrays.copyOf(seconds, count);
    Arrays.sort(seen);
    return new Pace(seen);
  }

  int iterations() {
    return seconds.length;
  }

  /** The share by which its median iteration is longer than that of another; empty if either has too few. */
  OptionalDouble slowerThan(Pace other) {
    return iterations() < LEAST || other.iterations() < LEAST ? OptionalDouble.empty()
        : OptionalDouble.of(Median.of(seconds) / Median.of(other.seconds) - 1);
  }
}
