// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mplm.engine.guest.GuestRecord;
import mplm.engine.migration.MigrationResult;
import mplm.harness.record.RawTrial;
import mplm.harness.result.LostTime;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * The time that a program lost by a migration, from the moments at which it told the end of its iterations, all in the controller's
 * clock. Before the migration they tell how long an iteration takes, and how much that varies; the first of a repetition is reckoned apart,
 * for the verification and the set-up lie in it. From the beginning of the migration on, the program is late by the time that
 * passed less the time that its iterations would have taken. Its speed is back with the first of {@link #BACK} iterations in a row that
 * take no longer than before, and what it is late by then is lost.
 */
final class LostTimeDerivation {
  /** Iterations in a row. */
  static final int BACK = 2;
  /** Iterations before the migration by which the program's pace is known. */
  static final int LEAST = 3;
  /** An iteration that takes so much longer than before, beside its variation, is not taken for slower. */
  private static final double TOLERANCE = 0.05;

  private static final double QUANTILE = 0.975;

  /**
   * An iteration that ended.
   *
   * @param time nanoseconds of any clock
   * @param repetition of the program and {@code n} in it, from 1
   * @param of iterations in a repetition
   */
  record Mark(long time, long repetition, long n, long of) {
    private long index() {
      return (repetition - 1) * of + n;
    }
  }

  /** How long an iteration takes: mean and standard deviation, nanoseconds, of how many. */
  private record Pace(double mean, double deviation, int n) {
    static Optional<Pace> of(List<Double> lengths) {
      if (lengths.isEmpty()) {
        return Optional.empty();
      }
      double mean = lengths.stream().mapToDouble(d -> d).average().orElseThrow();
      double squares = lengths.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum();
      // of one alone nothing is known of how it varies
      return Optional.of(new Pace(mean, lengths.size() < 2 ? TOLERANCE * mean : Math.sqrt(squares / (lengths.size() - 1)), lengths.size()));
    }

    /** Student's, of 95 %: two standard deviations hold less than that by far, where they are those of three iterations. */
    double quantile() {
      return new TDistribution(n - 1).inverseCumulativeProbability(QUANTILE);
    }

    /** The variance of so many iterations: that of each, and that of the mean, which is in all of them. */
    double variance(long iterations) {
      return deviation * deviation * (iterations + (double) iterations * iterations / n);
    }
  }

  private final List<Mark> marks;
  private final long stop;
  private final long resume;
  private final Pace inner;
  private final Optional<Pace> first;

  private LostTimeDerivation(List<Mark> marks, long stop, long resume, Pace inner, Optional<Pace> first) {
    this.marks = marks;
    this.stop = stop;
    this.resume = resume;
    this.inner = inner;
    this.first = first;
  }

  /** The lost time of a trial whose guest was not held. */
  static LostTime of(RawTrial raw, MigrationResult completed) {
    List<GuestRecord> records = new ArrayList<>(raw.source().guest("iteration"));
    records.addAll(raw.destination().guest("iteration"));
    if (completed.stop().isEmpty() || completed.resume().isEmpty()) {
      return LostTime.unknown("the guest's stop or its start at the destination was not seen");
    }
    return of(records.stream().map(record -> new Mark(record.arrival(), record.number("repetition").longValueExact(),
        record.number("n").longValueExact(), record.number("of").longValueExact())).toList(),
        raw.migrate().orElseThrow(), completed.stop().getAsLong(), completed.resume().getAsLong());
  }

  /**
   * Derives it from the ends of iterations.
   *
   * @param told in order of time; one that was told twice counts once
   * @param begin of the migration
   * @param stop of the guest, and {@code resume} of it
   */
  static LostTime of(List<Mark> told, long begin, long stop, long resume) {
    List<Mark> marks = new ArrayList<>();
    for (Mark mark : told) {
      if (marks.isEmpty() || mark.index() > marks.get(marks.size() - 1).index()) {
        marks.add(mark);
      }
    }
    List<Double> inner = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    int last = -1;
    for (int i = 0; i < marks.size() && marks.get(i).time <= begin; i++) {
      last = i;
      if (i > 0 && marks.get(i).index() - marks.get(i - 1).index() == 1) {
        (marks.get(i).n == 1 ? first : inner).add((double) marks.get(i).time - marks.get(i - 1).time);
      }
    }
    if (inner.size() < LEAST) {
      return LostTime.unknown("the program told of " + inner.size() + " iterations before the migration, and " + LEAST
          + " are needed to know its pace");
    }
    return new LostTimeDerivation(marks.subList(last, marks.size()), stop, resume, Pace.of(inner).orElseThrow(), Pace.of(first)).lost();
  }

  private LostTime lost() {
    int after = 0;
    while (after < marks.size() && marks.get(after).time < resume) {
      after++;
    }
    int back = after;
    while (back + BACK < marks.size() && !isBack(back)) {
      back++;
    }
    if (back + BACK >= marks.size()) {
      return LostTime.unknown("the program did not tell of " + BACK + " iterations in a row at its speed of before");
    }
    back++; // the first of them may have begun slowly, within what is allowed
    if (first.isEmpty() && marks.get(back).repetition > marks.get(0).repetition) {
      return LostTime.unknown("no repetition ended before the migration, and one did until the program's speed was back");
    }
    int before = after - 1;
    while (before > 0 && marks.get(before).time > stop) {
      before--; // what the source said last may arrive after its STOP
    }
    // of the iteration in which the guest was stopped: what it took longer, on both sides of the stop by their length
    double blackout = resume - stop;
    double rest = late(before, after) - blackout;
    double share = Math.max(0, stop - marks.get(before).time);
    double other = marks.get(after).time - resume;
    double early = rest * (share + other > 0 ? share / (share + other) : 0);
    return new LostTime(Optional.of(new LostTime.Parts(nanos(late(0, before) + early), nanos(blackout),
        nanos(rest - early + late(after, back)), nanos(inner.quantile() * Math.sqrt(variance(back))))), Optional.empty());
  }

  private boolean isBack(int at) {
    for (int i = at; i < at + BACK; i++) {
      long firsts = firsts(i, i + 1);
      double allowed = (1 + TOLERANCE) * expected(i, i + 1) + 2 * (firsts > 0 ? first.map(Pace::deviation).orElse(0.0) : inner.deviation);
      if (marks.get(i + 1).time - marks.get(i).time > allowed) {
        return false;
      }
    }
    return true;
  }

  /** How much longer it took from one mark to the other than before the migration. */
  private double late(int from, int to) {
    return marks.get(to).time - marks.get(from).time - expected(from, to);
  }

  private double expected(int from, int to) {
    long firsts = firsts(from, to);
    return inner.mean * (marks.get(to).index() - marks.get(from).index() - firsts) + first.map(Pace::mean).orElse(inner.mean) * firsts;
  }

  private double variance(int to) {
    long firsts = firsts(0, to);
    return inner.variance(marks.get(to).index() - marks.get(0).index() - firsts)
        + first.map(pace -> pace.variance(firsts)).orElse(0.0);
  }

  private long firsts(int from, int to) {
    return marks.get(to).repetition - marks.get(from).repetition;
  }

  private static Duration nanos(double nanos) {
    return Duration.ofNanos(Math.round(nanos));
  }
}
