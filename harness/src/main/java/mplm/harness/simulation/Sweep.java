// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import mplm.engine.migration.Method;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
import mplm.engine.trace.HeldTrace;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Bandwidth;
import mplm.harness.suite.Shard;

/**
 * Every trace on every link by every method: a table a trace and link, in this order.
 *
 * @param traces of the guests
 * @param links their rates
 * @param methods each with a model
 * @param limit after which a migration is cancelled
 * @param overheads of each migration
 * @param bound whether the best possible is computed too
 * @param shard which of the tables are made
 */
public record Sweep(
    List<Trace> traces, List<Bandwidth> links, List<Method> methods, Duration limit, Overheads overheads, boolean bound,
    Shard shard) {
  /** A table to be made. */
  private record Place(int number, Trace trace, Bandwidth link) {}

  private List<Place> places() throws IOException {
    List<Place> places = new ArrayList<>();
    int number = 1;
    for (Trace trace : traces) {
      Trace guest = overheads.slowness() == 1 ? trace : HeldTrace.of(trace).slower(overheads.slowness());
      for (Bandwidth link : links) {
        if (shard.has(number)) {
          places.add(new Place(number, guest, link));
        }
        number++;
      }
    }
    return places;
  }

  /** How many migrations are simulated. */
  public int migrations() {
    return (int) IntStream.rangeClosed(1, traces.size() * links.size()).filter(shard::has).count() * methods.size();
  }

  /** Makes them. {@link mplm.harness.input.BadInput} if a link is too slow for a guest, or the limit makes no sense. */
  public List<SimulationTable> tables(AllCores cores, AllCores.Progress progress) throws Exception {
    List<Place> places = places();
    List<Callable<Simulated>> migrations = new ArrayList<>();
    for (Place place : places) {
      Simulation simulation = new Simulation(place.trace, overheads.on(place.link), limit);
      for (Method method : methods) {
        migrations.add(() -> simulation.run(method));
      }
    }
    Iterator<Simulated> results = cores.run(migrations, progress).iterator();
    List<Callable<SimulationTable>> tables = new ArrayList<>();
    for (Place place : places) {
      List<Simulated> rows = methods.stream().map(method -> results.next()).toList();
      tables.add(() -> new SimulationTable(place.number, traces.size() * links.size(), place.trace.header(), place.link, limit,
          overheads.equals(Overheads.NONE) ? "" : overheads.toString(), rows, best(place, rows)));
    }
    return cores.run(tables);
  }

  /** The best possible for as long as any completed row took, so that no longer one makes it coarse; if none did, up to the limit. */
  private Optional<Bound> best(Place place, List<Simulated> rows) throws IOException {
    Duration horizon = rows.stream().flatMap(row -> row.total().stream()).max(Duration::compareTo).orElse(limit);
    return bound ? Optional.of(new Bound(place.trace, overheads.on(place.link), horizon)) : Optional.empty();
  }
}
