// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import mplm.engine.guest.GuestShape;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.input.BadValue;

/**
 * A benchmark in a guest, a link, and the methods that are compared on it. Every key of the file is required: an experiment says
 * all about itself.
 *
 * @param name unique in its suite, also the name of its chart
 * @param benchmark the guest's program
 * @param problemClass its size
 * @param vcpus of the guest, and threads of the program
 * @param memory of the guest
 * @param link rate to which the migration link is shaped
 * @param methods each is one trial a repetition
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
    @JsonProperty(required = true) Bandwidth link,
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

  public Experiment {
    if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new BadValue("name", "'" + name + "', allowed: letters, digits, '.', '_', '-'");
    }
    if (!benchmark.classes().containsKey(problemClass)) {
      throw new BadValue("class", "unknown class '" + problemClass + "' of " + benchmark.name() + ", allowed: "
          + String.join(", ", benchmark.classes().keySet()));
    }
    try {
      new GuestShape(vcpus, memory);
    } catch (IllegalArgumentException e) {
      throw new BadValue(vcpus < 1 || vcpus > 255 ? "vcpus" : "memory", e.getMessage());
    }
    DataSize program = benchmark.classes().get(problemClass).memory();
    if (memory.bytes() - memory.bytes() / RESERVE_SHARE < program.bytes() + RESERVE.bytes()) {
      throw new BadValue("memory", benchmark.name() + " class " + problemClass + " does not fit a guest of " + memory
          + ": the program takes " + program + ", the kernel " + RESERVE + " and 1/" + RESERVE_SHARE + " of the memory");
    }
    if (methods == null || methods.isEmpty() || new HashSet<>(methods).size() < methods.size()) {
      throw new BadValue("methods", methods + ", allowed: at least one, each once");
    }
    methods = List.copyOf(methods);
    if (limitPasses < 3) {
      throw new BadValue("limit_passes", limitPasses + ", allowed: 3 or more");
    }
  }

  /** The guest. */
  public GuestShape guest() {
    return new GuestShape(vcpus, memory);
  }

  /** When a migration of a guest that uses so much memory is cancelled, in whole seconds. */
  public Duration limit(DataSize used) {
    Duration passes = Duration.ofSeconds((long) Math.ceil((double) used.bytes() * limitPasses / link.bytesPerSecond()));
    return passes.compareTo(limitAtLeast) > 0 ? passes : limitAtLeast;
  }

  /** Such as {@code MG class W, 2 vCPUs, 1GiB, 60Mbit/s}. */
  public String title() {
    return benchmark.name().toUpperCase(Locale.ROOT) + " class " + problemClass + ", " + guest() + ", " + link;
  }

  Experiment withClass(String other) {
    return new Experiment(name, benchmark, other, vcpus, memory, link, methods, repeats, readyWithin, finishWithin,
        limitPasses, limitAtLeast, verifyMemory);
  }

  Experiment withMethods(List<Method> others) {
    return new Experiment(name, benchmark, problemClass, vcpus, memory, link, others, repeats, readyWithin, finishWithin,
        limitPasses, limitAtLeast, verifyMemory);
  }

  Experiment withMemoryVerified() {
    return new Experiment(name, benchmark, problemClass, vcpus, memory, link, methods, repeats, readyWithin, finishWithin,
        limitPasses, limitAtLeast, true);
  }
}
