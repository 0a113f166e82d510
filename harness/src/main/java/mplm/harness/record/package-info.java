// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a run leaves on disk before anything is derived from it: {@link mplm.harness.record.RunManifest} (what was to be done, where
 * and with what), and in the {@link mplm.harness.record.TrialFolder} of each trial what was seen, as it came: {@link
 * mplm.harness.record.Journal}, {@link mplm.harness.record.QmpRecord}, {@link mplm.harness.record.SerialRecord}, {@link
 * mplm.harness.record.CpuRecord}, QEMU's own logs. Times in them are seconds of the controller's monotonic clock since the trial
 * began, but for QEMU's traces, which carry their host's. Each file is written and read by one class; nothing here computes.
 */
package mplm.harness.record;
