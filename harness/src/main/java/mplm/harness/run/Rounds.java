// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.record.RunManifest;
import mplm.harness.result.TrialRow;
import mplm.harness.statistics.Looks;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.verdict.Comparison;
import mplm.harness.verdict.Rules;

/**
 * Decides, before each round of a run that compares engines, whether it is made: not when the verdict is clear, nor when as long a
 * round as the longest so far would not end within the budget.
 */
final class Rounds {
  private final RunManifest manifest;
  private final Looks looks;
  private final long begin;
  private long roundBegin;
  private Duration longest;
  private int round;
  private double level;
  private String end = "";

  /**
   * The rounds of a run that makes its next trial now.
   *
   * @param now {@link System#nanoTime}
   * @param done trials that were made before the run was broken off: their time is spent, and so may be all looks but the last
   */
  Rounds(RunManifest manifest, long now, Collection<TrialRow> done) {
    this.manifest = manifest;
    this.looks = new Looks(manifest.engines().budget(), Rules.ALPHA);
    Map<Integer, Duration> byRound = new TreeMap<>(Map.of(0, Duration.ZERO));
    done.forEach(row -> byRound.merge(row.planned().repetition(), row.times().all(), Duration::plus));
    this.round = Collections.max(byRound.keySet());
    this.longest = Collections.max(byRound.values());
    this.roundBegin = now - byRound.get(round).toNanos();
    this.begin = now - byRound.values().stream().mapToLong(Duration::toNanos).sum();
    if (!done.isEmpty()) {
      looks.forgo();
    }
  }

  /**
   * Whether the trial is to be made.
   *
   * @param now {@link System#nanoTime}
   * @param rows all so far
   */
  boolean admit(PlannedTrial trial, long now, Collection<TrialRow> rows) {
    if (end.isEmpty() && trial.repetition() != round) {
      if (round > 0) {
        Duration last = Duration.ofNanos(now - roundBegin);
        longest = last.compareTo(longest) > 0 ? last : longest;
        end = look(Duration.ofNanos(now - begin), List.copyOf(rows));
      }
      round = trial.repetition();
      roundBegin = now;
    }
    return end.isEmpty();
  }

  /** Why no more are made, one line; empty if all were. */
  String end() {
    return end;
  }

  /** The error rate at which the rows are judged, when no more are made. */
  double level() {
    return level > 0 ? level : looks.level(true);
  }

  private String look(Duration elapsed, List<TrialRow> rows) {
    if (looks.isDue(elapsed)) {
      double at = looks.level(false);
      Comparison comparison = EngineVerdict.compare(manifest, rows, Rules.standard().withAlpha(at));
      if (comparison.needed() <= round) {
        looks.spend(at);
        if (comparison.isClear()) {
          level = at;
          return "the verdict is clear after " + round + " rounds";
        }
      }
    }
    return looks.hasTime(elapsed, longest) ? "" : "the time is spent after " + round + " rounds";
  }
}
