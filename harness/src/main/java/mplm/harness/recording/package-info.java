// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Traces of the pages that a guest dirties, recorded on real hosts for the simulator. {@link
 * mplm.harness.recording.TraceRecorder} goes through a suite, {@link mplm.harness.recording.TraceRecording} records one guest,
 * {@link mplm.harness.recording.Pace} tells whether the recording slowed it down.
 */
package mplm.harness.recording;
