// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.verdict;

import java.util.Arrays;
import java.util.stream.Collectors;
import mplm.harness.table.Kind;
import mplm.harness.table.TrialsCsv;

/** A quantity of a trial that is compared; less is better. */
public enum Metric {
  /** The time from the command to the end. */
  TIME("time", "migration time, s", "total_s", true),
  /** The one of {@link mplm.harness.result.Downtimes} that counts. */
  DOWNTIME("downtime", "downtime, s", "downtime_s", true),
  /** The bytes on the wire. */
  TRANSFERRED("transferred", "transferred, MiB", "transferred_bytes", true),
  /** Wall time of the repetition that was moved, in which the guest's slowdown shows: unmigrated, it takes the same. */
  SLOWDOWN("slowdown", "guest's program, s", "program_s", false),
  /** The CPU time of both hypervisors, without their vCPUs. */
  CPU("cpu", "CPU of hypervisors, s", "hypervisor_cpu_s", true),
  /** How much later the program reached where it would have been without the migration. */
  LOST("lost", "program's lost time, s", "lost_s", false);

  private final String key;
  private final String title;
  private final String column;
  private final boolean censored;

  Metric(String key, String title, String column, boolean censored) {
    this.key = key;
    this.title = title;
    this.column = column;
    this.censored = censored;
  }

  /** Reads what {@link #toString} prints. */
  public static Metric parse(String text) {
    return Arrays.stream(values()).filter(metric -> metric.key.equals(text)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a metric, allowed: "
            + Arrays.stream(values()).map(Metric::toString).collect(Collectors.joining(", "))));
  }

  /** Its name with its unit, as {@link #shown} shows it. */
  public String title() {
    return title;
  }

  /** The metric's column in {@code trials.csv}. */
  String column() {
    return column;
  }

  /** What {@link #shown} is in. */
  public Kind kind() {
    return this == TRANSFERRED ? Kind.MIB : TrialsCsv.SCHEMA.column(column).kind();
  }

  /** Whether a migration that did not come to its end would have had more of it than any that did. */
  boolean isCensored() {
    return censored;
  }

  /** A value of the column in the unit of the title. */
  public double shown(double value) {
    return this == TRANSFERRED ? value / (1 << 20) : value;
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return key;
  }
}
