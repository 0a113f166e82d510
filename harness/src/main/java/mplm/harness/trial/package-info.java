// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The experiment itself. A {@link mplm.harness.trial.SuiteRun} takes a suite to its rows: it opens the {@link
 * mplm.harness.trial.Rig} (two hosts, provided and reserved) and makes every {@link mplm.harness.trial.Trial} one TestNG invocation.
 * A trial boots a {@link mplm.harness.trial.Machine} on each host, moves the guest, and looks whether it is well.
 */
package mplm.harness.trial;
