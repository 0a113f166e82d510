// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.trace.HeldTrace;
import mplm.engine.trace.PageRuns;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceFile;
import mplm.engine.trace.TraceHeader;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;

/**
 * MPLM's policies on the recorded traces, simulated: medians over migrations that begin at 25 moments spread evenly over the trace.
 * The arguments are the traces' folder and the beginning of their names, such as {@code reports/traces/scaled}, which moments (all; even,
 * those that were looked at when policies were tuned; odd, those that were not), the time of a guest's first write to a page in an epoch,
 * µs, "bound" or "no-bound", whether the least possible time is computed, which takes minutes, and methods; the first is what others are
 * divided by. Each trace whose name begins so is a guest, and the word before the next - is its program.
 */
public final class PolicyTable {
  private static final String ENDING = ".trace.gz";
  private static final int BEGINNINGS = 25;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** A guest, on a link and with MPLM's epoch. */
  private record Guest(String name, long bitsPerSecond, String epoch) {}

  /** As in reports/scaled-example. */
  private static final List<Guest> SCALED = List.of(
      new Guest("MG", 70_372_000, "1.111s"), new Guest("IS", 409_356_000, "1.846s"),
      new Guest("SP", 129_703_000, "1.412s"), new Guest("BT", 87_247_000, "1.783s"));

  /** Of npb-configs: in an epoch of the paper the guest dirties so much of a pass over its used memory; a pass takes so many epochs. */
  private record Proportion(String name, double rho, double epochs) {
    /**
     * The epoch in which this trace dirties the same share of its used memory, and the link on which a pass takes as many of them; where
     * it never dirties so much, a pass takes 10 s, as in {@code mplm run scaled}.
     */
    Guest of(String guest, HeldTrace trace) {
      double used = trace.used().pages();
      int intervals = 1;
      while (intervals < trace.intervals() / 4 && dirtied(trace, intervals) < rho / epochs * used) {
        intervals++;
      }
      double epoch = intervals < trace.intervals() / 4 ? intervals * trace.header().interval().toMillis() / 1e3 : 10 / epochs;
      return new Guest(guest, Math.round(used * TraceHeader.PAGE_BYTES * 8 / (epochs * epoch)), String.format(Locale.ROOT, "%.3fs", epoch));
    }

