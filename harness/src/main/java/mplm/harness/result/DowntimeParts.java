// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;

/**
 * What a downtime consists of, in order, from both hypervisors' traces. Each is a difference of times of one host's clock, or of two
 * such differences. Together they are QEMU's own downtime.
 *
 * @param stop source: until the guest stands still
 * @param lastFetch source: until the dirty log was fetched for the last time
 * @param finalMemory source: until the pages that were left are sent
 * @param deviceState source: until the state of vCPUs and devices is sent
 * @param load both: what then was under way arrives and is loaded, until the destination has all
 * @param resume destination: until the guest runs, or at least may
 */
public record DowntimeParts(
    Duration stop, Duration lastFetch, Duration finalMemory, Duration deviceState, Duration load, Duration resume) {}
