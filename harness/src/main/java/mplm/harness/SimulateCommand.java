// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import mplm.engine.migration.Method;
import mplm.engine.migration.Unmigrated;
import mplm.engine.simulate.Bound;
import mplm.engine.simulate.Conditions;
import mplm.engine.simulate.Simulated;
import mplm.engine.simulate.Simulation;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceFile;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.Durations;
import mplm.harness.input.BadInput;
import mplm.harness.report.Chart;
import mplm.harness.report.Figure;
import mplm.harness.report.Figures;
import mplm.harness.report.SimulatedRows;
import mplm.harness.report.SimulationTable;
import mplm.harness.report.TrialRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm simulate}. */
@Command(
    name = "simulate",
    description = {
      "Computes what migrations of a guest would come to, from a trace of what it dirtied. Nothing is run.",
      "Every trace is combined with every link and method, on all cores."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TRACE", arity = "1..*",
      description = "trace files, or made-up guests, such as synthetic:memory=1GiB,set=64MiB,rate=5000")
  private List<String> traces;

  @Option(names = "--link", paramLabel = "RATE,...", split = ",", defaultValue = "1Gbit/s",
      description = "rates of the link; by default ${DEFAULT-VALUE}")
  private List<String> links;

  @Option(names = "--methods", paramLabel = "METHOD,...", defaultValue = "precopy:0.3s,precopy:1s,precopy:5s,mplm,stop-and-copy",
      description = "as in run, and stop-and-copy; by default ${DEFAULT-VALUE}")
  private String methods;

  @Option(names = "--limit", paramLabel = "DURATION", defaultValue = "600s",
      description = "after which a migration is cancelled; by default ${DEFAULT-VALUE}")
  private String limit;

  @Option(names = "--bound", description = "say what the best possible is, for one that knows all writes in advance")
  private boolean bound;

  @Option(names = "--csv", paramLabel = "FILE",
      description = "write the rows to this file too, and with --bound the Pareto frontier")
  private Path csv;

  @Option(names = "--trials", paramLabel = "FILE",
      description = "write rows as trials.csv has them, of the origin simulated, for compare; stop-and-copy has none")
  private Path trials;

  @Option(names = "--charts", paramLabel = "DIR", description = "draw a chart of each trace and link, as run does of an experiment")
  private Path charts;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    List<Trace> guests = new ArrayList<>();
    for (String trace : traces) {
      guests.add(SyntheticTrace.isMeant(trace) ? read("TRACE", trace, SyntheticTrace::parse) : file(trace));
    }
    List<Bandwidth> rates = links.stream().map(link -> read("--link", link, Bandwidth::parse)).toList();
    Duration longest = read("--limit", limit, Durations::parse);
    List<Optional<Method>> chosen = new ArrayList<>();
    for (String text : methods.split(RunCommand.METHOD_COMMA, -1)) {
      chosen.add(text.equals(Simulation.STOP_AND_COPY) ? Optional.empty()
          : Optional.of(read("--methods", text, SimulateCommand::method)));
    }
    List<Callable<Simulated>> cells = new ArrayList<>();
    for (Trace guest : guests) {
      for (Bandwidth rate : rates) {
        Simulation simulation = read("--limit", limit, text -> new Simulation(guest, Conditions.of(rate), longest));
        for (Optional<Method> method : chosen) {
          cells.add(() -> method.isPresent() ? simulation.run(method.get()) : simulation.stopAndCopy());
        }
      }
    }
    Iterator<Simulated> results = onAllCores(cells).iterator();
    List<Callable<SimulationTable>> tables = new ArrayList<>();
    for (Trace guest : guests) {
      for (Bandwidth rate : rates) {
        List<Simulated> rows = chosen.stream().map(method -> results.next()).toList();
        tables.add(() -> new SimulationTable(guest.header(), rate, longest, rows, best(guest, rate, rows)));
      }
    }
    tell(onAllCores(tables));
    return 0;
  }

  /** For as long as any completed row took, so that no longer one makes it coarse. */
  private Optional<Bound> best(Trace guest, Bandwidth rate, List<Simulated> rows) throws IOException {
    Duration horizon = rows.stream().flatMap(row -> row.total().stream()).max(Duration::compareTo).orElse(rows.get(0).live());
    return bound ? Optional.of(new Bound(guest, Conditions.of(rate), horizon)) : Optional.empty();
  }

  private void tell(List<SimulationTable> tables) {
    if (csv != null) {
      try {
        SimulationTable.write(csv, tables);
      } catch (IOException e) {
        throw new BadInput("--csv " + csv + ": cannot be written: " + e.getMessage());
      }
    }
    rows(tables);
    PrintWriter out = spec.commandLine().getOut();
    tables.forEach(table -> out.print(table.text()));
    out.flush();
  }

  private void rows(List<SimulationTable> tables) {
    try {
      List<TrialRow> rows = trials == null && charts == null ? List.of() : SimulatedRows.of(tables);
      if (trials != null) {
        SimulatedRows.write(trials, rows);
      }
      for (Map.Entry<String, Figure> figure : charts == null ? List.<Map.Entry<String, Figure>>of() : Figures.of(rows).entrySet()) {
        Chart.write(figure.getValue(), charts, figure.getKey());
      }
    } catch (IllegalArgumentException e) {
      throw new BadInput("--trials, --charts: " + e.getMessage());
    } catch (IOException e) {
      throw new BadInput("--trials, --charts: cannot be written: " + e.getMessage());
    }
  }

  /** The results in the order of the tasks, which do not depend on each other. */
  private static <T> List<T> onAllCores(List<Callable<T>> tasks) throws Exception {
    ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> new Thread(task, "simulate"));
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : tasks.stream().map(pool::submit).toList()) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new BadInput(wrong.getMessage());
      }
      throw e;
    } finally {
      pool.shutdownNow();
    }
  }

  private static Method method(String text) {
    Method method = Method.parse(text);
    if (method instanceof Unmigrated) {
      throw new IllegalArgumentException(
          "unmigrated is not simulated, allowed: precopy:DURATION, mplm, " + Simulation.STOP_AND_COPY);
    }
    return method;
  }

  private static Trace file(String trace) throws IOException {
    try {
      return new TraceFile(Path.of(trace));
    } catch (NoSuchFileException e) {
      throw new BadInput(trace + ": no such file");
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage());
    } catch (IOException e) {
      throw new BadInput(trace + ": cannot be read: " + e.getMessage());
    }
  }

  private static <T> T read(String name, String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new BadInput(name + ": " + e.getMessage());
    }
  }
}
