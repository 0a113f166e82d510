// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What a machine may do while trials are made on it, one after the other: by what factor each takes longer. */
enum Drift {
  NONE("none") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      return fill(trials, 1);
    }
  },
  LEVEL("slower or faster by 20 % all the while") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      return fill(trials, by20(random));
    }
  },
  STEP("a step of 20 % up or down, at any time") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      double[] factors = fill(trials, 1);
      Arrays.fill(factors, random.nextInt(trials), trials, by20(random));
      return factors;
    }
  },
  RAMP("a ramp of 20 % up or down") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      double end = by20(random) - 1;
      double[] factors = new double[trials];
      Arrays.setAll(factors, i -> 1 + end * i / (trials - 1));
      return factors;
    }
  },
  ROUNDS("each round by another factor, 0.8 to 1.2") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      double[] factors = new double[trials];
      for (int i = 0; i < trials; i++) {
        factors[i] = i % round == 0 ? random.nextDouble(0.8, 1.2) : factors[i - 1];
      }
      return factors;
    }
  },
  BURSTS("three bursts: 1 to 6 trials in turn, 1.5 times as long") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      double[] factors = fill(trials, 1);
      for (int burst = 0; burst < 3; burst++) {
        int from = random.nextInt(trials);
        Arrays.fill(factors, from, Math.min(trials, from + random.nextInt(1, 7)), 1.5);
      }
      return factors;
    }
  },
  ALTERNATING("every second trial slower by 20 %") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      double[] factors = new double[trials];
      Arrays.setAll(factors, i -> i % 2 == 0 ? 1 : 1.2);
      return factors;
    }
  },
  TRIALS("each trial by another factor, 0.8 to 1.2") {
    @Override
    double[] factors(int trials, int round, SplittableRandom random) {
      return random.doubles(trials, 0.8, 1.2).toArray();
    }
  };

  private final String title;

  Drift(String title) {
    this.title = title;
  }

  /** A factor for each of {@code trials} trials, which stand in rounds of {@code round}. */
  abstract double[] factors(int trials, int round, SplittableRandom random);

  private static double[] fill(int trials, double factor) {
    double[] factors = new double[trials];
    Arrays.fill(factors, factor);
    return factors;
  }

  private static double by20(SplittableRandom random) {
    return random.nextBoolean() ? 1.2 : 0.8;
  }

  @Override
  public String toString() {
    return title;
  }
}