    /** Mean number of pages that are dirtied in a window of so many intervals. */
    private static double dirtied(HeldTrace trace, int intervals) {
      List<Long> windows = new ArrayList<>();
      BitSet pages = new BitSet();
      PageRuns runs = new PageRuns();
      try (Trace.Player player = trace.play()) {
        for (int n = 1; player.next(runs).isPresent(); n++) {
          runs.addTo(pages);
          if (n % intervals == 0) {
            windows.add((long) pages.cardinality());
            pages.clear();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return windows.stream().mapToLong(Long::longValue).average().orElse(0);
    }
  }

  private static final List<Proportion> PAPER = List.of(
      new Proportion("MG", 6.8, 9), new Proportion("IS", 1.52, 13 / 3.0), new Proportion("SP", 1.55, 17 / 3.0),
      new Proportion("BT", 1.15, 17.5 / 3));

  /** For a program that is not the paper's: about the least and the median of theirs. */
  private static final Proportion OTHER = new Proportion("", 1.5, 6);

  /** The paper's programs first, in its order, then others by name. */
  private static List<String> names(Path begin) throws IOException {
    String prefix = begin.getFileName() + "-";
    List<String> order = PAPER.stream().map(Proportion::name).toList();
    try (Stream<Path> files = Files.list(begin.toAbsolutePath().getParent())) {
      return files.map(file -> file.getFileName().toString()).filter(file -> file.startsWith(prefix) && file.endsWith(ENDING))
          .map(file -> file.substring(prefix.length(), file.length() - ENDING.length()))
          .sorted(Comparator.comparing((String name) -> order.contains(program(name)) ? order.indexOf(program(name)) : order.size())
              .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static String program(String name) {
    return name.replaceFirst("-.*", "");
  }

  private PolicyTable() {}

  /** Prints a line for each guest and method, then the geometric means. */
  public static void main(String[] arguments) throws IOException {
    Map<String, double[]> logs = new LinkedHashMap<>();
    List<String> methods = Arrays.asList(arguments).subList(4, arguments.length);
    System.out.println("guest method                      time s  downtime s   of the first's    over the least time");
    List<String> names = names(Path.of(arguments[0]));
    for (String name : names) {
      HeldTrace trace = HeldTrace.of(new TraceFile(Path.of(arguments[0] + "-" + name + ENDING)));
      Guest guest = (arguments[0].endsWith("scaled") ? SCALED : List.<Guest>of()).stream().filter(one -> one.name.equals(name)).findFirst()
          .orElseGet(() -> PAPER.stream().filter(one -> one.name.equals(program(name))).findFirst().orElse(OTHER).of(name, trace));
      System.out.printf(Locale.ROOT, "%-5s %.0f MiB used, %.1f Mbit/s, MPLM's epoch %s%n", guest.name, trace.used().pages() / 256.0,
          guest.bitsPerSecond / 1e6, guest.epoch);
      Conditions conditions = conditions(guest).withFirstWrite(Duration.ofNanos((long) (Double.parseDouble(arguments[2]) * 1000)));
      List<HeldTrace> beginnings = IntStream.range(0, BEGINNINGS)
          .filter(n -> arguments[1].equals("all") || n % 2 == (arguments[1].equals("odd") ? 1 : 0))
          .mapToObj(n -> trace.later(trace.intervals() * n / BEGINNINGS).slower(1.25)).toList();
      List<Bound> bounds = new ArrayList<>();
      double[] first = null;
      for (String method : methods) {
        double[] row = row(guest, method, beginnings, conditions, arguments[3].equals("bound") ? bounds : null);
        first = first == null ? row : first;
        double time = row[0] / first[0];
        double down = row[1] / first[1];
        double[] sums = logs.computeIfAbsent(method, key -> new double[3]);
        sums[0] += Math.log(time);
        sums[1] += Math.log(down);
        sums[2] += row[2];
        System.out.printf(Locale.ROOT, "%-5s %-26s %8.2f  %10.2f   %.3f  %.3f    %.2f   epochs %.0f%n", guest.name, method, row[0], row[1],
            time, down, row[2], row[3]);
      }
    }
    logs.forEach((method, sums) -> System.out.printf(Locale.ROOT, "mean  %-26s %8s  %10s   %.3f  %.3f    %.2f%n", method, "", "",
        Math.exp(sums[0] / names.size()), Math.exp(sums[1] / names.size()), sums[2] / names.size()));
  }

  /** Time, downtime, time over the least possible with that downtime, epochs. */
  private static double[] row(Guest guest, String method, List<HeldTrace> beginnings, Conditions conditions, List<Bound> bounds)
      throws IOException {
    List<double[]> results = new ArrayList<>();
    for (int n = 0; n < beginnings.size(); n++) {
      Simulated one = new Simulation(beginnings.get(n), conditions, LIMIT)
          .run(Method.parse(method.equals("mplm") ? "mplm:epoch=" + guest.epoch : method));
      if (bounds != null && bounds.size() == n) {
        bounds.add(new Bound(beginnings.get(n), conditions, Duration.ofSeconds(16), Duration.ofMillis(80)));
      }
      Duration down = one.downtime().orElse(LIMIT);
      double total = one.total().orElse(LIMIT).toNanos() / 1e9;
      double least = bounds == null ? Double.NaN
          : bounds.get(n).totalAt(down).map(best -> best.toNanos() / 1e9).orElse(Double.NaN);
      results.add(new double[] {total, down.toNanos() / 1e9, total / least, one.epochs()});
    }
    return IntStream.range(0, 4).mapToDouble(column -> median(results, column)).toArray();
  }

  private static double median(List<double[]> rows, int column) {
    double[] sorted = rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Those that were fitted to real trials, but for a fetch: a recorder's took 0.04 ms, of a guest that is emulated. */
  private static Conditions conditions(Guest guest) {
    return Conditions.of(new Bandwidth(Math.round(guest.bitsPerSecond * 0.95))).withBuffer(new DataSize(1280 << 10))
        .withFetch(Duration.ofMillis(2)).withSwitchover(Duration.ofMillis(20));
  }
}
