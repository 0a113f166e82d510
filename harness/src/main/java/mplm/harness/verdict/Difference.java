// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.statistics.RatioInterval;

/**
 * What a comparison found of one metric of one cell.
 *
 * @param experiment of the cell
 * @param method of the cell
 * @param metric as a table names it: {@link Metric#title}, or which outcome is counted
 * @param control whether the cell only shows what the machine did; it decides nothing
 * @param baseTrials how many values
 * @param candidateTrials how many values
 * @param base median, infinite if most did not come to an end, or share of trials; empty without a value
 * @param candidate the same
 * @param ratio candidate over base; empty where there is none
 * @param interval of the ratio, 95 %
 * @param p corrected for all tests, that of a control cell as it is; empty where nothing was tested
 * @param judgement what it comes to
 * @param note why, where that is not plain; may be empty
 */
public record Difference(
    String experiment,
    String method,
    String metric,
    boolean control,
    int baseTrials,
    int candidateTrials,
    OptionalDouble base,
    OptionalDouble candidate,
    OptionalDouble ratio,
    Optional<RatioInterval> interval,
    OptionalDouble p,
    Judgement judgement,
    String note) {}
