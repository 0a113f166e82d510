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
 * Stock pre-copy as KubeVirt's dynamic downtime tuning controls it (kubevirt/enhancements, veps/sig-compute/291-dynamic-downtime-tuning,
 * alpha for 1.9, 2026): the maximum tolerable downtime begins low; from iteration 3 on it rises by equal steps, one per cooldown, to the
 * highest that a policy allows. Defaults are those of the proposal, whose seven levels are 150 ms to 1050 ms; the code that was merged
 * (kubevirt/kubevirt, pull request 17480) makes seven steps of 128 ms, and waits for a cooldown from the begin on. Its time-outs are not
 * followed: the suite's limit cancels.
 *
 * @param initial the first level, KubeVirt's {@code initialMs}
 * @param downtime the last, {@code maxDowntimeMs}
 * @param levels how many, first and last included, {@code steps}; at least 2
 * @param iteration QEMU's count of fetches of the dirty log at which the first cooldown begins, {@code startAfterIteration}
 * @param cooldown between two steps, {@code cooldownSeconds}
 */
public record KubeVirtSteps(Duration initial, Duration downtime, int levels, int iteration, Duration cooldown) implements RuledPrecopy {
  static final Methods.Form FORM = new Methods.Form("kubevirt-steps", "kubevirt-steps[:KEY=VALUE,...]",
      "stock pre-copy as KubeVirt raises its maximum tolerable downtime: initial=DURATION, downtime=DURATION, levels=NUMBER, iteration=NUMBER,"
          + " cooldown=DURATION", true, Set.of(), KubeVirtSteps::parse);

  private static final KubeVirtSteps DEFAULT =
      new KubeVirtSteps(Duration.ofMillis(150), Duration.ofMillis(1050), 7, 3, Duration.ofSeconds(10));

  public KubeVirtSteps {
    if (initial.isZero() || downtime.compareTo(initial) <= 0 || downtime.compareTo(DowntimeRule.FORCED) > 0) {
      throw new IllegalArgumentException("initial is more than 0s, and downtime more than that, to 2000s, not "
          + Durations.print(initial) + " and " + Durations.print(downtime));
    }
    if (levels < 2) {
      throw new IllegalArgumentException("levels is at least 2");
    }
    if (cooldown.isZero()) {
      throw new IllegalArgumentException("cooldown is more than 0s");
    }
  }

  static KubeVirtSteps parse(Optional<String> text) {
    Settings settings = new Settings(FORM.name(), text, Map.of("initial", "DURATION", "downtime", "DURATION", "levels", "NUMBER",
        "iteration", "NUMBER", "cooldown", "DURATION"));
    return new KubeVirtSteps(settings.duration("initial", DEFAULT.initial), settings.duration("downtime", DEFAULT.downtime),
        settings.number("levels", DEFAULT.levels), settings.number("iteration", DEFAULT.iteration),
        settings.duration("cooldown", DEFAULT.cooldown));
  }

  private Duration level(int steps) {
    return initial.plusMillis(Math.round((double) downtime.minus(initial).toMillis() * steps / (levels - 1)));
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Duration first() {
    return initial;
  }

  @Override
  public DowntimeRule rule() {
    Duration[] since = {null};
    int[] steps = {0};
    return now -> {
      if (since[0] == null && now.ram().filter(ram -> ram.dirtySyncCount() >= iteration).isPresent()) {
        since[0] = now.elapsed();
      }
      if (since[0] != null && steps[0] < levels - 1 && now.elapsed().minus(since[0]).compareTo(cooldown) >= 0) {
        since[0] = now.elapsed();
        steps[0]++;
      }
      return level(steps[0]);
    };
  }

  @Override
  public KubeVirtSteps scaled(double factor) {
    double least = 1e-3;
    Duration first = Durations.milliseconds(Math.max(least, seconds(initial) * factor));
    return new KubeVirtSteps(first, Durations.milliseconds(Math.max(seconds(first) + least, seconds(downtime) * factor)), levels, iteration,
        Durations.milliseconds(Math.max(least, seconds(cooldown) * factor)));
  }

  @Override
  public String toString() {
    List<String> settings = new ArrayList<>();
    if (!initial.equals(DEFAULT.initial)) {
      settings.add("initial=" + Durations.print(initial));
    }
    if (!downtime.equals(DEFAULT.downtime)) {
      settings.add("downtime=" + Durations.print(downtime));
    }
    if (levels != DEFAULT.levels) {
      settings.add("levels=" + levels);
    }
    if (iteration != DEFAULT.iteration) {
      settings.add("iteration=" + iteration);
    }
    if (!cooldown.equals(DEFAULT.cooldown)) {
      settings.add("cooldown=" + Durations.print(cooldown));
    }
    return settings.isEmpty() ? FORM.name() : FORM.name() + ":" + String.join(",", settings);
  }
}
