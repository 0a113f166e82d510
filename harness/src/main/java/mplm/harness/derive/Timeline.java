// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static mplm.engine.unit.Durations.seconds;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.guest.GuestRecord;
import mplm.engine.migration.MigrationResult;
import mplm.engine.migration.MplmFigures;
import mplm.engine.migration.Progress;
import mplm.harness.record.CpuRecord;
import mplm.harness.record.RawTrial;
import mplm.harness.result.TrialRow;
import mplm.harness.table.Kind;
import mplm.harness.table.Schema;

/**
 * A trial over time: the file {@code timeline.csv}, in which each row is one look at something, what was not looked at then is empty,
 * and {@code t_s} is 0 when the migration was asked for, or for an unmigrated guest when its working set stood.
 *
 * @param points in order of time
 * @param stages when which stage of the migration began and ended
 */
public record Timeline(List<Point> points, Stages stages) {
  /** What is looked at; the columns behind {@code t_s}. */
  enum Series {
    STATUS("status", Kind.TEXT, "QEMU's word for the state of the migration"),
    REMAINING("remaining_bytes", Kind.BYTES, "memory of the guest that is still to be sent"),
    TRANSFERRED("transferred_bytes", Kind.BYTES, "sent on the link so far"),
    THROUGHPUT("throughput_mbit_per_s", Kind.MBIT_PER_S, "on the link, since the look before"),
    DIRTY_RATE("dirty_pages_per_s", Kind.PAGES_PER_S, "QEMU's `dirty-pages-rate` between its last fetches"),
    EPOCHS("mplm_epochs", Kind.COUNT, "epochs that have begun"),
    DIRTY_SET("mplm_dirty_set_pages", Kind.PAGES, "pages in the dirty set"),
    NONDIRTY_SET("mplm_nondirty_set_pages", Kind.PAGES, "pages in the non-dirty set"),
    EPOCH_DIRTIED("mplm_epoch_dirtied_pages", Kind.PAGES, "unique pages that were dirtied in the epoch before, at its end"),
    FORECAST_PERIOD("mplm_forecast_period_s", Kind.SECONDS, "after what time the guest writes the same again, as the policy saw it when the"
        + " epoch began"),
    FORECAST_CONFIDENCE("mplm_forecast_confidence_percent", Kind.PERCENT, "how sure it was of that"),
    FORECAST_STOP("mplm_forecast_stop_s", Kind.SECONDS, "from there to the stop that it planned"),
    FORECAST_DOWNTIME("mplm_forecast_downtime_s", Kind.SECONDS, "what it expected the pages left then to take"),
    SOURCE_VCPUS("source_vcpus_cpu_s", Kind.SECONDS, "CPU time of the source's vCPUs so far"),
    SOURCE_OTHERS("source_hypervisor_cpu_s", Kind.SECONDS, "CPU time of the source's hypervisor so far, without its vCPUs"),
    DESTINATION_VCPUS("destination_vcpus_cpu_s", Kind.SECONDS, "CPU time of the destination's vCPUs so far"),
    DESTINATION_OTHERS("destination_hypervisor_cpu_s", Kind.SECONDS,
        "CPU time of the destination's hypervisor so far, without its vCPUs"),
    ITERATION_RATE("guest_iterations_per_s", Kind.PER_S, "iterations of the program, over the one that ends here");

    private final String column;
    private final Kind kind;
    private final String meaning;

    Series(String column, Kind kind, String meaning) {
      this.column = column;
      this.kind = kind;
      this.meaning = meaning;
    }
  }

  /** The columns of the file. */
  public static final Schema<Point> SCHEMA = schema();

  /** Values of one moment, nanoseconds after the origin. */
  record Point(long time, Map<Series, String> values) {}

  /**
   * Nanoseconds after the origin; empty for what did not come.
   *
   * @param stop the guest stood still
   * @param resume it went on at the destination
   * @param end of the migration
   */
  record Stages(Optional<Long> stop, Optional<Long> resume, Optional<Long> end) {}

  /** The timeline of a trial whose row is known. */
  static Timeline of(RawTrial raw, TrialRow row) {
    long origin = raw.migrate().or(() -> raw.source().guest("ready").stream().map(GuestRecord::arrival).findFirst()).orElse(0L);
    List<Point> points = new ArrayList<>();
    row.migration().ifPresent(migration -> looks(points, migration.looks()));
    cpu(points, raw.source().cpu(), origin, Series.SOURCE_VCPUS, Series.SOURCE_OTHERS);
    cpu(points, raw.destination().cpu(), origin, Series.DESTINATION_VCPUS, Series.DESTINATION_OTHERS);
    List<GuestRecord> iterations = new ArrayList<>(raw.source().guest("iteration"));
    iterations.addAll(raw.destination().guest("iteration"));
    iterations(points, iterations, origin);
    points.sort(Comparator.comparingLong(Point::time));
    return new Timeline(points, stages(row.migration(), origin));
  }

