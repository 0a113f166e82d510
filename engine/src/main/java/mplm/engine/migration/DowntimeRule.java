// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Patience.ANSWER;

import java.time.Duration;
import java.util.Map;
import mplm.engine.unit.Durations;

/** What an orchestrator makes QEMU's maximum tolerable downtime while stock pre-copy goes on. It is asked once per poll, in order. */
@FunctionalInterface
interface DowntimeRule {
  /** QEMU's own default. */
  Duration QEMUS = Duration.ofMillis(300);

  /** The longest that QEMU's {@code downtime-limit} can be: the guest is stopped at the next opportunity, whatever is left. */
  Duration FORCED = Duration.ofSeconds(2000);

  /** {@link IllegalArgumentException} for one that a rule cannot begin with. */
  static void checkFirst(Duration first) {
    if (first.isZero() || first.compareTo(FORCED) > 0) {
      throw new IllegalArgumentException("first is more than 0s, to 2000s, not " + Durations.print(first));
    }
  }

  /** What it is to be from now on. */
  Duration at(Progress now);

  /** Sets it at the source whenever it changes. */
  default Steering from(Duration first) {
    Duration[] set = {first};
    return (now, source, destination) -> {
      if (!now.status().equals("active")) {
        return;
      }
      Duration limit = at(now);
      if (!limit.equals(set[0])) {
        source.execute("migrate-set-parameters", Map.of("downtime-limit", limit.toMillis()), ANSWER);
        set[0] = limit;
      }
    };
  }
}
