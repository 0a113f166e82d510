// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import mplm.harness.input.BadValue;
import mplm.harness.scale.Proportions;

/**
 * A program that runs in the guest; a file {@code npb-configs/NAME.yaml}.
 *
 * @param name as the guest knows it, lower case
 * @param title what it computes, one line
 * @param source where its definition and verification values are from
 * @param workload how a program that is not of this kit is understood; null for one that is
 * @param paper its guest's proportions in the paper; null for one that is not in it
 * @param classes its sizes by letter, in the order of the file
 */
public record Benchmark(
    @JsonProperty(value = "benchmark", required = true) String name,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) String source,
    Workload workload,
    Proportions paper,
    @JsonProperty(required = true) Map<String, ProblemClass> classes) {
  /** The class of what has none; no file can name it. */
  public static final String NO_CLASS = "-";


  /**
   * What lines of the program's output mean, by extended regular expressions; the guest's build checks them.
   *
   * @param ready its working set stands
   * @param iteration an iteration is done; may be null
   * @param success its result is right
   * @param failure its result is wrong; may be null
   */
  public record Workload(
      @JsonProperty(required = true) String ready,
      String iteration,
      @JsonProperty(required = true) String success,
      String failure) {}

  /** A benchmark whose program is not in the paper. */
  public Benchmark(String name, String title, String source, Workload workload, Map<String, ProblemClass> classes) {
    this(name, title, source, workload, null, classes);
  }

  public Benchmark {
    if (classes == null || classes.isEmpty()) {
      throw new BadValue("classes", "empty, allowed: at least one class");
    }
  }

  /** What a simulated guest runs: nothing is booted, what its pages do is known from a trace, and it has no class. */
  public static Benchmark trace(String source) {
    return new Benchmark("trace", source, "a dirty trace", null, Map.of(NO_CLASS, new ProblemClass(1, 1, Map.of())));
  }

  /** Whether its program tells the end of each iteration, as far as the file says: a custom workload need not. */
  public boolean tellsOfIterations() {
    return workload == null || workload.iteration() != null;
  }

  /** Whether a guest is booted for it, which must then be large enough. */
  public boolean boots() {
    return !classes.containsKey(NO_CLASS);
  }
}
