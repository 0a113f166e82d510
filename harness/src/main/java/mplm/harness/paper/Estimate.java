// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.engine.unit.Durations.seconds;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.unit.DataSize;
import mplm.harness.scale.Scaling;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;

/**
 * What a plan will take, from its keys and the published values: before anything is measured this is all that can be known.
 *
 * @param expected if migrations take as long as published, or where nothing is published as long as {@link #migration} says
 * @param most if every trial takes all the time that it is allowed
 * @param disk for what is recorded and derived, on the controller
 */
public record Estimate(Duration expected, Duration most, DataSize disk) {
  /** The time to boot, warm up and tear down. */
  private static final double AROUND_S = 30;
  /** The longest wait for the moment of a migration, after its program's pace is known. */
  private static final double MOMENT_S = 60;
  /** The time to measure the guest of a scaled experiment. */
  private static final double MEASURE_S = 60;
  /** Records: looks at two hypervisors, heartbeats, echoes. {@code quick} wrote 13 kB per second. */
  private static final double RECORDED_BYTES_PER_S = 16e3;
  /** Charts and tables of a trial, and its part of the report. */
  private static final double DERIVED_BYTES = 300e3;
  /** The memory that a guest takes beside its program. */
  private static final long KERNEL_BYTES = 96L << 20;

  /** Estimates the trials that are yet to be made. */
  public static Estimate of(List<PlannedTrial> plan) {
    Published published = Published.read();
    double expected = MEASURE_S * plan.stream().map(PlannedTrial::experiment).filter(e -> e.link() == null).distinct().count();
    double most = 0;
    for (PlannedTrial planned : plan) {
      Experiment experiment = planned.experiment();
      double limit = limit(experiment);
      double program = experiment.repeats() ? 0 : program(experiment, published).orElse(0);
      double migration = planned.method().migrates() ? migration(experiment, planned.method(), limit, published) : 0;
      expected += AROUND_S + Math.max(migration, program);
      most += seconds(experiment.readyWithin().multipliedBy(2).plus(experiment.finishWithin())) + limit
          + (experiment.repeats() && planned.method().migrates() ? Math.min(limit, seconds(experiment.finishWithin())) + MOMENT_S : 0);
    }
    return new Estimate(Duration.ofSeconds(Math.round(expected)), Duration.ofSeconds(Math.round(most)),
        new DataSize(Math.round(expected * RECORDED_BYTES_PER_S + plan.size() * DERIVED_BYTES)));
  }

  /** The estimate in a sentence that says what it is. */
  public String sentence() {
    return String.format(Locale.ROOT,
        "estimated from the suite's keys and the published values, not measured: about %s (at most %s, if every trial takes all the"
            + " time that it is allowed), about %.0f MB of disk for records and report", text(expected), text(most),
                disk.bytes() / 1e6);
  }

  /** The limit in seconds; that of a scaled experiment whose guest is not measured has a pass of the usual length. */
  private static double limit(Experiment experiment) {
    return experiment.link() != null ? seconds(experiment.limit(used(experiment)))
        : experiment.limitPasses() * seconds(Scaling.USUAL);
  }

  /** The published time in proportion; a migration that could not even send what MPLM stops with lasts until its limit, for programs repeat. */
  private static double scaled(Experiment experiment, Method method, double limit, Published published) {
    double factor = experiment.scaling().map(Scaling::factor)
        .orElseGet(() -> (double) Scaling.USUAL.toNanos() / experiment.benchmark().paper().pass().toNanos());
    OptionalDouble x = maxTolerableDowntime(experiment.original(method));
    List<Published.Point> points = published.of(experiment.benchmark().name());
    double least = points.stream().filter(Published.Point::mplm).mapToDouble(point -> point.downtime().getAsDouble()).findFirst()
        .orElse(0);
    OptionalDouble known = points.stream().filter(point -> point.maxTolerableDowntime().equals(x)).map(Published.Point::total)
        .findFirst().orElse(OptionalDouble.empty());
    boolean ends = x.isEmpty() || x.getAsDouble() > 0.9 * least;
    return ends ? Math.min(limit, factor * known.orElse(seconds(experiment.benchmark().paper().pass().multipliedBy(2)))) : limit;
  }

  private static OptionalDouble maxTolerableDowntime(Method method) {
    return method.toleratedDowntime().map(limit -> OptionalDouble.of(seconds(limit))).orElse(OptionalDouble.empty());
  }

  /** Published at this size; else two passes, or the limit if not even one pass fits the maximum tolerable downtime. */
  private static double migration(Experiment experiment, Method method, double limit, Published published) {
    if (experiment.scaled() != null) {
      return scaled(experiment, method, limit, published);
    }
    OptionalDouble x = maxTolerableDowntime(method);
    OptionalDouble known = fullSize(experiment) ? published.of(experiment.benchmark().name()).stream()
        .filter(point -> point.maxTolerableDowntime().equals(x)).map(Published.Point::total).findFirst()
            .orElse(OptionalDouble.empty())
        : OptionalDouble.empty();
    double pass = (double) used(experiment).bytes() / experiment.link().bytesPerSecond();
    boolean ends = x.isEmpty() || x.getAsDouble() >= pass;
    return Math.min(limit, known.orElse(ends ? 2 * pass : program(experiment, published).orElse(limit)));
  }

  /** The program's run time: a migration that only the program's end stops lasts as long. */
  private static OptionalDouble program(Experiment experiment, Published published) {
    return experiment.scaled() == null && fullSize(experiment) ? published.of(experiment.benchmark().name()).stream()
        .map(Published.Point::total).filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).max()
        : OptionalDouble.empty();
  }

  private static boolean fullSize(Experiment experiment) {
    return Published.deviations(experiment, Accelerator.KVM).isEmpty();
  }

  private static DataSize used(Experiment experiment) {
    return new DataSize(experiment.benchmark().classes().get(experiment.problemClass()).memory().bytes() + KERNEL_BYTES);
  }

  private static String text(Duration duration) {
    return duration.compareTo(Duration.ofHours(2)) > 0 ? duration.toHours() + " h"
        : duration.compareTo(Duration.ofMinutes(2)) > 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
  }
}
