// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One migration. {@link mplm.harness.trial.Trial} reads as the experiment does: boot, warm up, migrate, compare memory, verify.
 * {@code TrialMachines} starts its hypervisors and ends them, {@code TrialGuest} is its guest on both hosts, {@code Program} what runs in
 * that, {@link mplm.harness.trial.MemoryComparison} compares both sides' memory, {@code TrialRecords} are the files that it writes, and
 * {@code Ending} its outcome with the reason.
 */
package mplm.harness.trial;
