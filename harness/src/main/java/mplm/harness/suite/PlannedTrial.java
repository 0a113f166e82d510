// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import java.util.Locale;
import java.util.SplittableRandom;
import mplm.engine.migration.Method;

/**
 * One migration that is to be made.
 *
 * @param number from 1, in the order of the run
 * @param suite its name
 * @param experiment what is migrated
 * @param method how
 * @param repetition from 1
 * @param engine the name of the one that moves it, in a run that compares engines, else empty
 */
public record PlannedTrial(int number, String suite, Experiment experiment, Method method, int repetition, String engine) {
  /** Its multiples, less their whole parts, are spread evenly however many there are (H. Weyl, Math. Ann. 77, 1916: equidistribution). */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  /** A trial of a run with one engine. */
  public PlannedTrial(int number, String suite, Experiment experiment, Method method, int repetition) {
    this(number, suite, experiment, method, repetition, "");
  }

  /** Whether the guest is held when it has arrived, so that its memory can be compared: asked for, and possible by this method. */
  public boolean isHeld() {
    return experiment.verifyMemory() && method.canBeHeld();
  }

  /**
   * The share of a repetition of its program after which the guest is moved, from 0 to less than 1. What a migration comes to depends on
   * where in its program the guest is, which nobody chooses. The first is drawn, those of further repetitions are spread evenly from
   * there. All methods and engines have the same in one repetition, so they are compared from the same moment.
   *
   * @param seed of the run
   */
  public double moment(long seed) {
    double first = new SplittableRandom(seed + experiment.name().hashCode()).nextDouble();
    return (first + (repetition - 1) * GOLDEN) % 1;
  }

  /** Such as {@code MG mg.W mplm #1}, or {@code MG mg.W scaled mplm #1}; unique in the run. */
  public String name() {
    return experiment.name() + " " + experiment.benchmark().name() + "." + experiment.problemClass()
        + (experiment.scaled() == null ? "" : " scaled") + " " + method + " #" + repetition + (engine.isEmpty() ? "" : " " + engine);
  }

  /** The name as a file name, in the order of the run. */
  public String fileName() {
    return String.format(Locale.ROOT, "%03d-", number) + name().replaceAll("[^A-Za-z0-9.]+", "-");
  }
}
