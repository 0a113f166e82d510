// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One migration. {@link mplm.harness.trial.Trial} reads as the experiment does: boot, warm up, migrate, compare memory, verify.
 * {@link mplm.harness.trial.TrialGuest} is its guest on both hosts, {@link mplm.harness.trial.MemoryComparison} compares both
 * sides' memory.
 */
package mplm.harness.trial;
