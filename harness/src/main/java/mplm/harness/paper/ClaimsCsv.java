// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import mplm.harness.result.Cell;
import mplm.harness.table.Csv;

/** The files {@code claims.csv} and {@code distances.csv}. */
public final class ClaimsCsv {
  private ClaimsCsv() {}

  /** A line a finding, in place of a file that may be there. */
  public static void claims(Path file, List<Finding> findings, List<Cell> cells) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(List.of("claim", "text", "rule", "experiment", "measured", "verdict", "size"));
      for (Finding finding : findings) {
        csv.write(List.of(finding.claim().name(), finding.claim().text(), finding.claim().rule(), finding.experiment(),
            finding.measured(), finding.verdict().toString(), finding.sizes(cells)));
      }
    }
  }

  /** A line a mean that has a published value, in place of a file that may be there. */
  public static void distances(Path file, List<Distance> distances) throws IOException {
    try (Csv csv = Csv.replace(file)) {
      csv.write(List.of("experiment", "method", "quantity", "n", "measured_s_mean", "measured_s_ci95", "published_s",
          "difference_s", "ratio",
          "comparable", "deviations", "size", "difference_passes"));
      for (Distance distance : distances) {
        csv.write(List.of(distance.cell().experiment().name(), distance.cell().method().toString(), distance.quantity(),
            Integer.toString(distance.measured().n()), text(distance.measured().value()),
                Csv.text(distance.measured().halfWidth()),
            text(distance.published()), text(distance.seconds()), text(distance.ratio()), distance.comparable() ? "yes" : "no",
            String.join("; ", distance.deviations()), Size.of(distance.cell()).toString(), Csv.text(distance.passes())));
      }
    }
  }

  private static String text(double value) {
    return Csv.text(OptionalDouble.of(value));
  }
}
