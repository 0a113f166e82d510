// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * When pre-copy has stalled and where it is best to stop then, by KubeVirt's rule (pkg/virt-launcher/virtwrap, migration monitor; its
 * constants are stallMargin 0.04, patienceWindowDecayFactor 0.5, searchLocalMinima true). At each new round it looks at the bytes that
 * remain. It is stalled once they are not 4 % below the least that was seen a window ago or earlier. From then on it waits for a local
 * minimum: what remains is within 4 % of the best. The best is the least seen so far; each time that the patience (at first the
 * window, then half of it each time) ends without it, the best is the least value that was seen in a round after the stall was found, and
 * that value counts no more.
 */
final class Stall {
  private static final double MARGIN = 0.04;

  private record Round(Duration elapsed, long remaining) {}

  private final Duration window;
  /** Within the window, each less than the one before. */
  private final Deque<Round> minima = new ArrayDeque<>();
  private final PriorityQueue<Long> since = new PriorityQueue<>();
  private OptionalLong before = OptionalLong.empty();
  private OptionalLong best = OptionalLong.empty();
  private Duration patience;
  private Duration deadline;
  private boolean stops;

  Stall(Duration window) {
    this.window = window;
    this.patience = window;
  }

  /** Whether the guest is to be stopped: from the first round on in which it was found so. */
  boolean stops() {
    return stops;
  }

  /** What remains at the local minimum that is waited for; empty before a stall. */
  OptionalLong best() {
    return best;
  }

  /** A round has begun, with so many bytes to send. */
  void round(Duration elapsed, long remaining) {
    while (!minima.isEmpty() && elapsed.minus(minima.getFirst().elapsed).compareTo(window) >= 0) {
      long old = minima.removeFirst().remaining;
      before = OptionalLong.of(Math.min(old, before.orElse(old)));
    }
    if (!(before.isPresent() && remaining > before.getAsLong())
        && (minima.isEmpty() || remaining < minima.getLast().remaining)) {
      minima.addLast(new Round(elapsed, remaining));
    }
    if (best.isPresent()) {
      since.add(remaining);
      if (elapsed.compareTo(deadline) >= 0) {
        best = OptionalLong.of(since.remove());
        patience = patience.dividedBy(2);
        deadline = elapsed.plus(patience);
      }
    } else if (before.isPresent() && remaining >= (long) (before.getAsLong() * (1 - MARGIN))) {
      best = OptionalLong.of(minima.stream().mapToLong(Round::remaining).reduce(before.getAsLong(), Math::min));
      deadline = elapsed.plus(patience);
    }
    stops |= best.isPresent() && remaining <= (long) (best.getAsLong() * (1 + MARGIN));
  }
}
