// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import mplm.engine.unit.DataSize;

/**
 * The {@code mplm} object of {@code query-migrate}, field by field.
 *
 * @param policy the scheduler's policy
 * @param schedulerHash SHA-256 of the scheduler's source that this QEMU was built with
 * @param epochs epochs begun
 * @param dirtyPages pages left in the dirty set
 * @param nondirtyPages pages left in the non-dirty set
 * @param dirtySent pages sent from the dirty set
 * @param nondirtySent pages sent from the non-dirty set
 * @param visits page visits of both pointers
 * @param fetched dirtied pages that all fetches reported
 * @param liveTime length of the live stage so far
 * @param stopPages pages left when the guest was stopped
 * @param stopBytes what was left of memory when the guest was stopped
 * @param end why the live stage ended: {@code none}, {@code nondirty-empty}, {@code requested}
 */
public record MplmFigures(
    String policy,
    String schedulerHash,
    long epochs,
    long dirtyPages,
    long nondirtyPages,
    long dirtySent,
    long nondirtySent,
    long visits,
    long fetched,
    Duration liveTime,
    long stopPages,
    DataSize stopBytes,
    String end) {

  static MplmFigures of(JsonNode mplm) {
    return new MplmFigures(
        mplm.required("policy").asText(),
        mplm.required("scheduler-hash").asText(),
        mplm.required("epochs").asLong(),
        mplm.required("dirty-pages").asLong(),
        mplm.required("nondirty-pages").asLong(),
        mplm.required("dirty-sent").asLong(),
        mplm.required("nondirty-sent").asLong(),
        mplm.required("visits").asLong(),
        mplm.required("fetched").asLong(),
        Duration.ofMillis(mplm.required("live-time").asLong()),
        mplm.required("stop-pages").asLong(),
        new DataSize(mplm.required("stop-bytes").asLong()),
        mplm.required("end").asText());
  }
}
