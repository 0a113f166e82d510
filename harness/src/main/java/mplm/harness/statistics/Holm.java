// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's step-down correction: the probability of any false alarm among all tests stays below the level, dependent or not. */
public final class Holm {
  private Holm() {}

  /** The corrected p-values, in the order of the given ones. */
  public static double[] adjust(double... p) {
    List<Integer> ascending =
        IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> p[i])).toList();
    double[] adjusted = new double[p.length];
    double before = 0;
    for (int step = 0; step < p.length; step++) {
      int i = ascending.get(step);
      before = Math.max(before, Math.min(1, (p.length - step) * p[i]));
      adjusted[i] = before;
    }
    return adjusted;
  }
}
