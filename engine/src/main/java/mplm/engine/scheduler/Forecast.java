// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import java.time.Duration;

/**
 * What a policy expects of the guest, at the begin of an epoch.
 *
 * @param period of the guest's writes; zero if none is seen
 * @param confidence that they repeat, percent
 * @param stop until the stop that is planned
 * @param downtime for the pages that will be left then
 */
public record Forecast(Duration period, int confidence, Duration stop, Duration downtime) {}
