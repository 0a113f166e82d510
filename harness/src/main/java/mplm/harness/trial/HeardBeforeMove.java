// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.time.Duration;
import java.util.function.Predicate;
import mplm.engine.guest.GuestRecord;

/**
 * What a guest says at the source until it may be moved: as many iterations as the program's pace is known by, which is what its lost time
 * is told by. An iteration takes from the record before to its own. The first of a repetition takes longer, for verification and set-up
 * lie in it: one of these has to be known too, unless the repetition in progress goes on for longer than the wait for a moment and the
 * migration may.
 */
final class HeardBeforeMove implements Predicate<GuestRecord> {
  /** One more than the least, whose error is wide: Student's quantile of 3 is 4.3, of 4 it is 3.2. */
  private static final int ITERATIONS = 4;

  /** The longest that is waited for the moment of a migration; within longer repetitions the iterations are much alike. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** What messages call it. */
  static final String WHAT = "iteration " + ITERATIONS + " of a repetition, or of several";

  private final Duration limit;
  private GuestRecord before;
  private int inner;
  private int first;
  private long length;
  private long firstLength;
  private long of;
  private long last;

  /** @param limit after which the migration is cancelled */
  HeardBeforeMove(Duration limit) {
    this.limit = limit;
  }

  /** Takes the records one by one; whether this one is the last that is needed. */
  @Override
  public boolean test(GuestRecord record) {
    last = record.arrival();
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
    boolean outlasts = inner > 0 && (double) length / inner * (of - n) > limit.plus(LONGEST_WAIT).toNanos();
    return first > 0 && of == 1 || inner >= ITERATIONS && (first > 0 || outlasts);
  }

  /**
   * When its guest is to be moved: a share of a repetition after what was heard last, or of {@link #LONGEST_WAIT} if that is less or no
   * repetition is known. If that is over, since other things were done meanwhile, it is the same moment of a later repetition.
   *
   * @param share from 0 to less than 1
   * @param now {@link System#nanoTime}, as what is given back
   */
  long moment(double share, long now) {
    long repetition = repetition().toNanos();
    long span = repetition == 0 ? LONGEST_WAIT.toNanos() : Math.min(repetition, LONGEST_WAIT.toNanos());
    long moment = last + (long) (share * span);
    return moment >= now ? moment : moment + (now - moment + span - 1) / span * span;
  }

  /** Whether the program tells of iterations, as far as was heard. */
  boolean tells() {
    return before != null;
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
