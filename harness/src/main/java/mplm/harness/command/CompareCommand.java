// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mplm.engine.migration.Method;
import mplm.engine.migration.Methods;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.derive.RowSet;
import mplm.harness.document.ComparisonDocument;
import mplm.harness.document.Html;
import mplm.harness.document.Markdown;
import mplm.harness.file.ScratchFolder;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.verdict.Comparison;
import mplm.harness.verdict.Difference;
import mplm.harness.verdict.Observation;
import mplm.harness.verdict.Rules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mplm compare}. */
@Command(
    name = "compare",
    description = {
      "Says of two sets of trials, measured or simulated, which is better or worse, by experiment, method and metric.",
      "Rows of different hosts, links, guests or experiments are refused. Exit code 1: worse."
    },
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  private static final String FILE = "FILE";

  @Parameters(paramLabel = "BASE", index = "0",
      description = "what is compared with: folder of a run, or CSV file with its columns")
  private Path base;

  @Parameters(paramLabel = "CANDIDATE", index = "1", arity = "0..1",
      description = "what is compared; without it, both engines of a run that compares engines")
  private Path candidate;

  @Option(names = "--methods", paramLabel = "METHOD,METHOD", description = "this method of BASE with that one of CANDIDATE, alone")
  private String methods;

  @Option(names = "--threshold", paramLabel = "[METRIC=]PERCENT%", split = ",",
      description = "what matters: a difference of more than so much; METRIC is time, downtime, transferred, slowdown, cpu or lost, without it"
          + " all are meant; by default 5%%")
  private List<String> thresholds = List.of();

  @Option(names = "--control", paramLabel = "METHOD",
      description = "a method that did not change, or none; by default all but mplm; may be given several times")
  private List<String> control = List.of();

  @Option(names = "--alpha", paramLabel = "P", description = "probability of any false alarm in the whole comparison; by default " + Rules.ALPHA)
  private Double alpha;

  @Option(names = "--seed", paramLabel = "N", description = "seed of the random draws; by default ${DEFAULT-VALUE}")
  private long seed = RunCommand.SEED;

  @Option(names = "--markdown", paramLabel = FILE, description = "write it to this file too, as Markdown")
  private Path markdown;

  @Option(names = "--html", paramLabel = FILE, description = "the same as a page with a chart of all ratios, in one file")
  private Path html;

  @Option(names = "--json", paramLabel = FILE, description = "the same as JSON")
  private Path json;

  @Option(names = "--junit", paramLabel = FILE, description = "the same as JUnit's XML")
  private Path junit;

  @Option(names = "--force", description = "compare in spite of what differs; that is told")
  private boolean force;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Rules rules = rules();
    ComparisonDocument document = candidate == null ? engines(rules) : sets(rules);
    refuseUnknownControls(document.comparison());
    if (document.comparison().differences().stream().noneMatch(one -> one.baseTrials() > 0 && one.candidateTrials() > 0)) {
      throw new BadInput("nothing can be compared: no experiment and method is in both");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(document.text());
    out.flush();
    try {
      if (markdown != null) {
        Markdown.write(markdown, document.blocks(List.of()));
      }
      if (html != null) {
        try (ScratchFolder charts = new ScratchFolder("mplm-compare")) {
          Html.write(html, document.title(), document.blocks(document.draw(charts.path(), "ratios")));
        }
      }
      if (json != null) {
        document.writeJson(json);
      }
      if (junit != null) {
        document.writeJUnit(junit);
      }
    } catch (FileSystemException | FileNotFoundException e) {
      throw new BadInput("--markdown, --html, --json, --junit: cannot be written: " + BadInput.reason(e));
    }
    return document.comparison().isWorse() ? ExitCode.FAILED : 0;
  }

  /** Without its control a comparison would take the machine's part for the candidate's. */
  private static void refuseUnknownControls(Comparison comparison) {
    List<String> methods = comparison.differences().stream().map(Difference::method).distinct().sorted().toList();
    for (String method : comparison.rules().control()) {
      if (!method.equals(Rules.NONE) && !methods.contains(method)) {
        throw new BadInput("--control " + method + ": no trial that is compared is of it, allowed: " + Rules.NONE + " "
            + String.join(" ", methods));
      }
    }
  }

  private Rules rules() {
    if (alpha != null && alpha > 0 && alpha < Rules.LEAST_ALPHA) {
      throw new BadInput("--alpha " + alpha + ": allowed: " + Rules.LEAST_ALPHA + " or more, and below 1; p-values that are drawn cannot be"
          + " smaller than a tenth of that");
    }
    try {
      List<String> unchanged =
          control.stream().map(text -> text.equals(Rules.NONE) ? text : Method.parse(text).toString()).toList();
      return new Rules(alpha == null ? Rules.ALPHA : alpha, Rules.thresholds(thresholds), unchanged, seed);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--threshold, --control, --alpha: " + e.getMessage());
    }
  }

  private ComparisonDocument engines(Rules rules) throws IOException {
    RowSet rows = RowSet.read(base);
    if (methods != null || rows.run().isEmpty() || rows.run().get().manifest().engines() == null) {
      throw new BadInput(base + ": name what it is compared with; this is not a run that compares engines");
    }
    RunManifest manifest = rows.run().get().manifest();
    if (alpha != null && manifest.engines().alpha() != null) {
      throw new BadInput("--alpha: the looks of " + base + " have shared out an error rate of " + Rules.ALPHA
          + "; without --alpha it is judged as at its end");
    }
    return EngineVerdict.document(manifest, rows.run().get().rows(), rules);
  }

  private ComparisonDocument sets(Rules rules) throws IOException {
    RowSet one = RowSet.read(base);
    RowSet other = RowSet.read(candidate);
    List<String> obstacles = one.obstacles(other);
    if (!obstacles.isEmpty() && !force) {
      throw new BadInput("the rows cannot be compared, these differ: " + String.join("; ", obstacles) + " (--force compares them)");
    }
    List<String> notes = new ArrayList<>();
    obstacles.forEach(obstacle -> notes.add("differs: " + obstacle));
    if (one.ofEmulatedHosts() || other.ofEmulatedHosts()) {
      notes.add("Measured on emulated hosts: whether something is faster or slower there says nothing of speed.");
    }
    List<Observation> before = one.observations();
    List<Observation> after = other.observations();
    if (methods != null) {
      List<String> pair = Methods.split(methods);
      if (pair.size() != 2) {
        throw new BadInput("--methods " + methods + ": allowed: METHOD,METHOD, that of BASE and that of CANDIDATE");
      }
      String name = pair.get(0) + " -> " + pair.get(1);
      before = only(before, pair.get(0), name);
      after = only(after, pair.get(1), name);
    }
    if (!one.isSame(other)) {
      // two runs of one name, such as two merged ones, have made nothing in turn
      before = before.stream().map(Observation::withoutRound).toList();
      after = after.stream().map(Observation::withoutRound).toList();
    }
    for (List<Observation> rows : List.of(before, after)) {
      if (rows.stream().map(Observation::engine).distinct().count() > 1) {
        throw new BadInput((rows == before ? base : candidate) + ": holds trials of several engines: compare it alone");
      }
    }
    return new ComparisonDocument(base.toString(), candidate.toString(), notes, Comparison.of(before, after, rules));
  }

  private static List<Observation> only(List<Observation> rows, String method, String name) {
    String text;
    try {
      text = Method.parse(method).toString();
    } catch (IllegalArgumentException e) {
      throw new BadInput("--methods: " + e.getMessage());
    }
    List<Observation> found = rows.stream().filter(row -> row.method().equals(text)).map(row -> row.withMethod(name)).toList();
    if (found.isEmpty()) {
      throw new BadInput("--methods: there is no trial of " + text + ", allowed: "
          + String.join(" ", rows.stream().map(Observation::method).distinct().sorted().toList()));
    }
    return found;
  }
}
