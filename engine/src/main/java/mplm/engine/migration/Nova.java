// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;

/**
 * Stock pre-copy as OpenStack Nova controls it: the maximum tolerable downtime begins at {@code downtime / steps} and rises in equal
 * steps to {@code downtime}, one step per {@code delay} times GiB of memory. The rule is that of {@code downtime_steps} in
 * nova/virt/libvirt/migration.py, the defaults are those of Nova's options {@code live_migration_downtime} (500 ms), {@code
 * _downtime_steps} (10) and {@code _downtime_delay} (75 s per GiB, of at least 2 GiB). At the end of Nova's {@code
 * live_migration_completion_timeout} (800 s per GiB) it aborts; here the suite's limit does that.
 *
 * @param downtime the last step, 100 ms to 2000 s with Nova; less in proportion
 * @param steps at least 3
 * @param delay per GiB
 * @param memory that the delay is reckoned by; empty for the guest's own, at least 2 GiB
 */
public record Nova(Duration downtime, int steps, Duration delay, Optional<DataSize> memory) implements RuledPrecopy {
  static final Methods.Form FORM = new Methods.Form("nova", "nova[:KEY=VALUE,...]",
      "stock pre-copy as OpenStack Nova raises its maximum tolerable downtime: downtime=DURATION, steps=NUMBER, delay=DURATION-PER-GIB, memory=SIZE",
      true, Set.of(), Nova::parse);

  private static final Nova DEFAULT = new Nova(Duration.ofMillis(500), 10, Duration.ofSeconds(75), Optional.empty());
  private static final DataSize LEAST = new DataSize(2L << 30);

  public Nova {
    if (downtime.toMillis() < steps || downtime.compareTo(DowntimeRule.FORCED) > 0) {
      throw new IllegalArgumentException("downtime is as many milliseconds as there are steps, to 2000s, not " + Durations.print(downtime));
    }
    if (steps < 3) {
      throw new IllegalArgumentException("steps is at least 3, not " + steps);
    }
    if (delay.isZero()) {
      throw new IllegalArgumentException("delay is more than 0s");
    }
  }

  static Nova parse(Optional<String> text) {
    Settings settings = new Settings(FORM.name(), text,
        Map.of("downtime", "DURATION", "steps", "NUMBER", "delay", "DURATION-PER-GIB", "memory", "SIZE"));
    return new Nova(settings.duration("downtime", DEFAULT.downtime), settings.number("steps", DEFAULT.steps),
        settings.duration("delay", DEFAULT.delay), settings.text("memory").map(DataSize::parse));
  }

  /**
   * The maximum tolerable downtime at that time of a migration.
   *
   * @param guest its memory
   */
  Duration limit(Duration elapsed, DataSize guest) {
    DataSize counted = memory.orElse(guest.compareTo(LEAST) < 0 ? LEAST : guest);
    double step = seconds(delay) * counted.bytes() / (1L << 30);
    long done = Math.min(steps, (long) Math.floor(seconds(elapsed) / step));
    double first = (double) downtime.toMillis() / steps;
    return Duration.ofMillis((long) (first + (downtime.toMillis() - first) / steps * done));
  }

  @Override
  public String name() {
    return FORM.name();
  }

  @Override
  public Duration first() {
    return limit(Duration.ZERO, LEAST);
  }

  @Override
  public DowntimeRule rule() {
    return now -> limit(now.elapsed(), now.ram().map(Progress.Ram::total).orElse(LEAST));
  }

  @Override
  public Nova scaled(double factor) {
    return new Nova(Durations.milliseconds(Math.max(steps / 1e3, seconds(downtime) * factor)), steps,
        Durations.milliseconds(seconds(delay) * factor), memory);
  }

  @Override
  public String toString() {
    List<String> settings = new ArrayList<>();
    if (!downtime.equals(DEFAULT.downtime)) {
      settings.add("downtime=" + Durations.print(downtime));
    }
    if (steps != DEFAULT.steps) {
      settings.add("steps=" + steps);
    }
    if (!delay.equals(DEFAULT.delay)) {
      settings.add("delay=" + Durations.print(delay));
    }
    memory.ifPresent(size -> settings.add("memory=" + size));
    return settings.isEmpty() ? FORM.name() : FORM.name() + ":" + String.join(",", settings);
  }
}
