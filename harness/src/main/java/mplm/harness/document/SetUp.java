// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mplm.harness.document.Block.Fold;
import mplm.harness.document.Block.Heading;
import mplm.harness.document.Block.Paragraph;
import mplm.harness.document.Block.Table;
import mplm.harness.paper.Published;
import mplm.harness.paper.Size;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;

/** The section that says what ran where. Runs that stand in one report are of one kind, so the first speaks for all but experiments. */
final class SetUp {
  private SetUp() {}

  static List<Block> blocks(Collection<RunManifest> runs, List<TrialRow> rows) {
    RunManifest first = runs.iterator().next();
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Heading(2, "What ran where"));
    List<List<String>> lines = new ArrayList<>();
    runs.forEach(run -> lines.add(List.of("started", run.setting().started() + " (UTC)")));
    int planned = runs.stream().mapToInt(run -> run.trials().size()).sum();
    lines.add(List.of("trials", rows.size() + " of " + planned + ": " + outcomes(rows)));
    Map<String, String> pairs = new LinkedHashMap<>();
    runs.forEach(run -> run.pairs().forEach(pairs::putIfAbsent));
    first.environment().forEach((machine, stamp) -> {
      if (machine.endsWith("source") || machine.endsWith("destination")) {
        lines.add(List.of(machine, machine(stamp)));
      }
    });
    String testbed = first.setting().testbed();
    String hosts = pairs.isEmpty() ? "two hosts" : new HashSet<>(pairs.values()).size() + " pairs of hosts";
    lines.add(List.of("testbed", testbed.equals("none") ? hosts
        : testbed + ", on one machine" + (first.setting().ofEmulatedHosts() ? ", emulated: no time says anything of speed" : "")
            + first.environment().getOrDefault(RunManifest.TESTBED, Map.of()).entrySet().stream()
                .map(better -> "; not " + better.getKey() + ": " + better.getValue()).collect(Collectors.joining())));
    Map<String, Map<String, String>> links = new LinkedHashMap<>();
    runs.forEach(run -> run.environment().forEach((machine, stamp) -> {
      if (machine.endsWith("link")) {
        links.computeIfAbsent(machine, name -> new TreeMap<>()).putAll(stamp); // each at the rates of its experiments
      }
    }));
    links.forEach((machine, stamp) ->
        lines.add(List.of(machine, "shaped by " + first.setting().shaping() + protection(first) + goodput(stamp))));
    if (!pairs.isEmpty()) {
      lines.add(List.of("spread over pairs", pairs.entrySet().stream()
          .map(entry -> entry.getKey() + " on " + entry.getValue()).collect(Collectors.joining(", "))));
    }
    lines.add(List.of("guests run under", first.setting().acceleratorTitle()));
    String scheduler = first.setting().schedulerHash().substring(0, 12);
    lines.add(List.of("QEMU", first.setting().qemuVersion() + ", page scheduler " + scheduler));
    blocks.add(new Table(List.of("", ""), lines));
    blocks.add(new Table(List.of("experiment", "guest and link", "against the published set-up"),
        experiments(runs).keySet().stream().map(experiment -> sizes(experiment, first)).toList()));
    String cpu = experiments(runs).entrySet().stream()
        .map(entry -> entry.getValue().source(entry.getKey()).getOrDefault("cpu", "unknown CPU"))
        .distinct().collect(Collectors.joining(", "));
    blocks.add(new Paragraph("Besides: " + String.join(", ", Published.otherDeviations(first.setting(), cpu))
        + "; ballast, idle memory filled with random pages so that used memory is the paper's in proportion: "
        + experiments(runs).keySet().stream()
            .map(experiment -> experiment.name() + " " + experiment.ballast()).collect(Collectors.joining(", ")) + "."));
    runs.forEach(run -> blocks.add(environment(run)));
    return blocks;
  }

  /** The experiments of all runs, each of one name once, and a run that has it. */
  static Map<Experiment, RunManifest> experiments(Collection<RunManifest> runs) {
    Set<String> names = new HashSet<>();
    Map<Experiment, RunManifest> experiments = new LinkedHashMap<>();
    runs.forEach(run -> run.experiments().stream().filter(experiment -> names.add(experiment.name()))
        .forEach(experiment -> experiments.put(experiment, run)));
    return experiments;
  }

  private static List<String> sizes(Experiment experiment, RunManifest run) {
    List<String> deviations = Published.deviations(experiment, run.setting());
    return List.of(experiment.name(), experiment.title(),
        Size.of(experiment, run.setting()) + (deviations.isEmpty() ? "" : ": " + String.join(", ", deviations)));
  }

  private static Fold environment(RunManifest run) {
    List<List<String>> lines = new ArrayList<>();
    run.environment().forEach((machine, keys) -> keys.forEach((key, value) -> lines.add(List.of(machine, key, value))));
    run.engine().forEach((key, value) -> lines.add(List.of("engine", key, value)));
    run.guest().forEach((key, value) -> lines.add(List.of("guest image", key, value)));
    return new Fold("Environment: machines, link, engine and guest image of " + run.setting().run(),
        List.of(new Table(List.of("of", "key", "value"), lines)));
  }

  static String outcomes(List<TrialRow> rows) {
    return Arrays.stream(Outcome.values())
        .map(outcome -> rows.stream().filter(row -> row.outcome() == outcome).count() + " " + outcome)
        .filter(text -> !text.startsWith("0 "))
        .collect(Collectors.joining(", "));
  }

  private static String machine(Map<String, String> stamp) {
    String kib = stamp.get("memory_kib");
    String memory = kib == null ? "unknown memory" : String.format(Locale.ROOT, "%.1f GiB", Double.parseDouble(kib) / (1 << 20));
    return stamp.getOrDefault("cpu", "unknown CPU") + ", " + stamp.getOrDefault("cores", "?") + " cores, " + memory + ", "
        + stamp.getOrDefault("kernel", "unknown kernel");
  }

  private static String protection(RunManifest run) {
    String protection = run.setting().protection();
    return protection.equals("none") ? "" : ", the stream protected by " + protection.toUpperCase(Locale.ROOT);
  }

  /** The goodput that was measured at each rate before the run. */
  private static String goodput(Map<String, String> link) {
    String prefix = "goodput_bits_per_s_at.";
    return link.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> String.format(Locale.ROOT, ", %.1f Mbit/s of data at %s", Double.parseDouble(entry.getValue()) / 1e6,
            entry.getKey().substring(prefix.length())))
        .collect(Collectors.joining());
  }
}
