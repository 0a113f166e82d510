// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.paper;

import static mplm.engine.unit.Durations.seconds;
import static mplm.harness.table.Kind.PAGES_PER_S;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;

import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import mplm.engine.guest.Accelerator;
import mplm.engine.migration.Method;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.Precopy;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.harness.result.Cell;
import mplm.harness.result.Setting;
import mplm.harness.scale.Scaling;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Experiment;
import mplm.harness.table.Row;
import mplm.harness.table.Schema;

/**
 * What the paper has measured: the files of {@code reports/published}.
 *
 * @param points of its figure
 * @param rates its table, in the file's order
 */
public record Published(List<Point> points, List<Rate> rates) {
  private static final String CLASS = "C";
  private static final int VCPUS = 8;
  static final DataSize MEMORY = DataSize.parse("8GiB");
  static final Bandwidth LINK = Bandwidth.parse("1Gbit/s");

  /** The set-up that the values are of, as one line. */
  public static final String SETUP = "class " + CLASS + ", " + VCPUS + " vCPUs, " + MEMORY + ", " + LINK + ", KVM";

  /**
   * A point of the figure, seconds.
   *
   * @param benchmark such as {@code MG}
   * @param maxTolerableDowntime of stock pre-copy; empty for MPLM
   * @param total migration time; empty where it is off the figure's scale
   * @param downtime its downtime
   * @param source how exact it is
   */
  public record Point(
      String benchmark, OptionalDouble maxTolerableDowntime, OptionalDouble total, OptionalDouble downtime, String source) {
    /** Whether the point is one of MPLM. */
    public boolean mplm() {
      return maxTolerableDowntime.isEmpty();
    }

    /** The same in proportion, with all times multiplied. */
    public Point times(double factor) {
      return new Point(benchmark, times(maxTolerableDowntime, factor), times(total, factor), times(downtime, factor), source);
    }

    private static OptionalDouble times(OptionalDouble seconds, double factor) {
      return seconds.isEmpty() ? seconds : OptionalDouble.of(factor * seconds.getAsDouble());
    }
  }

  /**
   * A row of the table.
   *
   * @param benchmark such as {@code MG}
   * @param downtime of MPLM, seconds
   * @param dirtyRate pages per second during the live stage
   */
  public record Rate(String benchmark, double downtime, double dirtyRate) {}

  /** The columns of {@code figure4.csv}. */
  public static final Schema<Point> FIGURE = Schema.<Point>of("published/figure4.csv", "point of the paper's figure 4")
      .with("benchmark", TEXT, "the program in the guest", Point::benchmark)
      .with("method", TEXT, "the paper's word: `kvm` (stock pre-copy) or `mplm`", point -> point.mplm() ? "mplm" : "kvm")
      .with("max_tolerable_downtime_s", SECONDS, "of stock pre-copy", "the method is `mplm`", Point::maxTolerableDowntime)
      .with("migration_time_s", SECONDS, "migration time", "it is off the figure's scale", Point::total)
      .with("downtime_s", SECONDS, "downtime", "it is off the figure's scale", Point::downtime)
      .with("source", TEXT, "where the number comes from", Point::source);

  /** The columns of {@code table1.csv}. */
  public static final Schema<Rate> TABLE = Schema.<Rate>of("published/table1.csv", "row of the paper's Table I")
      .with("benchmark", TEXT, "the program in the guest", Rate::benchmark)
      .with("mplm_downtime_s", SECONDS, "downtime of MPLM", Rate::downtime)
      .with("dirty_page_rate_pages_per_s", PAGES_PER_S, "how fast the guest dirtied its memory in the live stage", Rate::dirtyRate);

  /** Reads the files, which are packed with this class. */
  public static Published read() {
    return new Published(
        rows(FIGURE).stream().map(row -> new Point(row.text("benchmark"), row.number("max_tolerable_downtime_s"),
            row.number("migration_time_s"), row.number("downtime_s"), row.text("source"))).toList(),
        rows(TABLE).stream().map(row -> new Rate(row.text("benchmark"), row.number("mplm_downtime_s").orElseThrow(),
            row.number("dirty_page_rate_pages_per_s").orElseThrow())).toList());
  }

