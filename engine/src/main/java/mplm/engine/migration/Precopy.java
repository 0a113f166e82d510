// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import mplm.engine.simulate.Model;
import mplm.engine.simulate.PrecopyModel;
import mplm.engine.unit.Durations;

/**
 * QEMU's own pre-copy.
 *
 * @param maxTolerableDowntime QEMU's {@code downtime-limit}: 1 ms to 2000 s, in whole milliseconds
 */
public record Precopy(Duration maxTolerableDowntime) implements Method {
  /** Its curve in a figure. */
  public static final String CURVE = "stock";

  private static final Duration LONGEST = Duration.ofSeconds(2000);

  public Precopy {
    if (maxTolerableDowntime.compareTo(Duration.ofMillis(1)) < 0
        || maxTolerableDowntime.compareTo(LONGEST) > 0
        || maxTolerableDowntime.toNanos() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          "the maximum tolerable downtime is 1ms to 2000s in whole milliseconds, not " + Durations.print(maxTolerableDowntime));
    }
  }

  static Precopy parse(String downtime) {
    if (downtime.isEmpty()) {
      throw new IllegalArgumentException("precopy takes its maximum tolerable downtime, such as precopy:0.3s");
    }
    return new Precopy(Durations.parse(downtime));
  }

  @Override
  public String name() {
    return "precopy";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("downtime-limit", maxTolerableDowntime.toMillis());
  }

  @Override
  public Precopy scaled(double factor) {
    return new Precopy(Durations.milliseconds(maxTolerableDowntime.toNanos() / 1e9 * factor));
  }

  @Override
  public boolean isControl() {
    return true;
  }

  @Override
  public String curve() {
    return CURVE;
  }

  @Override
  public Optional<Duration> toleratedDowntime() {
    return Optional.of(maxTolerableDowntime);
  }

  @Override
  public Optional<Model> model() {
    return Optional.of(new PrecopyModel(maxTolerableDowntime));
  }

  @Override
  public String toString() {
    return "precopy:" + Durations.print(maxTolerableDowntime);
  }
}
