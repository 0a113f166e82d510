// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import mplm.harness.input.BadValue;

/**
 * A program that runs in the guest; a file {@code npb-configs/NAME.yaml}.
 *
 * @param name as the guest knows it, lower case
 * @param title what it computes, one line
 * @param source where its definition and verification values are from
 * @param classes its sizes by letter, in the order of the file
 */
public record Benchmark(
    @JsonProperty(value = "benchmark", required = true) String name,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) String source,
    @JsonProperty(required = true) Map<String, ProblemClass> classes) {

  public Benchmark {
    if (classes == null || classes.isEmpty()) {
      throw new BadValue("classes", "empty, allowed: at least one class");
    }
  }
}
