// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is to be done, before anything is: a {@link mplm.harness.suite.Suite} lists {@link mplm.harness.suite.Experiment}s, each a
 * {@link mplm.harness.suite.Benchmark} of some {@link mplm.harness.suite.ProblemClass} in a guest on a link and the methods to
 * compare, and is planned into {@link mplm.harness.suite.PlannedTrial}s. All of it is read from the files of {@link
 * mplm.harness.suite.NpbConfigs}, strictly: what cannot be run is refused here, in one line.
 */
package mplm.harness.suite;
