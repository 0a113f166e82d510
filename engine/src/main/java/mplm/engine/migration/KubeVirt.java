// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import mplm.engine.unit.Durations;

/**
 * Stock pre-copy as KubeVirt's stall detector controls it (feature gate MigrationStallDetection, 2026, with {@code
 * allowWorkloadDisruption} and without post-copy): see {@link Stall}. When it stops the guest it makes the maximum tolerable downtime as
 * long as QEMU takes, 2000 s. Without that permission KubeVirt cancels what would stand still for longer than 1.5 times 900 ms, which is
 * not what a comparison of moves is about.
 *
 * @param window KubeVirt's {@code stallProgressTimeout}, 40 s
 */
public record KubeVirt(Duration window) implements RuledPrecopy {
  static final String NAME = "kubevirt";

  private static final Duration WINDOW = Duration.ofSeconds(40);

  public KubeVirt {
    if (window.isZero()) {
      throw new IllegalArgumentException("window is more than 0s");
    }
  }

  static KubeVirt parse(Optional<String> text) {
    return new KubeVirt(new Settings(NAME, text, Map.of("window", "DURATION")).duration("window", WINDOW));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DowntimeRule rule() {
    Stall stall = new Stall(window);
    Rounds rounds = new Rounds();
    return now -> {
      rounds.next(now).ifPresent(ram -> stall.round(now.elapsed(), ram.remaining().bytes()));
      return stall.stops() ? DowntimeRule.FORCED : DowntimeRule.QEMUS;
    };
  }

  @Override
  public KubeVirt scaled(double factor) {
    return new KubeVirt(Durations.milliseconds(window.toNanos() / 1e9 * factor));
  }

  @Override
  public String toString() {
    return window.equals(WINDOW) ? NAME : NAME + ":window=" + Durations.print(window);
  }
}
