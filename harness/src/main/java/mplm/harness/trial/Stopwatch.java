// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import mplm.harness.report.TrialRow;

/** Where a trial's time goes, by the controller's monotonic clock. */
final class Stopwatch {
  /** A part that is not the harness's own. */
  enum Part {
    BOOT,
    WARM_UP,
    MIGRATION,
    MEMORY_CHECK,
    FINISH
  }

  private final long begin = System.nanoTime();
  private final Map<Part, Duration> parts = new EnumMap<>(Part.class);
  private Part running;
  private long since;

  /** When it was made, {@link System#nanoTime}. */
  long begin() {
    return begin;
  }

  /** A part begins; the one before has ended. */
  void start(Part part) {
    stop();
    running = part;
    since = System.nanoTime();
  }

  /** The part in progress, if any, ends. */
  void stop() {
    if (running != null) {
      parts.merge(running, Duration.ofNanos(System.nanoTime() - since), Duration::plus);
      running = null;
    }
  }

  /** So far; a part that something broke off counts until now. */
  TrialRow.Times times() {
    stop();
    return new TrialRow.Times(of(Part.BOOT), of(Part.WARM_UP), of(Part.MIGRATION), of(Part.MEMORY_CHECK), of(Part.FINISH),
        Duration.ofNanos(System.nanoTime() - begin));
  }

  private Duration of(Part part) {
    return parts.getOrDefault(part, Duration.ZERO);
  }
}
