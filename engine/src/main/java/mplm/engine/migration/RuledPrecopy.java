// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.PrecopyModel;

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
  default Optional<Model> model() {
    return Optional.of(new PrecopyModel(first(), () -> {
      DowntimeRule rule = rule();
      return look -> rule.at(Progress.simulated(look));
    }));
  }

  @Override
  default boolean isControl() {
    return true;
  }
}
