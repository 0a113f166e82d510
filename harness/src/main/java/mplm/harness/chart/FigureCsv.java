// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.chart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.harness.paper.Published;
import mplm.harness.paper.Size;
import mplm.harness.result.Cell;
import mplm.harness.result.Outcome;
import mplm.harness.statistics.Mean;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Csv;

/** The file {@code figure.csv}: all that the figures show, a line a point, measured and published apart. */
public final class FigureCsv {
  private static final List<String> HEADER = List.of("source", "experiment", "benchmark", "method", "max_tolerable_downtime_s",
      "completed", "total_s_mean", "total_s_ci95", "downtime_s_mean", "downtime_s_ci95", "not_converged", "not_converged_limit_s",
      "ended_before", "ended_before_after_s", "size", "pass_s");

  private FigureCsv() {}

  /** Writes the file in place of one that may be there. */
  public static void write(Path file, List<Cell> cells, Published published) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(HEADER);
      for (Cell cell : cells) {
        csv.write(List.of("measured", cell.experiment().name(), cell.experiment().benchmark().name(), cell.method().toString(),
            Csv.text(cell.maxTolerableDowntime()), Integer.toString(cell.completed().size()),
            value(cell.total()), interval(cell.total()), value(cell.downtime()), interval(cell.downtime()),
            Long.toString(cell.count(Outcome.NOT_CONVERGED)), longest(cell, Outcome.NOT_CONVERGED),
            Long.toString(cell.count(Outcome.ENDED_BEFORE)), longest(cell, Outcome.ENDED_BEFORE),
            Size.of(cell).toString(), Csv.text(cell.pass())));
      }
      for (String benchmark : cells.stream().map(cell -> cell.experiment().benchmark().name()).distinct().toList()) {
        for (Published.Point point : published.of(benchmark)) {
          csv.write(published(point, "", benchmark, Size.FULL));
        }
      }
      List<Experiment> experiments = cells.stream().filter(cell -> Size.of(cell) == Size.SCALED).map(Cell::experiment)
          .distinct().toList();
      for (Experiment scaled : experiments) {
        for (Published.Point point : published.of(scaled)) {
          csv.write(published(point, scaled.name(), scaled.benchmark().name(), Size.SCALED));
        }
      }
    }
  }

  private static List<String> published(Published.Point point, String experiment, String benchmark, Size size) {
    return List.of("published", experiment, benchmark, point.mplm() ? "mplm" : "precopy", Csv.text(point.maxTolerableDowntime()),
        "",
        Csv.text(point.total()), "", Csv.text(point.downtime()), "", "", "", "", "", size.toString(), "");
  }

  private static String value(Optional<Mean> mean) {
    return mean.map(m -> Csv.text(OptionalDouble.of(m.value()))).orElse("");
  }

  private static String interval(Optional<Mean> mean) {
    return mean.map(m -> Csv.text(m.halfWidth())).orElse("");
  }

  private static String longest(Cell cell, Outcome outcome) {
    return cell.lasted(outcome).max(Comparator.naturalOrder()).map(lasted -> Csv.text(OptionalDouble.of(lasted))).orElse("");
  }
}
