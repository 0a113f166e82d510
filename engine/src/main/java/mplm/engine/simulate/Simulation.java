// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.time.Duration;
import mplm.engine.scheduler.Wire;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Durations;

/** Migrations of one guest under the same conditions; the package's description says what is simulated. */
public final class Simulation {
  private static final Duration LONGEST = Duration.ofDays(10);

  private final Trace trace;
  private final Conditions conditions;
  private final Duration limit;
  private final SwitchoverRule rule;
  private final Wire.Listener listener;

  /**
   * A simulation whose stock pre-copy follows QEMU 10.0.
   *
   * @param limit after which a migration is cancelled, 10 days at most
   */
  public Simulation(Trace trace, Conditions conditions, Duration limit) {
    this(trace, conditions, limit, SwitchoverRule.LESS_THAN_THRESHOLD);
  }

  /**
   * @param limit after which a migration is cancelled, 10 days at most
   * @param rule of stock pre-copy
   */
  public Simulation(Trace trace, Conditions conditions, Duration limit, SwitchoverRule rule) {
    this(trace, conditions, limit, rule, null);
  }

  /** Simulates with a listener that sees each page when it is sent. */
  Simulation(Trace trace, Conditions conditions, Duration limit, Wire.Listener listener) {
    this(trace, conditions, limit, SwitchoverRule.LESS_THAN_THRESHOLD, listener);
  }

  private Simulation(Trace trace, Conditions conditions, Duration limit, SwitchoverRule rule, Wire.Listener listener) {
    this.trace = trace;
    this.conditions = conditions;
    this.limit = checked(limit);
    this.rule = rule;
    this.listener = listener;
  }

  /** A limit that a migration may have; {@link IllegalArgumentException} for one that it may not. */
  public static Duration checked(Duration limit) {
    if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("the limit is more than 0s, 864000s at most, not " + Durations.print(limit));
    }
    return limit;
  }

  /** Simulates a method; {@link IllegalArgumentException} if it has no model. */
  public Simulated run(Simulable method) throws IOException {
    Model model = method.model().orElseThrow(() -> new IllegalArgumentException(method + " is not simulated"));
    try (Source source = new Source(trace, conditions, rule, listener)) {
      return model.run(source, method.toString(), limit);
    }
  }
}
