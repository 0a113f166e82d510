// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * Whether migrations got better or worse: two sets of rows, compared cell by cell (an experiment and a method) and metric by
 * metric. {@link mplm.harness.verdict.Comparison} is the rule, the rest its mathematics ({@link mplm.harness.verdict.RankTest},
 * {@link mplm.harness.verdict.FisherTest}, {@link mplm.harness.verdict.Holm}, {@link mplm.harness.verdict.RatioInterval}) and, for
 * trials that are made until it is clear, {@link mplm.harness.verdict.Looks}.
 */
package mplm.harness.verdict;
