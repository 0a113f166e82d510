// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import mplm.harness.result.Cell;

/**
 * The elbow of stock pre-copy's curve: the setting whose migration time and downtime, each as a share of the largest of the curve, lie
 * nearest to zero together. Whoever knows the curve would choose it.
 */
public final class Elbow {
  private static final int POINTS = 3;

  private Elbow() {}

  /**
   * The elbow among the cells of one experiment; empty with fewer than three settings, as a curve of two points has no elbow. A
   * setting that did not converge bends the curve, and is never its elbow.
   */
  public static Optional<Cell> of(List<Cell> ofOneExperiment) {
    List<Cell> stock = Cell.stock(ofOneExperiment);
    List<Cell> timed = stock.stream().filter(cell -> cell.total().isPresent()).toList();
    double longest = stock.stream().flatMap(cell -> cell.trials().stream())
        .mapToDouble(row -> Cell.total(row).orElse(Cell.atLeast(row).orElse(0))).max().orElse(0);
    long told = stock.stream().filter(cell -> cell.trials().stream()
        .anyMatch(row -> Cell.total(row).isPresent() || Cell.atLeast(row).isPresent())).count();
    double most = timed.stream().mapToDouble(Elbow::downtime).max().orElse(0);
    return told < POINTS ? Optional.empty() : timed.stream().min(Comparator.comparingDouble(
        cell -> Math.hypot(cell.total().orElseThrow().value() / longest, downtime(cell) / most)));
  }

  private static double downtime(Cell cell) {
    return cell.downtime().orElseThrow().value();
  }
}