  /** The points of that benchmark, whatever the case of its name; none if the paper does not have it. */
  public List<Point> of(String benchmark) {
    return points.stream().filter(point -> point.benchmark.equalsIgnoreCase(benchmark)).toList();
  }

  /** The point that a cell repeats, in the proportion in which it does. */
  public Optional<Point> of(Cell cell) {
    Method original = cell.experiment().original(cell.method());
    OptionalDouble x = original.toleratedDowntime().map(limit -> OptionalDouble.of(seconds(limit)))
        .orElse(OptionalDouble.empty());
    return of(cell.experiment().benchmark().name()).stream()
        .filter(point -> point.maxTolerableDowntime.equals(x))
        .filter(point -> original.curve().equals(point.mplm() ? Mplm.CURVE : Precopy.CURVE))
        .findFirst()
        .map(point -> point.times(factor(cell.experiment())));
  }

  /** The points to hold against an experiment: in proportion to a scaled one. */
  public List<Point> of(Experiment experiment) {
    return of(experiment.benchmark().name()).stream().map(point -> point.times(factor(experiment))).toList();
  }

  /** Omega: the share of its used memory that the paper's guest rewrote, MPLM's downtime over a pass; empty for a program that it has not. */
  public OptionalDouble rewritten(Benchmark benchmark) {
    return benchmark.paper() == null ? OptionalDouble.empty() : of(benchmark.name()).stream().filter(Point::mplm)
        .map(Point::downtime).flatMapToDouble(OptionalDouble::stream)
        .map(downtime -> downtime * 1e9 / benchmark.paper().pass().toNanos()).findFirst();
  }

  private static double factor(Experiment experiment) {
    return experiment.scaling().map(Scaling::factor).orElse(1.0);
  }

  /** What besides the size is not as in the paper. */
  public static List<String> otherDeviations(Setting setting, String cpu) {
    return List.of("no disk (there: an image on NFS)", "QEMU " + setting.qemuVersion() + " (there: 2.9.0)",
        cpu + " (there: AMD Opteron, 12 cores, 2.1 GHz)",
        "programs written anew from the NPB reports (there: NPB 3.3)");
  }

  /** The same with what the hosts were. */
  public static List<String> deviations(Experiment experiment, Setting setting) {
    List<String> deviations = new ArrayList<>(deviations(experiment, setting.accelerator()));
    deviation(deviations, "emulated hosts", "real ones", !setting.ofEmulatedHosts());
    return deviations;
  }

  /** What of an experiment is not as in the paper, such as {@code class W (there: C)}; empty if it has the paper's size. */
  public static List<String> deviations(Experiment experiment, Accelerator accelerator) {
    List<String> deviations = new ArrayList<>();
    deviation(deviations, "class " + experiment.problemClass(), CLASS, experiment.problemClass().equals(CLASS));
    deviation(deviations, experiment.vcpus() + (experiment.vcpus() == 1 ? " vCPU" : " vCPUs"), Integer.toString(VCPUS),
        experiment.vcpus() == VCPUS);
    deviation(deviations, experiment.memory().toString(), MEMORY.toString(), experiment.memory().equals(MEMORY));
    deviation(deviations, experiment.link().toString(), LINK.toString(), experiment.link().equals(LINK));
    deviation(deviations, experiment.iterations() + " iterations per repetition", Integer.toString(
        experiment.benchmark().classes().get(experiment.problemClass()).iterations()), experiment.iterations() == null);
    deviation(deviations, accelerator.name().toUpperCase(Locale.ROOT), "KVM", accelerator == Accelerator.KVM);
    return deviations;
  }

  private static void deviation(List<String> deviations, String here, String there, boolean same) {
    if (!same) {
      deviations.add(here + " (there: " + there + ")");
    }
  }

  private static List<Row> rows(Schema<?> schema) {
    return schema.read(new InputStreamReader(Objects.requireNonNull(Published.class.getResourceAsStream(schema.file()), schema.file()),
        StandardCharsets.UTF_8), "reports/" + schema.file());
  }
}
