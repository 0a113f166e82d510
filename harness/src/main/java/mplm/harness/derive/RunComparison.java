// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.report.MethodSummary;
import mplm.harness.report.Outcome;

/**
 * Two runs side by side, by experiment and method.
 *
 * @param base what is compared with
 * @param candidate what is compared
 */
public record RunComparison(RunDerivation base, RunDerivation candidate) {
  /**
   * What of hosts, link, guest or experiments differs and may explain another result, such as {@code source.cpu: A, B}; empty if the
   * two can be compared. The engine may differ: that is what is compared.
   */
  public List<String> obstacles() {
    return RunStamp.of(base.manifest()).differences(RunStamp.of(candidate.manifest()), RunStamp.KIND);
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
