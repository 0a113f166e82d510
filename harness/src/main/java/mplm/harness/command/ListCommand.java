// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mplm.engine.migration.Methods;
import mplm.engine.scheduler.Scheduler;
import mplm.harness.suite.Benchmark;
import mplm.harness.suite.Clone;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import mplm.harness.table.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mplm list}. */
@Command(name = "list", description = "Lists suites, benchmarks and methods, or the columns of all CSV files.", mixinStandardHelpOptions = true)
public final class ListCommand implements Callable<Integer> {
  @Option(names = "--columns", description = "list the columns of all CSV files: type, unit, meaning, and when they are empty")
  private boolean columns;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (columns) {
      out.print(Dictionary.page());
      out.flush();
      return 0;
    }
    NpbConfigs configs = Clone.here().npbConfigs();
    out.println("suites");
    TextTable suites = new TextTable("<<<");
    for (String name : configs.suites()) {
      Suite suite = configs.suite(name);
      suites.row("", name, suite.title() + " (" + suite.plan(RunCommand.SEED).size() + " trials)");
    }
    out.print(suites);
    out.println("benchmarks, with the memory of each class");
    TextTable benchmarks = new TextTable("<<<");
    for (String name : configs.benchmarks()) {
      Benchmark benchmark = configs.benchmark(name);
      benchmarks.row("", name, benchmark.title());
      benchmarks.row("", "", benchmark.classes().entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue().memory())
          .collect(Collectors.joining(", ")));
    }
    out.print(benchmarks);
    out.println("methods");
    TextTable methods = new TextTable("<<<");
    Methods.forms().forEach(form -> methods.row("", form.text(), form.what()));
    out.print(methods);
    out.println("policies of mplm");
    out.println("  " + String.join(", ", Scheduler.policies()));
    out.flush();
    return 0;
  }
}
