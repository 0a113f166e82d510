// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.harness.derive.MethodsCsv;
import mplm.harness.derive.Report;
import mplm.harness.derive.RunComparison;
import mplm.harness.derive.RunDerivation;
import mplm.harness.document.Answer;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Cell;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.TrialRow;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm report}. */
@Command(
    name = "report",
    description = {
      "Writes one report of the rows of several runs together: figure, table, claims, index.html, report.md.",
      "Experiments of one name have to be the same ones. Runs of different hosts, links, guests or engines are refused. Nothing is run."
    },
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", arity = "1..*", description = "folders of runs")
  private List<Path> folders;

  @Option(names = "--output", paramLabel = "DIR",
      description = "by default the run's folder, or of several runs LAST-and-N-more beside it")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (folders.stream().map(folder -> folder.toAbsolutePath().normalize()).distinct().count() < folders.size()) {
      throw new BadInput("runs " + folders + ": one is there twice");
    }
    List<RunDerivation> runs = new ArrayList<>();
    Map<String, Path> ids = new HashMap<>();
    for (Path folder : folders) {
      RunDerivation run = RunDerivation.ofRecords(folder);
      Path same = ids.putIfAbsent(run.manifest().setting().run(), folder);
      if (same != null) {
        throw new BadInput(folder + ": is the same run as " + same + ", " + run.manifest().setting().run()
            + ": each of its trials would count twice");
      }
      runs.add(run);
    }
    List<TrialRow> rows = new ArrayList<>();
    for (RunDerivation run : runs) {
      if (run.manifest().engines() != null) {
        throw new BadInput(run.run() + ": compares engines; its report is its verdict: mplm compare " + run.run());
      }
      runs.subList(0, runs.indexOf(run)).forEach(before -> refuseOther(before, run));
      rows.addAll(run.rows());
    }
    Path folder = output != null ? output : folder();
    if (Files.exists(RunManifest.file(folder)) && !folder.toAbsolutePath().normalize().equals(folder())) {
      throw new BadInput("--output " + folder + ": is the folder of a run, whose report stands there; allowed: any other folder");
    }
    refuseOthersReport(folder, runs);
    PrintWriter out = spec.commandLine().getOut();
    Answer.lines(Cell.of(rows)).forEach(out::println);
    new Report(folder, runs).write(rows).forEach(out::println);
    if (!Files.exists(RunManifest.file(folder))) {
      // a run has its own rows; together they can be compared as one file
      TrialsCsv.SCHEMA.write(folder.resolve("trials.csv"), rows);
      MethodsCsv.SCHEMA.write(folder.resolve("methods.csv"), MethodSummary.of(rows));
      Stream.of("trials.csv", "methods.csv").map(folder::resolve).forEach(out::println);
    }
    out.flush();
    return 0;
  }

  /** The same runs' report may be made again, another's is not replaced: its charts would stay among the new ones too. */
  private static void refuseOthersReport(Path folder, List<RunDerivation> runs) throws IOException {
    Path rows = folder.resolve("trials.csv");
    if (Files.exists(RunManifest.file(folder)) || !Files.exists(rows)) {
      return;
    }
    Set<String> there = new TreeSet<>();
    for (Row row : TrialsCsv.SCHEMA.read(rows, "the rows of a report", List.of("run"))) {
      there.add(row.text("run"));
    }
    Set<String> own = runs.stream().map(run -> run.manifest().setting().run()).collect(Collectors.toCollection(TreeSet::new));
    if (!there.equals(own)) {
      throw new BadInput(folder + ": has the report of " + String.join(", ", there) + "; --output DIR names another folder");
    }
  }

  private static void refuseOther(RunDerivation one, RunDerivation other) {
    List<String> obstacles = new RunComparison(one, other).obstaclesToOneReport();
    if (!obstacles.isEmpty()) {
      throw new BadInput("the rows of " + one.run() + " and " + other.run() + " cannot stand together, these differ: "
          + String.join("; ", obstacles));
    }
  }

  private Path folder() {
    Path last = folders.get(folders.size() - 1).toAbsolutePath().normalize();
    return folders.size() == 1 ? last : last.resolveSibling(last.getFileName() + "-and-" + (folders.size() - 1) + "-more");
  }
}
