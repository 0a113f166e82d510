// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.scheduler.Forecast;
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
 * @param stopPages pages left when the guest was stopped; empty before
 * @param stopBytes the same as an amount of memory
 * @param forecast what the policy expected when the last epoch began; empty if it saw no period
 * @param end why the live stage ended: {@code none}, {@code nondirty-empty}, {@code requested}, {@code planned}, {@code budget}
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
    Optional<Long> stopPages,
    Optional<DataSize> stopBytes,
    Optional<Forecast> forecast,
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
        Optional.ofNullable(mplm.get("stop-pages")).map(JsonNode::asLong),
        Optional.ofNullable(mplm.get("stop-bytes")).map(JsonNode::asLong).map(DataSize::new),
        Optional.ofNullable(mplm.get("forecast-period")).map(period -> new Forecast(Duration.ofMillis(period.asLong()),
            mplm.required("forecast-confidence").asInt(), Duration.ofMillis(mplm.required("forecast-stop").asLong()),
            Duration.ofMillis(mplm.required("forecast-downtime").asLong()))),
        mplm.required("end").asText());
  }
}
