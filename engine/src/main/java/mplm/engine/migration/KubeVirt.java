// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mplm.engine.unit.Durations;

/**
 * Stock pre-copy as KubeVirt's stall detector controls it (feature gate MigrationStallDetection, 2026, with {@code
 * allowWorkloadDisruption} and without post-copy): see {@link Stall}. When it stops the guest it makes the maximum tolerable downtime as
 * long as QEMU takes, 2000 s. Without that permission KubeVirt cancels what would stand still for longer than 1.5 times 900 ms, which is
 * not what a comparison of moves is about.
 *
 * @param window KubeVirt's {@code stallProgressTimeout}, 40 s
 * @param first the maximum tolerable downtime before it stops the guest: QEMU's default, 300 ms, less in proportion
 */
public record KubeVirt(Duration window, Duration first) implements RuledPrecopy {
  static final Methods.Form FORM = new Methods.Form("kubevirt", "kubevirt[:window=DURATION,first=DURATION]",
      "stock pre-copy as KubeVirt stops it once it has stalled", true, Set.of(), KubeVirt::parse);

  private static final Duration WINDOW = Duration.ofSeconds(40);

  public KubeVirt {
    if (window.isZero()) {
      throw new IllegalArgumentException("window is more than 0s");
    }
    DowntimeRule.checkFirst(first);
  }

  static KubeVirt parse(Optional<String> text) {
    Settings settings = new Settings(FORM.name(), text, Map.of("window", "DURATION", "first", "DURATION"));
    return new KubeVirt(settings.duration("window", WINDOW), settings.duration("first", DowntimeRule.QEMUS));
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public DowntimeRule rule() {
    Stall stall = new Stall(window);
    Rounds rounds = new Rounds();
    return now -> {
      rounds.next(now).ifPresent(ram -> stall.round(now.elapsed(), ram.remaining().bytes()));
      return stall.stops() ? DowntimeRule.FORCED : first;
    };
  }

  @Override
  public KubeVirt scaled(double factor) {
    return new KubeVirt(Durations.milliseconds(seconds(window) * factor), Durations.milliseconds(seconds(first) * factor));
  }

  @Override
  public String toString() {
    List<String> settings = new ArrayList<>();
    if (!window.equals(WINDOW)) {
      settings.add("window=" + Durations.print(window));
    }
    if (!first.equals(DowntimeRule.QEMUS)) {
      settings.add("first=" + Durations.print(first));
    }
    return settings.isEmpty() ? FORM.name() : FORM.name() + ":" + String.join(",", settings);
  }
}
