// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * Whether migrations got better or worse: two sets of rows, compared cell by cell (an experiment and a method) and metric by
 * metric. {@link mplm.harness.verdict.Comparison} is the rule, {@link mplm.harness.verdict.Quantity} what it
 * judges, {@link mplm.harness.verdict.Rules} its numbers; the mathematics is in
 * {@code statistics}.
 */
package mplm.harness.verdict;
