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
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
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
 * @param beginnings moments of a trace, spread evenly over it, at which a migration by each method begins
 * @param bound whether the best possible is computed too
 * @param shard which of the tables are made
 */
public record Sweep(
    List<Trace> traces, List<Bandwidth> links, List<Method> methods, Duration limit, Overheads overheads, int beginnings, boolean bound,
    Shard shard) {
  /** A table to be made, of a guest as it is at each beginning. */
  private record Place(int number, List<Trace> guests, Bandwidth link) {}

  private List<Place> places() throws IOException {
    List<Place> places = new ArrayList<>();
    int number = 1;
    for (Trace trace : traces) {
      // a trace that is played once, from its start on, need not be held
      List<Trace> guests = beginnings == 1 && overheads.slowness() == 1 ? List.of(trace)
          : List.copyOf(SimulatedPoint.beginnings(TraceLibrary.hold(trace), beginnings, overheads.slowness()));
      for (Bandwidth link : links) {
        if (shard.has(number)) {
          places.add(new Place(number, guests, link));
        }
        number++;
      }
    }
    return places;
  }

  /** How many migrations are simulated. */
  public int migrations() {
    return (int) IntStream.rangeClosed(1, traces.size() * links.size()).filter(shard::has).count() * methods.size() * beginnings;
  }

  /** Makes them. {@link mplm.harness.input.BadInput} if a link is too slow for a guest, or the limit makes no sense. */
  public List<SimulationTable> tables(AllCores cores, AllCores.Progress progress) throws Exception {
    List<Place> places = places();
    List<Callable<Simulated>> migrations = new ArrayList<>();
    for (Place place : places) {
      for (Method method : methods) {
        for (Trace guest : place.guests) {
          migrations.add(() -> new Simulation(guest, overheads.on(place.link), limit).run(method));
        }
      }
    }
    Iterator<Simulated> results = cores.run(migrations, progress).iterator();
    List<List<SimulatedPoint>> points = new ArrayList<>();
    for (int n = 0; n < places.size(); n++) {
      points.add(methods.stream()
          .map(method -> new SimulatedPoint(Stream.generate(results::next).limit(beginnings).toList(), 0)).toList());
    }
    Iterator<Bound> bounds = cores.run(bound ? bounds(places, points) : List.<Callable<Bound>>of()).iterator();
    List<SimulationTable> tables = new ArrayList<>();
    for (int n = 0; n < places.size(); n++) {
      Place place = places.get(n);
      Optional<BestPossible> best = bound
          ? Optional.of(new BestPossible(Stream.generate(bounds::next).limit(beginnings).toList(), 0)) : Optional.empty();
      tables.add(new SimulationTable(place.number, traces.size() * links.size(), place.guests.get(0).header(), place.link, limit,
          overheads.equals(Overheads.NONE) ? "" : overheads.toString(), points.get(n), best));
    }
    return tables;
  }

  /** The best possible for as long as any completed migration took, so that no longer one makes it coarse; if none did, up to the limit. */
  private List<Callable<Bound>> bounds(List<Place> places, List<List<SimulatedPoint>> points) {
    List<Callable<Bound>> bounds = new ArrayList<>();
    for (int n = 0; n < places.size(); n++) {
      Place place = places.get(n);
      Duration horizon = points.get(n).stream().flatMap(point -> point.migrations().stream()).flatMap(one -> one.total().stream())
          .max(Duration::compareTo).orElse(limit);
      place.guests.forEach(guest -> bounds.add(() -> new Bound(guest, overheads.on(place.link), horizon)));
    }
    return bounds;
  }
}
