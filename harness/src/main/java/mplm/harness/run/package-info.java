// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One execution of a suite. {@link mplm.harness.run.SuiteRun} makes every trial of the plan one TestNG invocation, on the
 * {@link mplm.harness.run.Site}s that it opened; {@link mplm.harness.run.PairWorker} makes the trials of one pair of hosts,
 * {@link mplm.harness.run.Rounds} says when a comparison of engines has seen enough, {@link mplm.harness.run.RunFolder} is
 * where it all goes.
 */
package mplm.harness.run;
