// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.time.Duration;
import java.util.function.Predicate;
import mplm.engine.guest.GuestRecord;

/**
 * What a guest says at the source until it may be moved: as many iterations as the program's pace is known by, which is what its lost time
 * is told by. An iteration takes from the record before to its own. The first of a repetition takes longer, for verification and set-up
 * lie in it: one of these has to be known too, unless the repetition in progress goes on for longer than the migration may.
 */
final class HeardBeforeMove implements Predicate<GuestRecord> {
  /** One more than the least, whose error is wide: Student's quantile of 3 is 4.3, of 4 it is 3.2. */
  private static final int ITERATIONS = 4;

  /** What messages call it. */
  static final String WHAT = "iteration " + ITERATIONS + " of a repetition, or of several";

  private final Duration limit;
  private GuestRecord before;
  private int inner;
  private int first;
  private long length;
  private long firstLength;
  private long of;

  /** @param limit after which the migration is cancelled */
  HeardBeforeMove(Duration limit) {
    this.limit = limit;
  }

  /** Takes the records one by one; whether this one is the last that is needed. */
  @Override
  public boolean test(GuestRecord record) {
    switch (record.kind()) {
      case "iteration" -> {
        return iteration(record);
      }
      // nothing will ever be told
      case "result" -> {
        return before == null;
      }
      default -> {
        return record.kind().equals("end");
      }
    }
  }

  private boolean iteration(GuestRecord record) {
    of = number(record, "of");
    long n = number(record, "n");
    if (before != null && index(record) - index(before) == 1) {
      if (n == 1) {
        first++;
        firstLength += record.arrival() - before.arrival();
      } else {
        inner++;
        length += record.arrival() - before.arrival();
      }
    }
    before = record;
    boolean outlasts = inner > 0 && (double) length / inner * (of - n) > limit.toNanos();
    return first > 0 && of == 1 || inner >= ITERATIONS && (first > 0 || outlasts);
  }

  /** How long a repetition takes, by the iterations that were heard; zero if none was. */
  Duration repetition() {
    double others = inner == 0 ? 0 : (double) length / inner * (first == 0 ? of : of - 1);
    return Duration.ofNanos((long) (others + (first == 0 ? 0 : (double) firstLength / first)));
  }

  private static long index(GuestRecord record) {
    return (number(record, "repetition") - 1) * number(record, "of") + number(record, "n");
  }

  private static long number(GuestRecord record, String field) {
    return record.number(field).longValueExact();
  }
}
