// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.unit.DataSize;

/**
 * The part of a migration in which the guest ran at the destination while pages were still at the source.
 *
 * @param length from the guest's start at the destination to the end, by the controller's clock; empty if its start was not seen
 * @param sent bytes on the wire meanwhile: QEMU's {@code postcopy-bytes}
 * @param requests pages for which the guest waited and that the destination asked for: QEMU's {@code postcopy-requests}
 * @param blocktime while all vCPUs waited for pages: QEMU's {@code postcopy-blocktime}; empty if the destination did not tell it
 * @param recoveries how often a stream that broke was made anew
 */
public record PostcopyPhase(Optional<Duration> length, DataSize sent, long requests, Optional<Duration> blocktime, int recoveries) {
  /**
   * Makes it from what the two sides answered to {@code query-migrate} at the end.
   *
   * @return empty if the migration had no such part
   */
  static Optional<PostcopyPhase> of(JsonNode source, JsonNode destination, Optional<Duration> length, int recoveries) {
    JsonNode ram = source.path("ram");
    if (!happened(source)) {
      return Optional.empty();
    }
    JsonNode blocked = destination.path("postcopy-blocktime");
    return Optional.of(new PostcopyPhase(length, new DataSize(ram.path("postcopy-bytes").asLong()), ram.path("postcopy-requests").asLong(),
        blocked.isMissingNode() ? Optional.empty() : Optional.of(Duration.ofMillis(blocked.asLong())), recoveries));
  }

  /** Whether the source's answer tells of pages that were sent then. */
  static boolean happened(JsonNode source) {
    return source.path("ram").path("postcopy-bytes").asLong() > 0;
  }
}
