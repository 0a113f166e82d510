// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.scale;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import mplm.engine.migration.Method;

/**
 * Says that an experiment is another one in proportion. In a suite's file it is the word {@code paper}; once the guest was measured it
 * has all that the proportions follow from.
 *
 * @param to {@code paper}, the only other one that is known
 * @param methods those of the suite, with the original's times, in the order of the experiment's own; null before the guest was
 *     measured
 * @param guest as it was measured here; null before
 */
public record Scaled(
    @JsonProperty(required = true) String to,
    @JsonProperty(required = true) List<Method> methods,
    @JsonProperty(required = true) WorkingSet guest) {
  private static final String PAPER = "paper";

  /** A scaling to the paper's experiment, of a guest that is yet to be measured. */
  public static final Scaled TO_PAPER = new Scaled(PAPER, null, null);

  /** Reads a suite's word; {@link IllegalArgumentException} for another one. */
  public static Scaled parse(String text) {
    if (!text.equals(PAPER)) {
      throw new IllegalArgumentException("'" + text + "' is unknown, allowed: " + PAPER);
    }
    return TO_PAPER;
  }

  /** Whether the guest was measured. */
  public boolean measured() {
    return guest != null;
  }

  /** The original of one of the experiment's methods. */
  public Optional<Method> original(List<Method> own, Method method) {
    int at = own.indexOf(method);
    return methods == null || at < 0 || at >= methods.size() ? Optional.empty() : Optional.of(methods.get(at));
  }
}
