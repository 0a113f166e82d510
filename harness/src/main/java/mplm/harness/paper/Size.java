// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import mplm.harness.result.Cell;
import mplm.harness.result.Setting;
import mplm.harness.suite.Experiment;

/** How an experiment stands to the published one, and so whether its seconds can be held against the published ones. */
public enum Size {
  /** The paper's experiments as they are. */
  FULL("full size"),
  /** The paper's experiments in proportion. */
  SCALED("scaled"),
  /** It is not in proportion at all. */
  OTHER("not full size");

  /** What a column of that name says. */
  public static final String MEANING = "how the experiment stands to the paper's: `full size`, `scaled` or `not full size`";

  private final String text;

  Size(String text) {
    this.text = text;
  }

  /** The size of an experiment in that setting. On emulated hosts nothing is in proportion to anything. */
  public static Size of(Experiment experiment, Setting setting) {
    return experiment.scaling().isPresent() && !setting.ofEmulatedHosts() ? SCALED
        : Published.deviations(experiment, setting).isEmpty() ? FULL : OTHER;
  }

  /** The size of a cell's experiment. */
  public static Size of(Cell cell) {
    return of(cell.experiment(), cell.setting());
  }

  @Override
  public String toString() {
    return text;
  }
}
