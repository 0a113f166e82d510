// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Computes what is reported from what was recorded, and does nothing else: no host, no hypervisor, no clock. A run in progress and {@code mplm
 * derive} go the same way, so a finished run is derived again byte for byte. {@link mplm.harness.derive.RunDerivation} is a run,
 * {@link mplm.harness.derive.TrialDerivation} one trial.
 */
package mplm.harness.derive;
