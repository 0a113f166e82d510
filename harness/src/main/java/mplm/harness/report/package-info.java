// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What was seen and how it is shown. {@link mplm.harness.report.TrialRow} is one trial; {@link mplm.harness.report.Columns} says
 * what of it stands in {@code trials.csv}, {@link mplm.harness.report.Figure} and {@link mplm.harness.report.Chart} draw an
 * experiment as the paper does, {@link mplm.harness.report.Summary} is the table at the end of a run. {@link
 * mplm.harness.report.Display} shows a run in progress.
 */
package mplm.harness.report;
