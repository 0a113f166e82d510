// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.statistics;

import org.hipparchus.distribution.discrete.HypergeometricDistribution;

/** Fisher's exact test of two proportions, two-sided: all tables of the same margins no likelier than the observed one. */
public final class FisherExact {
  /** The difference within which probabilities are equal but for rounding. */
  private static final double ROUNDING = 1e-9;

  private FisherExact() {}

  /** The p-value of {@code hits} of {@code trials} against {@code otherHits} of {@code otherTrials}. */
  public static double p(int hits, int trials, int otherHits, int otherTrials) {
    if (trials == 0 || otherTrials == 0) {
      return 1;
    }
    int allHits = hits + otherHits;
    HypergeometricDistribution tables = new HypergeometricDistribution(trials + otherTrials, allHits, trials);
    double observed = tables.probability(hits);
    double p = 0;
    for (int k = Math.max(0, allHits - otherTrials); k <= Math.min(trials, allHits); k++) {
      double probability = tables.probability(k);
      p += probability <= observed * (1 + ROUNDING) ? probability : 0;
    }
    return Math.min(1, p);
  }
}
