// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
import mplm.harness.report.SimulationTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm simulate}. */
@Command(
    name = "simulate",
    description = "Computes what migrations of a guest would come to, from a trace of what it dirtied. Nothing is run.",
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TRACE",
      description = "a trace file, or a made-up guest, such as synthetic:memory=1GiB,set=64MiB,rate=5000")
  private String trace;

  @Option(names = "--link", paramLabel = "RATE", defaultValue = "1Gbit/s",
      description = "rate of the link; by default ${DEFAULT-VALUE}")
  private String link;

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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Trace guest = SyntheticTrace.isMeant(trace) ? read("TRACE", trace, SyntheticTrace::parse) : file();
    Bandwidth rate = read("--link", link, Bandwidth::parse);
    Duration longest = read("--limit", limit, Durations::parse);
    List<Optional<Method>> chosen = new ArrayList<>();
    for (String text : methods.split(RunCommand.METHOD_COMMA, -1)) {
      chosen.add(text.equals(Simulation.STOP_AND_COPY) ? Optional.empty()
          : Optional.of(read("--methods", text, SimulateCommand::method)));
    }
    Conditions conditions = Conditions.of(rate);
    Simulation simulation = read("--limit", limit, text -> new Simulation(guest, conditions, longest));
    List<Simulated> rows = new ArrayList<>();
    try {
      for (Optional<Method> method : chosen) {
        rows.add(method.isPresent() ? simulation.run(method.get()) : simulation.stopAndCopy());
      }
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage());
    }
    Duration horizon = rows.stream().map(row -> row.total().orElse(row.live())).max(Duration::compareTo).orElseThrow();
    SimulationTable table = new SimulationTable(guest.header(), rate, longest, rows,
        bound ? Optional.of(new Bound(guest, conditions, horizon)) : Optional.empty());
    if (csv != null) {
      write(table);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(table.text());
    out.flush();
    return 0;
  }

  private static Method method(String text) {
    Method method = Method.parse(text);
    if (method instanceof Unmigrated) {
      throw new IllegalArgumentException(
          "unmigrated is not simulated, allowed: precopy:DURATION, mplm, " + Simulation.STOP_AND_COPY);
    }
    return method;
  }

  private Trace file() throws IOException {
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

  private void write(SimulationTable table) {
    try {
      table.write(csv);
    } catch (IOException e) {
      throw new BadInput("--csv " + csv + ": cannot be written: " + e.getMessage());
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
