// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import static mplm.harness.table.Kind.BITS_PER_S;
import static mplm.harness.table.Kind.BYTES;
import static mplm.harness.table.Kind.COUNT;
import static mplm.harness.table.Kind.PAGES;
import static mplm.harness.table.Kind.PAGES_PER_S;
import static mplm.harness.table.Kind.SECONDS;
import static mplm.harness.table.Kind.TEXT;
import static mplm.harness.table.Kind.YES_NO;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Simulated;
import mplm.harness.table.Kind;
import mplm.harness.table.Schema;

/** The CSV file of {@code mplm simulate}. Columns that {@code trials.csv} has too bear its names. */
public final class SimulationCsv {
  private static final int DECIMALS = 9;
  private static final String NOT_COMPLETED = "the migration did not converge";
  private static final String NO_BOUND = "`--bound` was not given";

  /** A method on a table's guest and link, or a point of the bound's frontier there. */
  record Row(SimulationTable table, Optional<Simulated> simulated, Optional<Bound.Point> bound) {
    private Optional<Duration> time(Function<Simulated, Optional<Duration>> migration, Function<Bound.Point, Duration> best) {
      return simulated.isPresent() ? migration.apply(simulated.get()) : bound.map(best);
    }
  }

  /** Its columns. */
  public static final Schema<Row> SCHEMA = end(pages(times(start(
      Schema.of("mplm simulate --csv", "method, guest and link, and per point of the best possible")))));

  private SimulationCsv() {}

  private static Schema<Row> start(Schema<Row> schema) {
    return schema
        .with("kind", TEXT, "`simulated`, or `bound` for a point of the Pareto frontier of the best possible",
            row -> row.simulated.isPresent() ? "simulated" : "bound")
        .with("trace", TEXT, "what the guest did: where the trace comes from", row -> row.table.trace().source())
        .with("memory_bytes", BYTES, "memory of the guest", row -> row.table.trace().memory())
        .with("link_bits_per_s", BITS_PER_S, "rate of the link", row -> row.table.link().bitsPerSecond())
        .with("limit_s", SECONDS, "time after which a migration is cancelled", row -> exact(Optional.of(row.table.limit())))
        .with("method", TEXT, "the whole text of the method; `best possible` for the bound",
            row -> row.simulated.map(Simulated::method).orElse("best possible"))
        .with("outcome", TEXT, "`completed` or `not converged`, as most migrations of the row", "the row is of the bound",
            row -> row.simulated.map(SimulationTable::outcome));
  }

  private static Schema<Row> times(Schema<Row> schema) {
    schema = time(schema, "total_s", "migration time", row -> row.time(Simulated::total, Bound.Point::total));
    schema = schema.with("live_s", SECONDS, "time until the guest was stopped, or until the limit",
        row -> exact(row.time(simulated -> Optional.of(simulated.live()), point -> point.total().minus(point.downtime()))));
    return time(schema, "downtime_s", "downtime", row -> row.time(Simulated::downtime, Bound.Point::downtime));
  }

  private static Schema<Row> time(Schema<Row> schema, String name, String meaning, Function<Row, Optional<Duration>> value) {
    return schema.with(name, SECONDS, meaning, NOT_COMPLETED, row -> exact(value.apply(row)));
  }

  private static Schema<Row> pages(Schema<Row> schema) {
    schema = simulated(schema, "transferred_bytes", BYTES, "sent on the link", Simulated::transferred);
    schema = simulated(schema, "nondirty_sent_pages", PAGES, "pages sent live before a fetch found them dirtied", Simulated::nondirtyPages);
    schema = simulated(schema, "dirty_sent_pages", PAGES, "pages sent live after a fetch found them dirtied", Simulated::dirtyPages);
    schema = simulated(schema, "final_pages", PAGES, "pages sent while the guest stood still", Simulated::finalPages);
    schema = simulated(schema, "zero_pages", PAGES, "pages of zeros among all these, sent as a few bytes", Simulated::zeroPages);
    schema = simulated(schema, "epochs", COUNT, "epochs of MPLM, rounds of stock pre-copy", Simulated::epochs);
    schema = schema.with("dirty_pages_per_s", PAGES_PER_S, "pages that the fetches found dirtied, over the live stage",
        "the row is of the bound, or there was no fetch", row -> row.simulated.map(SimulationCsv::rate));
    return simulated(schema, "trace_repeated", YES_NO, "whether the trace was too short and began again",
        simulated -> simulated.repeated() ? "yes" : "no");
  }

  private static Schema<Row> simulated(Schema<Row> schema, String name, Kind kind, String meaning, Function<Simulated, ?> value) {
    return schema.with(name, kind, meaning, "the row is of the bound", row -> row.simulated.map(value));
  }

  private static Schema<Row> end(Schema<Row> schema) {
    return schema
        .with("best_downtime_s", SECONDS, "the least downtime that is possible in this migration time",
            NO_BOUND + ", or none is possible, or the row is of the bound",
            row -> exact(row.simulated.flatMap(row.table::bestDowntime)))
        .with("best_total_s", SECONDS, "the least migration time that is possible with this downtime",
            "as `best_downtime_s`", row -> exact(row.simulated.flatMap(row.table::bestTotal)))
        .with("bound_step_s", SECONDS, "how fine the bound is in time", NO_BOUND, row -> exact(row.table.best().map(BestPossible::step)))
        .with("overheads", TEXT, "what migrations had beside their pages", "they had nothing", row -> row.table.overheads())
        .with("beginnings", COUNT, "how many migrations, that began spread evenly over the trace, the row has the medians of",
            row -> row.table.beginnings())
        .with("part", TEXT, "number of the guest and link in the sweep, and how many there are, such as `3/12`",
            row -> row.table.number() + "/" + row.table.of());
  }

  private static String rate(Simulated row) {
    return row.dirtyRate().isPresent() ? String.format(Locale.ROOT, "%.3f", row.dirtyRate().getAsDouble()) : "";
  }

  private static String exact(Optional<Duration> seconds) {
    return seconds.map(time -> BigDecimal.valueOf(time.toNanos(), DECIMALS).setScale(6, RoundingMode.HALF_UP).toPlainString())
        .orElse("");
  }
}
