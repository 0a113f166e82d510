// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.report;

import mplm.engine.guest.Accelerator;
import mplm.harness.suite.Experiment;

/** How an experiment stands to the published one, and so whether its seconds can be held against the published ones. */
public enum Size {
  /** As they are. */
  FULL("full size"),
  /** In proportion. */
  SCALED("scaled"),
  /** Not at all. */
  OTHER("not full size");

  private final String text;

  Size(String text) {
    this.text = text;
  }

  /** Of an experiment under that accelerator. */
  public static Size of(Experiment experiment, Accelerator accelerator) {
    return experiment.scaling().isPresent() ? SCALED
        : Published.deviations(experiment, accelerator).isEmpty() ? FULL : OTHER;
  }

  @Override
  public String toString() {
    return text;
  }
}
