// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import mplm.harness.result.Cell;
import mplm.harness.statistics.Mean;
import org.hipparchus.stat.descriptive.rank.Median;

/**
 * How far a measured mean is from the published value of the same benchmark and setting, in proportion where the experiment is
 * scaled.
 *
 * @param cell what was measured
 * @param quantity {@code total} or {@code downtime}
 * @param measured seconds
 * @param published seconds
 * @param deviations what of the set-up is not as published: unless this is empty or the experiment is scaled, the two are not
 *     comparable
 */
public record Distance(Cell cell, String quantity, Mean measured, double published, List<String> deviations) {

  /** The distances of all cells that completed and have a published value. */
  public static List<Distance> of(List<Cell> cells, Published published) {
    return cells.stream().flatMap(cell -> published.of(cell).stream().flatMap(point -> Stream.concat(
        of(cell, "total", cell.total().stream(), point.total()), of(cell, "downtime", cell.downtime().stream(), point.downtime()))))
        .toList();
  }

  private static Stream<Distance> of(Cell cell, String quantity, Stream<Mean> measured, OptionalDouble published) {
    return published.isEmpty() ? Stream.empty() : measured.map(mean -> new Distance(cell, quantity, mean, published.getAsDouble(),
        Published.deviations(cell.experiment(), cell.setting())));
  }

  /** How far the comparable values of an experiment are from the published ones: the median of {@link #passes} without their sign, by name. */
  public static Map<String, Double> medians(List<Distance> distances) {
    Map<String, List<Double>> sizes = new LinkedHashMap<>();
    distances.stream().filter(Distance::comparable).forEach(distance -> distance.passes().ifPresent(passes ->
        sizes.computeIfAbsent(distance.cell.experiment().name(), none -> new ArrayList<>()).add(Math.abs(passes))));
    Map<String, Double> medians = new LinkedHashMap<>();
    sizes.forEach((name, all) -> medians.put(name, new Median().evaluate(all.stream().mapToDouble(Double::doubleValue).toArray())));
    return medians;
  }

  /** Whether the set-up is the published one, at least in proportion. */
  public boolean comparable() {
    return Size.of(cell) != Size.OTHER;
  }

  /** The same as {@link #seconds} in passes over used memory; empty if no trial got so far. */
  public OptionalDouble passes() {
    OptionalDouble pass = cell.pass();
    return pass.isEmpty() ? pass : OptionalDouble.of(seconds() / pass.getAsDouble());
  }

  /** Seconds by which the measured value is longer. */
  public double seconds() {
    return measured.value() - published;
  }

  /** The measured value over the published one. */
  public double ratio() {
    return measured.value() / published;
  }
}
