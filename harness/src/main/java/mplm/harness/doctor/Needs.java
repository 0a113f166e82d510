// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import mplm.engine.unit.DataSize;
import mplm.harness.suite.Suite;

/**
 * What a suite takes of a host.
 *
 * @param suite its name
 * @param vcpus of its largest guest
 * @param memory of its largest guest
 * @param memoryFile memory of its largest guest that is compared, which lies in /dev/shm; nothing if none is
 * @param postcopy whether it moves guests by post-copy
 */
public record Needs(String suite, int vcpus, DataSize memory, DataSize memoryFile, boolean postcopy) {
  private static final DataSize NOTHING = new DataSize(0);

  /** Those of a suite. */
  public static Needs of(Suite suite) {
    return new Needs(
        suite.name(),
        suite.experiments().stream().mapToInt(experiment -> experiment.vcpus()).max().orElse(1),
        suite.experiments().stream().map(experiment -> experiment.memory()).reduce(NOTHING, Needs::larger),
        suite.experiments().stream().filter(experiment -> experiment.verifyMemory()).map(experiment -> experiment.memory())
            .reduce(NOTHING, Needs::larger),
        suite.experiments().stream().flatMap(experiment -> experiment.methods().stream())
            .anyMatch(method -> method.destinationCapabilities().contains("postcopy-ram")));
  }

  private static DataSize larger(DataSize one, DataSize other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
