// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.Map;

/** Stock pre-copy whose maximum tolerable downtime an orchestrator's rule changes as it goes on. */
interface RuledPrecopy extends Method {
  /** The maximum tolerable downtime at the beginning. */
  Duration first();

  /** A fresh one for each migration, for it may remember rounds. */
  DowntimeRule rule();

  @Override
  default Map<String, Object> parameters() {
    return Map.of("downtime-limit", first().toMillis());
  }

  @Override
  default Steering steering() {
    return rule().from(first());
  }

  @Override
  default boolean isControl() {
    return true;
  }
}
