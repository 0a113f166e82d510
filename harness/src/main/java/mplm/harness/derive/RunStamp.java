// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import mplm.engine.unit.Durations;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.Experiment;

/**
 * What a run was made of and where, key by key, to be held against another's: {@code source.cpu}, {@code guest}, {@code seed}.
 *
 * @param values by key
 */
public record RunStamp(Map<String, String> values) {
  /** Keys of what explains a different result, but for the engine: that is what runs are compared for. */
  static final Predicate<String> KIND = key -> !isPlace(key) && !Set.of("engine", "seed", "suite").contains(key)
      && !key.startsWith("engine ") && !key.startsWith("methods of ") && !key.startsWith("settings of ")
      && !key.startsWith("kernel arguments of ");

  /** Keys of what is the same in all parts of a run, on whichever machines of a kind they are made. */
  static final Predicate<String> PARTS = key -> !isPlace(key);

  /** Keys of what must not change while a run is made; what is measured of the link differs each time. */
  public static final Predicate<String> ONE_RUN = key -> !key.contains("link.goodput");

  /** The keys of the environment that say where a machine is, and not what it is. */
  public static final Set<String> PLACES = Set.of("name", "address", "migration_address");
  private static final Set<String> EXACT = Set.of("engine", "guest", "seed", "suite");
  /** Other numbers are measured, or counted after the kernel took its share: they differ by so much of themselves. */
  private static final double NOISE = 0.05;

  /** The stamp of a run. */
  public static RunStamp of(RunManifest manifest) {
    Map<String, String> stamp = new TreeMap<>();
    manifest.environment().forEach((machine, keys) -> keys.forEach((key, value) -> stamp.put(machine + "." + key, value)));
    stamp.keySet().removeIf(key -> key.startsWith(RunManifest.TESTBED + "."));
    stamp.put("suite", manifest.suite());
    stamp.put("seed", Long.toString(manifest.seed()));
    stamp.put("testbed", manifest.setting().testbed());
    stamp.put("shaping", manifest.setting().shaping());
    stamp.put("stream_protection", manifest.setting().protection());
    stamp.put("accelerator", manifest.setting().accelerator().toString());
    stamp.put("engine", manifest.setting().engineHash());
    if (manifest.engines() != null) {
      manifest.engines().properties().forEach((name, properties) -> stamp.put("engine " + name, properties.get("engine.hash")));
    }
    stamp.put("guest", manifest.setting().guestHash());
    for (Experiment experiment : manifest.experiments()) {
      String name = experiment.name();
      stamp.put("experiment " + name, experiment.title());
      stamp.put("program of " + name, (experiment.iterations() == null ? "all" : experiment.iterations()) + " iterations"
          + (experiment.repeats() ? ", again and again" : ", once"));
      stamp.put("methods of " + name, experiment.methods().toString());
      stamp.put("settings of " + name, "repeats " + experiment.repeats() + ", ready_within "
          + Durations.print(experiment.readyWithin()) + ", finish_within " + Durations.print(experiment.finishWithin()) + ", limit_passes " + experiment.limitPasses()
          + ", limit_at_least " + Durations.print(experiment.limitAtLeast()) + ", verify_memory " + experiment.verifyMemory());
      if (manifest.pairs().containsKey(name)) {
        stamp.put("pair of " + name, manifest.pairs().get(name));
      }
      stamp.put("kernel arguments of " + name, manifest.kernelArguments().getOrDefault(name, "none"));
    }
    return new RunStamp(stamp);
  }

  /** What differs of the keys that count, such as {@code source.cpu: A, B}. */
  public List<String> differences(RunStamp other, Predicate<String> counts) {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(other.values.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      String here = values.getOrDefault(key, "nothing");
      String there = other.values.getOrDefault(key, "nothing");
      boolean same = EXACT.contains(key) || key.startsWith("engine ") ? here.equals(there) : same(here, there);
      if (counts.test(key) && !same) {
        differences.add(key + ": " + here + ", " + there);
      }
    }
    return differences;
  }

  private static boolean isPlace(String key) {
    return PLACES.contains(key.substring(key.indexOf('.') + 1));
  }

  private static boolean same(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    try {
      double a = Double.parseDouble(one);
      double b = Double.parseDouble(other);
      return Math.abs(a - b) <= NOISE * Math.max(Math.abs(a), Math.abs(b));
    } catch (NumberFormatException e) {
      return false; // not both are numbers
    }
  }
}
