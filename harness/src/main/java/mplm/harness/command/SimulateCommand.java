// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.engine.simulate.Simulation;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.Durations;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.simulation.AllCores;
import mplm.harness.simulation.ErrorTable;
import mplm.harness.simulation.Judge;
import mplm.harness.simulation.Overheads;
import mplm.harness.simulation.RealPoint;
import mplm.harness.simulation.SimulationTable;
import mplm.harness.simulation.Sweep;
import mplm.harness.simulation.TraceLibrary;
import mplm.harness.suite.Clone;
import mplm.harness.suite.Shard;
import mplm.harness.terminal.TaskBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm simulate}. */
@Command(
    name = "simulate",
    description = {
      "Computes what migrations of a guest would come to, from a trace of what it dirtied. Nothing is run.",
      "Every trace is combined with every link and method, on all cores.",
      "With --against, the trials of runs are simulated, and the difference from what was measured is printed."
    },
    mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
  private static final int MOST_BEGINNINGS = 1000;

  @Parameters(paramLabel = "TRACE", arity = "0..*",
      description = "trace files that mplm record made, folders of them, or made-up guests, such as"
          + " synthetic:memory=1GiB,set=64MiB,rate=5000; by default those in reports/traces")
  private List<String> traces = List.of();

  @Option(names = "--against", paramLabel = "RUN",
      description = "simulate this run's trials from the traces of their guests; given several times, overheads are fitted on all runs")
  private List<Path> against = List.of();

  @Option(names = "--link", paramLabel = "RATE,...", split = "(?<!\\d),", defaultValue = "1Gbit/s", // not a decimal comma
      description = "rates of the link; by default ${DEFAULT-VALUE}")
  private List<String> links;

  @Option(names = "--methods", paramLabel = "METHOD,...", defaultValue = "precopy:0.3s,precopy:1s,precopy:5s,mplm,stop-and-copy",
      description = "as in run; by default ${DEFAULT-VALUE}")
  private String methods;

  @Option(names = "--limit", paramLabel = "DURATION", defaultValue = "600s",
      description = "after which a migration is cancelled; by default ${DEFAULT-VALUE}")
  private String limit;

  @Option(names = "--overheads", paramLabel = "NAME=VALUE,...",
      description = "costs beside sending pages, in the form that --against prints; without this option --against fits them, and other simulations have none")
  private String overheads;

  @Option(names = "--beginnings", paramLabel = "N", defaultValue = "1",
      description = "let a migration begin at each of so many moments, spread evenly over the trace, and say the medians")
  private int beginnings;

  @Option(names = "--bound", description = "say what the best possible is, for one that knows all writes in advance")
  private boolean bound;

  @Option(names = "--shard", paramLabel = "I/N", defaultValue = "1/1",
      description = "every Nth trace and link, from the Ith on; mplm merge makes one CSV file of all")
  private String shard;

  @Mixin private SimulationFiles files;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    files.refuseUnwritable();
    try (AllCores cores = new AllCores()) {
      if (!against.isEmpty()) {
        judge(cores);
      } else {
        sweep(cores);
      }
    }
    return 0;
  }

  private void sweep(AllCores cores) throws Exception {
    List<Trace> guests = new ArrayList<>();
    for (String trace : traces.isEmpty() ? List.of(Clone.here().traces().toString()) : traces) {
      if (SyntheticTrace.isMeant(trace)) {
        guests.add(read("TRACE", trace, SyntheticTrace::parse));
        continue;
      }
      Path place = Path.of(trace);
      for (Path file : Files.isDirectory(place) ? new TraceLibrary(List.of(place)).files() : List.of(place)) {
        guests.add(TraceLibrary.read(file));
      }
    }
    List<Bandwidth> rates = links.stream().map(link -> read("--link", link, Bandwidth::parse)).toList();
    List<Method> chosen = Methods.split(methods).stream().map(text -> read("--methods", text, SimulateCommand::method)).toList();
    refuseTwice("--link", rates);
    refuseTwice("--methods", chosen);
    Duration longest = read("--limit", limit, text -> Simulation.checked(Durations.parse(text)));
    Overheads beside = overheads == null ? Overheads.NONE : read("--overheads", overheads, Overheads::parse);
    Shard part = read("--shard", shard, Shard::parse);
    if (beginnings < 1 || beginnings > MOST_BEGINNINGS) {
      throw new BadInput("--beginnings: " + beginnings + ", allowed: 1 to " + MOST_BEGINNINGS);
    }
    if (files.hasHeatMap() && !part.equals(Shard.WHOLE)) {
      throw new BadInput("--heat-map: not of a shard, which has a part of its cells");
    }
    Sweep sweep = new Sweep(guests, rates, chosen, longest, beside, beginnings, bound, part);
    try (TaskBar bar = bar("simulating", sweep.migrations(), "migrations")) {
      tell(sweep.tables(cores, bar::done));
    }
  }

  private void tell(List<SimulationTable> tables) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    tables.forEach(table -> out.print(table.text()));
    out.flush();
    files.write(tables);
    files.draw(tables, links.size()).forEach(out::println);
    out.flush();
  }

  /** The run says links, methods and limits itself. */
  private void judge(AllCores cores) throws Exception {
    for (ArgSpec given : spec.commandLine().getParseResult().matchedArgs()) {
      if (!given.isPositional() && !List.of("--against", "--csv", "--bound", "--overheads").contains(((OptionSpec) given).longestName())) {
        throw new BadInput(((OptionSpec) given).longestName() + " cannot be combined with --against: the run has its own; allowed: --csv, --bound,"
            + " --overheads, TRACE");
      }
    }
    Optional<Overheads> beside = Optional.ofNullable(overheads).map(text -> read("--overheads", text, Overheads::parse));
    refuseTwice("--against", against);
    TraceLibrary library = new TraceLibrary(
        traces.isEmpty() ? List.of(Clone.here().traces()) : traces.stream().map(Path::of).toList());
    Map<RealPoint, Path> found = new LinkedHashMap<>();
    Set<String> without = new LinkedHashSet<>();
    for (Path run : against) {
      RunManifest manifest = RunManifest.read(run);
      for (RealPoint point : RealPoint.of(run)) {
        Optional<Path> trace = library.of(point.experiment(), point.kernelArguments(), manifest.setting().accelerator());
        trace.ifPresentOrElse(file -> found.put(point, file), () -> without.add(point.guest()));
      }
    }
    if (found.isEmpty()) {
      String runs = String.join(", ", against.stream().map(Path::toString).toList());
      throw new BadInput("no trace belongs to a guest of " + runs + " (" + String.join("; ", without) + "), there are: "
          + library.contents());
    }
    ErrorTable table;
    Judge judge = new Judge(found, cores);
    if (beside.isPresent()) {
      table = judge.known(beside.get(), bound);
    } else {
      try (TaskBar bar = bar("fitting overheads", -1, "tried")) {
        table = judge.fitted(bound, bar::done);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(table.text());
    without.forEach(guest -> out.println("not simulated, for no trace is of it: " + guest));
    out.flush();
    files.write(table);
  }

  private static TaskBar bar(String name, long tasks, String unit) {
    return new TaskBar(System.err, Boolean.getBoolean("mplm.terminal"), name, tasks, unit);
  }

  private static Method method(String text) {
    Method method = Method.parse(text);
    if (method.model().isEmpty()) {
      throw new IllegalArgumentException(method + " is not simulated, allowed: all methods but unmigrated, postcopy, and"
          + " precopy with features; mplm list names them");
    }
    return method;
  }

  private static void refuseTwice(String option, List<?> values) {
    if (values.stream().distinct().count() < values.size()) {
      throw new BadInput(option + ": one is there twice");
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
