// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What came out of trials, as typed values. {@link mplm.harness.result.TrialRow} is one trial, {@link mplm.harness.result.Cell}
 * one method of one experiment over its repetitions, {@link mplm.harness.result.MethodSummary} its medians. Nothing here reads,
 * writes or draws.
 */
package mplm.harness.result;
