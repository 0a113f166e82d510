// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.harness.paper.Claim.C4;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import mplm.harness.result.Cell;

/** {@link Claim#C4}. */
final class GrowsWithRate {
  private static final double RANK = 0.9;
  private static final double TIE = 0.05;

  private GrowsWithRate() {}

  static List<Finding> findings(List<Cell> cells) {
    return List.of(finding(cells));
  }

  private static Finding finding(List<Cell> cells) {
    RateTable all = RateTable.of(cells, Published.read());
    List<RateTable.Line> ordered = new ArrayList<>();
    for (Published.Rate rate : all.published().stream().sorted(Comparator.comparingDouble(Published.Rate::downtime)).toList()) {
      List<RateTable.Line> of = all.measured().stream()
          .filter(line -> line.experiment().benchmark().name().equalsIgnoreCase(rate.benchmark())).toList();
      if (of.isEmpty()) {
        return new Finding(C4, Finding.ALL, "no completed MPLM trial of " + rate.benchmark() + " with a dirty page rate",
            Verdict.NOT_RUN);
      }
      ordered.addAll(of);
    }
    RateTable table = new RateTable(ordered, all.published());
    boolean seconds = !table.inPasses();
    boolean inOrder = true;
    for (int i = 1; i < ordered.size(); i++) {
      double before = seconds ? ordered.get(i - 1).downtime().value() : ordered.get(i - 1).share();
      double now = seconds ? ordered.get(i).downtime().value() : ordered.get(i).share();
      inOrder &= now >= (1 - TIE) * before;
    }
    double rank = table.rank().orElseThrow();
    String lines = ordered.stream().map(line -> seconds
        ? String.format(Locale.ROOT, "%s %.2f s at %.0f pages/s", line.experiment().name(), line.downtime().value(),
            line.dirtyRate().value())
        : String.format(Locale.ROOT, "%s %.2f passes at %.2f of the link", line.experiment().name(), line.share(), line.rho()))
        .collect(Collectors.joining(", "));
    return new Finding(C4, Finding.ALL, String.format(Locale.ROOT, "%s; rank correlation %.2f", lines, rank),
        Verdict.of(rank >= RANK && inOrder));
  }
}
