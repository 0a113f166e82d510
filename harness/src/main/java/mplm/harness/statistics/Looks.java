// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.time.Duration;
import java.util.List;

/**
 * When trials that are made until the verdict is clear are looked at, and at what error rate: after a half, three quarters and all
 * of the budget of time. Of alpha a look may spend what is due by then, alpha t³ (t is the share of the budget), less what looks
 * before it have spent; so all looks together raise a false alarm with a probability of alpha at most (the union bound over looks),
 * however often there is nothing to see. A look at which no difference could be significant yet is left out and spends nothing;
 * that depends on numbers of trials alone.
 */
public final class Looks {
  private static final List<Double> TIMES = List.of(0.5, 0.75, 1.0);

  private final Duration budget;
  private final double alpha;
  private double spent;
  private int past;

  /** Looks over that budget, at that error rate in all. */
  public Looks(Duration budget, double alpha) {
    this.budget = budget;
    this.alpha = alpha;
  }

  /** Whether it is time for a look before the last one. */
  public boolean isDue(Duration elapsed) {
    int due = past;
    while (due < TIMES.size() - 1 && share(elapsed) >= TIMES.get(due)) {
      due++;
    }
    boolean more = due > past;
    past = due;
    return more;
  }

  /** What the look that is due may spend, or without one the last look. */
  public double level(boolean last) {
    double time = last || past == 0 ? 1 : TIMES.get(past - 1);
    return alpha * time * time * time - spent;
  }

  /** A look was made at that level. */
  public void spend(double level) {
    spent += level;
  }

  /** All looks but the last one are past, and have spent what they may. */
  public void forgo() {
    past = TIMES.size() - 1;
    spend(level(false));
  }

  /** Whether another round that takes so long still ends within the budget. */
  public boolean hasTime(Duration elapsed, Duration round) {
    return elapsed.plus(round).compareTo(budget) <= 0;
  }

  private double share(Duration elapsed) {
    return (double) elapsed.toNanos() / budget.toNanos();
  }
}
