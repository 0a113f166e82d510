// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadValue;

/**
 * One size of a benchmark.
 *
 * @param memoryMib resident set of the program, MiB
 * @param iterations timed iterations of one repetition
 * @param program the benchmark's own keys, of which the guest's build knows more
 */
public record ProblemClass(
    @JsonProperty(required = true) int memoryMib,
    @JsonProperty(required = true) int iterations,
    @JsonAnySetter Map<String, Object> program) {

  public ProblemClass {
    if (memoryMib < 1) {
      throw new BadValue("memory_mib", memoryMib + ", allowed: 1 or more");
    }
  }

  @JsonAnyGetter
  @Override
  public Map<String, Object> program() {
    return program;
  }

  /** Resident set of the program. */
  public DataSize memory() {
    return new DataSize((long) memoryMib << 20);
  }
}
