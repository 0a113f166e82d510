// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.util.List;
import java.util.stream.Collectors;
import mplm.harness.result.Cell;

/**
 * A claim's rule applied to one experiment, or to all together.
 *
 * @param claim which
 * @param experiment its name; {@link #ALL} where the rule compares experiments
 * @param measured what the rule looked at, with units, one line; or why it could not
 * @param verdict what it said
 */
public record Finding(Claim claim, String experiment, String measured, Verdict verdict) {
  /** What stands in place of an experiment's name. */
  static final String ALL = "all";

  /** How what it is of stands to the published set-up, such as {@code scaled}. */
  public String sizes(List<Cell> cells) {
    return cells.stream().filter(cell -> experiment.equals(ALL) || cell.experiment().name().equals(experiment))
        .map(cell -> Size.of(cell).toString()).distinct().collect(Collectors.joining(", "));
  }
}
