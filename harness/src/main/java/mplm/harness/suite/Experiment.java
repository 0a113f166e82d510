// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import mplm.engine.guest.GuestShape;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadValue;
import mplm.harness.scale.Scaled;
import mplm.harness.scale.Scaling;
import mplm.harness.scale.WorkingSet;

/**
 * A benchmark in a guest, a link, and the methods that are compared on it. An experiment says all about itself: every key of the
 * file is required, but {@code ballast}, {@code iterations}, and {@code scaled}, which stands in place of {@code link}.
 *
 * @param name unique in its suite, also the name of its chart
 * @param benchmark the guest's program
 * @param problemClass its size
 * @param vcpus of the guest, and threads of the program
 * @param memory of the guest
 * @param ballast idle memory that the guest fills with random pages before the program starts; none by default
 * @param iterations of the program in one repetition; null for the class's own, with fewer of which it cannot verify its result
 * @param scaled what it is in proportion to; null for an experiment with times and a link of its own
 * @param link rate to which the migration link is shaped; null while the guest of a scaled one is not measured
 * @param methods each is one trial per repetition
 * @param repeats the program runs again and again until it is told to stop; if not, it runs once
 * @param readyWithin how long a guest may take from its start until its working set stands
 * @param finishWithin how long it may take at the destination until the repetition that was moved has verified
 * @param limitPasses a migration is cancelled after the time that the link takes for so many times the used memory, at least 3
 * @param limitAtLeast but not before this
 * @param verifyMemory compares all memory byte for byte while the guest stands still at both ends; its time to RESUME means nothing
 */