  private static Schema<Point> schema() {
    Schema<Point> schema = Schema.<Point>of("timeline.csv", "look at the trial").with("t_s", Kind.SECONDS,
        "time since the migration was asked for, or of an unmigrated guest since its working set stood",
        point -> BigDecimal.valueOf(point.time / 1000, 6).toPlainString());
    for (Series series : Series.values()) {
      schema = schema.with(series.column, series.kind, series.meaning, "this look was at something else, or did not tell",
          point -> point.values.getOrDefault(series, ""));
    }
    return schema;
  }

  /** The points at which a series was looked at: seconds and its values. */
  List<double[]> series(Series series) {
    return points.stream().filter(point -> point.values.containsKey(series))
        .map(point -> new double[] {point.time / 1e9, Double.parseDouble(point.values.get(series))}).toList();
  }

  private static Stages stages(Optional<MigrationResult> migration, long origin) {
    return new Stages(
        migration.filter(m -> m.stop().isPresent()).map(m -> m.stop().getAsLong() - origin),
        migration.filter(m -> m.resume().isPresent()).map(m -> m.resume().getAsLong() - origin),
        migration.map(m -> m.elapsed().toNanos()));
  }

  private static void looks(List<Point> points, List<Progress> looks) {
    Progress before = null;
    long fetched = 0;
    long epochs = 0;
    for (Progress look : looks) {
      Map<Series, String> values = new EnumMap<>(Series.class);
      values.put(Series.STATUS, look.status());
      if (look.ram().isPresent()) {
        Progress.Ram ram = look.ram().orElseThrow();
        values.put(Series.REMAINING, Long.toString(ram.remaining().bytes()));
        values.put(Series.TRANSFERRED, Long.toString(ram.transferred().bytes()));
        values.put(Series.DIRTY_RATE, Long.toString(ram.dirtyPagesRate()));
        if (before != null) {
          double bits = 8.0 * (ram.transferred().bytes() - before.ram().orElseThrow().transferred().bytes());
          values.put(Series.THROUGHPUT, decimal(bits / 1e6 / seconds(look.elapsed().minus(before.elapsed()))));
        }
        before = look;
      }
      if (look.mplm().isPresent()) {
        MplmFigures mplm = look.mplm().orElseThrow();
        values.put(Series.EPOCHS, Long.toString(mplm.epochs()));
        values.put(Series.DIRTY_SET, Long.toString(mplm.dirtyPages()));
        values.put(Series.NONDIRTY_SET, Long.toString(mplm.nondirtyPages()));
        if (epochs != 0 && mplm.epochs() > epochs) {
          values.put(Series.EPOCH_DIRTIED, Long.toString(mplm.fetched() - fetched));
        }
        mplm.forecast().ifPresent(forecast -> {
          values.put(Series.FORECAST_PERIOD, decimal(seconds(forecast.period())));
          values.put(Series.FORECAST_CONFIDENCE, Integer.toString(forecast.confidence()));
          values.put(Series.FORECAST_STOP, decimal(seconds(forecast.stop())));
          values.put(Series.FORECAST_DOWNTIME, decimal(seconds(forecast.downtime())));
        });
        epochs = mplm.epochs();
        fetched = mplm.fetched();
      }
      points.add(new Point(look.elapsed().toNanos(), values));
    }
  }

  private static void cpu(List<Point> points, List<CpuRecord.Look> looks, long origin, Series vcpus, Series others) {
    for (CpuRecord.Look look : looks) {
      points.add(new Point(look.time() - origin, new EnumMap<>(
          Map.of(vcpus, decimal(seconds(look.vcpus())), others, decimal(seconds(look.others()))))));
    }
  }

  private static void iterations(List<Point> points, List<GuestRecord> iterations, long origin) {
    for (int i = 1; i < iterations.size(); i++) {
      long length = iterations.get(i).arrival() - iterations.get(i - 1).arrival();
      // lines that come in one packet have no length between them
      if (length > 0) {
        points.add(new Point(iterations.get(i).arrival() - origin,
            new EnumMap<>(Map.of(Series.ITERATION_RATE, decimal(1e9 / length)))));
      }
    }
  }

  private static String decimal(double value) {
    return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }
}
