// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The mathematics of comparisons, of plain numbers: means and medians; tests of what was made in rounds ({@link
 * mplm.harness.statistics.Exchange} of {@link mplm.harness.statistics.SignedRanks}) and of what was not ({@link
 * mplm.harness.statistics.RankSum}, {@link mplm.harness.statistics.FisherExact}, {@link mplm.harness.statistics.Holm}); intervals of
 * ratios, looks before the end ({@link mplm.harness.statistics.Looks}), points of change ({@link
 * mplm.harness.statistics.ChangePoints}). Nothing here knows what a trial is.
 */
package mplm.harness.statistics;