public record Experiment(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) Benchmark benchmark,
    @JsonProperty(value = "class", required = true) String problemClass,
    @JsonProperty(required = true) int vcpus,
    @JsonProperty(required = true) DataSize memory,
    DataSize ballast,
    Integer iterations,
    Scaled scaled,
    Bandwidth link,
    @JsonProperty(required = true) List<Method> methods,
    @JsonProperty(required = true) boolean repeats,
    @JsonProperty(required = true) Duration readyWithin,
    @JsonProperty(required = true) Duration finishWithin,
    @JsonProperty(required = true) int limitPasses,
    @JsonProperty(required = true) Duration limitAtLeast,
    @JsonProperty(required = true) boolean verifyMemory) {

  /**
   * What kernel, initramfs and page tables of a guest take: a fixed part, and one in {@link #RESERVE_SHARE} of its memory. A guest
   * of 70 MiB does not come up.
   */
  private static final DataSize RESERVE = new DataSize(96L << 20);

  private static final int RESERVE_SHARE = 32;
  /** Charts are called like experiments, but for these. */
  private static final Set<String> SHEETS = Set.of("figure", "table1");

  public Experiment {
    if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new BadValue("name", "'" + name + "', allowed: letters, digits, '.', '_', '-'");
    }
    if (SHEETS.contains(name)) {
      throw new BadValue("name", "'" + name + "' is the name of a chart of all experiments, allowed: another one");
    }
    if (!benchmark.classes().containsKey(problemClass)) {
      throw new BadValue("class", "unknown class '" + problemClass + "' of " + benchmark.name() + ", allowed: "
          + String.join(", ", benchmark.classes().keySet()));
    }
    ballast = ballast == null ? new DataSize(0) : ballast;
    if (ballast.bytes() % (1 << 20) != 0) {
      throw new BadValue("ballast", ballast + ", allowed: a multiple of 1MiB");
    }
    if (benchmark.boots()) {
      refuseTooSmall(benchmark, problemClass, vcpus, memory, ballast);
    }
    int all = benchmark.classes().get(problemClass).iterations();
    if (iterations != null && (iterations < 1 || iterations >= all)) {
      throw new BadValue("iterations", iterations + ", allowed: 1 to " + (all - 1) + ", or to leave it out for all " + all);
    }
    boolean unmeasured = scaled != null && !scaled.measured();
    if (scaled != null && benchmark.paper() == null) {
      throw new BadValue("scaled", "the paper's proportions of " + benchmark.name()
          + " are not known, allowed: a benchmark with the key paper");
    }
    if (link == null && !unmeasured) {
      throw new BadValue("link", "missing, allowed: a rate, or in its place scaled: paper");
    }
    if (link != null && unmeasured) {
      throw new BadValue("link", link + ", allowed: nothing, since a scaled experiment's link follows from its guest");
    }
    if (methods == null || methods.isEmpty() || new HashSet<>(methods).size() < methods.size()) {
      throw new BadValue("methods", methods + ", allowed: at least one, each once");
    }
    methods = List.copyOf(methods);
    if (limitPasses < 3) {
      throw new BadValue("limit_passes", limitPasses + ", allowed: 3 or more");
    }
  }

  private static void refuseTooSmall(Benchmark benchmark, String problemClass, int vcpus, DataSize memory, DataSize ballast) {
    try {
      new GuestShape(vcpus, memory);
    } catch (IllegalArgumentException e) {
      throw new BadValue(vcpus < 1 || vcpus > 255 ? "vcpus" : "memory", e.getMessage());
    }
    DataSize program = benchmark.classes().get(problemClass).memory();
    if (memory.bytes() - memory.bytes() / RESERVE_SHARE < program.bytes() + ballast.bytes() + RESERVE.bytes()) {
      throw new BadValue(ballast.bytes() == 0 ? "memory" : "ballast", benchmark.name() + " class " + problemClass
          + " does not fit a guest of " + memory + ": the program takes " + program
          + (ballast.bytes() == 0 ? "" : ", the ballast " + ballast)
          + ", the kernel " + RESERVE + " and 1/" + RESERVE_SHARE + " of the memory");
    }
  }

  /** An experiment with a link and times of its own, and without ballast. */
  public Experiment(String name, Benchmark benchmark, String problemClass, int vcpus, DataSize memory, Bandwidth link,
      List<Method> methods, boolean repeats, Duration readyWithin, Duration finishWithin, int limitPasses, Duration limitAtLeast,
      boolean verifyMemory) {
    this(name, benchmark, problemClass, vcpus, memory, null, null, null, link, methods, repeats, readyWithin, finishWithin,
        limitPasses, limitAtLeast, verifyMemory);
  }

  /** The guest. */
  public GuestShape guest() {
    return new GuestShape(vcpus, memory);
  }

  /** How it is in proportion to the paper's; empty if it is not, or its guest was not measured yet. */
  public Optional<Scaling> scaling() {
    return Optional.ofNullable(scaled).filter(Scaled::measured).map(s -> Scaling.of(s.guest(), benchmark.paper()));
  }

  /** The paper's method to which one of these corresponds: itself, but for the times of a scaled experiment. */
  public Method original(Method method) {
    return scaled == null ? method : scaled.original(methods, method).orElse(method);
  }

  /** One pass of the link over the guest's memory, seconds. Where the guest was measured, pages of zeros do not count. */
  public double pass(DataSize used) {
    DataSize counts = scaled != null && scaled.measured() ? scaled.guest().used() : used;
    return (double) counts.bytes() / link.bytesPerSecond();
  }

  /** When a migration of a guest that uses so much memory is cancelled, in whole seconds. */
  public Duration limit(DataSize used) {
    Duration passes = Duration.ofSeconds((long) Math.ceil(limitPasses * pass(used)));
    return passes.compareTo(limitAtLeast) > 0 ? passes : limitAtLeast;
  }

  /** Such as {@code MG class W, 2 vCPUs, 1GiB, 60Mbit/s}. */
  public String title() {
    return benchmark.name().toUpperCase(Locale.ROOT) + " class " + problemClass + ", " + guest()
        + (ballast.bytes() == 0 ? "" : ", " + ballast + " ballast")
        + (link == null ? "" : ", " + link) + (scaled == null ? "" : ", scaled");
  }

  /** The same with link and times in proportion, of a guest that was measured. */
  public Experiment measured(WorkingSet guest) {
    Scaling scaling = Scaling.of(guest, benchmark.paper());
    return with(problemClass, new Scaled(scaled.to(), methods, guest), scaling.link(), scaling.methods(methods), verifyMemory);
  }

  Experiment withClass(String other) {
    return with(other, scaled, link, methods, verifyMemory);
  }

  Experiment withMethods(List<Method> others) {
    return with(problemClass, scaled, link, others, verifyMemory);
  }

  Experiment withMemoryVerified() {
    return with(problemClass, scaled, link, methods, true);
  }

  private Experiment with(String otherClass, Scaled otherScaled, Bandwidth otherLink, List<Method> others, boolean verified) {
    return new Experiment(name, benchmark, otherClass, vcpus, memory, ballast, iterations, otherScaled, otherLink, others, repeats,
        readyWithin, finishWithin, limitPasses, limitAtLeast, verified);
  }
}
