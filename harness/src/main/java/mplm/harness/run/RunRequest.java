// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.time.Duration;
import mplm.harness.calibration.Calibrations;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;

/**
 * What is to be run.
 *
 * @param shard the part of the suite
 * @param seed of the order of its trials
 * @param budget of time, for a run that compares engines
 * @param calibrations those that scaled experiments follow from
 */
public record RunRequest(Suite suite, Shard shard, long seed, Duration budget, Calibrations calibrations) {
  /** The whole suite by one engine. */
  public static RunRequest of(Suite suite) {
    return new RunRequest(suite, Shard.WHOLE, 1, Duration.ZERO, Calibrations.inCache(false));
  }
}
