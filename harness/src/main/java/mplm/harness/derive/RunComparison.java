// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import mplm.harness.record.RunManifest;
import mplm.harness.report.MethodSummary;
import mplm.harness.report.Outcome;
import mplm.harness.suite.Experiment;

/**
 * Two runs side by side, by experiment and method.
 *
 * @param base what is compared with
 * @param candidate what is compared
 */
public record RunComparison(RunDerivation base, RunDerivation candidate) {
  /** Of the environment: where a machine is, not what it is. */
  private static final Set<String> PLACES = Set.of("name", "address", "migration_address");
  /** Numbers that are measured, or counted after the kernel took its share, differ by so much of themselves. */
  private static final double NOISE = 0.05;

  /**
   * What of hosts, link, guest or experiments differs and may explain another result, such as {@code source.cpu: A, B}; empty if the
   * two can be compared. The engine may differ: that is what is compared.
   */
  public List<String> obstacles() {
    Map<String, String> one = stamp(base.manifest());
    Map<String, String> other = stamp(candidate.manifest());
    Set<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      String here = one.getOrDefault(key, "nothing");
      String there = other.getOrDefault(key, "nothing");
      if (!same(here, there)) {
        differences.add(key + ": " + here + ", " + there);
      }
    }
    return differences;
  }

  /** A line a method below a header: medians, their ratio, and how many trials completed of how many. */
  public String table() throws IOException {
    StringBuilder text = new StringBuilder(String.format("%-14s %-24s %29s   %29s%n", "", "", "migration time, s", "downtime, s"));
    text.append(String.format("%-14s %-24s %9s %9s %9s   %9s %9s %9s   %s%n", "experiment", "method", "base", "candidate", "ratio",
        "base", "candidate", "ratio", "completed"));
    List<MethodSummary> others = MethodSummary.of(candidate.rows());
    for (MethodSummary one : MethodSummary.of(base.rows())) {
      Optional<MethodSummary> other = others.stream()
          .filter(o -> o.experiment().equals(one.experiment()) && o.method().equals(one.method())).findFirst();
      other.ifPresent(o -> text.append(String.format("%-14s %-24s %s   %s   %s of %s, %s of %s%n", one.experiment(), one.method(),
          cells(one.total(), o.total()), cells(one.downtime(), o.downtime()), completed(one), trials(one), completed(o), trials(o))));
    }
    return text.toString();
  }

  private static Map<String, String> stamp(RunManifest manifest) {
    Map<String, String> stamp = new TreeMap<>();
    manifest.environment().forEach((machine, keys) -> keys.forEach((key, value) -> {
      if (!PLACES.contains(key)) {
        stamp.put(machine + "." + key, value);
      }
    }));
    stamp.put("testbed", manifest.setting().testbed());
    stamp.put("shaping", manifest.setting().shaping());
    stamp.put("accelerator", manifest.setting().accelerator().toString());
    stamp.put("guest", manifest.setting().guestHash());
    for (Experiment experiment : manifest.experiments()) {
      stamp.put("experiment " + experiment.name(), experiment.title());
    }
    return stamp;
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

  private static String cells(OptionalDouble one, OptionalDouble other) {
    String ratio = one.isPresent() && other.isPresent() ? String.format(Locale.ROOT, "%.3f", other.getAsDouble() / one.getAsDouble()) : "-";
    return String.format("%9s %9s %9s", text(one), text(other), ratio);
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "-";
  }

  private static long completed(MethodSummary summary) {
    return summary.outcomes().getOrDefault(Outcome.COMPLETED, 0L);
  }

  private static long trials(MethodSummary summary) {
    return summary.outcomes().values().stream().mapToLong(Long::longValue).sum();
  }
}
