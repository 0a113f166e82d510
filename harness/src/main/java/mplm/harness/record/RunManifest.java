// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import mplm.engine.migration.Method;
import mplm.harness.input.BadInput;
import mplm.harness.input.BadValue;
import mplm.harness.result.Setting;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;

/**
 * The file {@code run.json}: all that a run was set to, in full, so that its rows can be derived again whatever becomes of the suite's
 * file.
 *
 * @param formatVersion by which rules the run's files were written, see {@link #FORMAT}; 1 if it does not say
 * @param suite its name
 * @param asked what the user asked for: the suite's name, or the path of its file; by default the name
 * @param title the suite's
 * @param seed by which the methods of each repetition were put in order, and the moments of migrations drawn
 * @param repetitions the suite's; by default the most of any trial
 * @param shard which of the suite's trials this run makes; all by default
 * @param experiments with all their keys
 * @param trials those of the shard, in the order of the run, numbered as in the whole one
 * @param setting what all trials share
 * @param pairs of hosts, by experiment: all trials of one are made on the same; empty if there is but one
 * @param environment what may explain a difference between two runs, by machine: {@code controller}, {@code source}, {@code
 *     destination}, {@code link}; with several pairs {@code PAIR-source} and so on; and {@value #TESTBED}
 * @param engine what the hypervisor was built from
 * @param guest what the guest's image was built from
 * @param kernelArguments of the guest, by experiment
 * @param engines those that the run compares; null if it has one
 */
public record RunManifest(
    Integer formatVersion,
    @JsonProperty(required = true) String suite,
    String asked,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) long seed,
    Integer repetitions,
    Shard shard,
    @JsonProperty(required = true) List<Experiment> experiments,
    @JsonProperty(required = true) List<Trial> trials,
    @JsonProperty(required = true) Setting setting,
    Map<String, String> pairs,
    @JsonProperty(required = true) Map<String, Map<String, String>> environment,
    @JsonProperty(required = true) Map<String, String> engine,
    @JsonProperty(required = true) Map<String, String> guest,
    @JsonProperty(required = true) Map<String, String> kernelArguments,
    Engines engines) {
  /**
   * The version of the files that are written now. A column more is no new version, as readers go by names. From 2 on {@code method}
   * in {@code trials.csv} is the whole text, from 3 on {@code run.json} says by which name or path the suite was asked for.
   */
  public static final int FORMAT = 3;

  /** The environment's key for why the testbed is not of a better kind, by that kind. It explains no result. */
  public static final String TESTBED = "testbed";

  private static final String FILE = "run.json";

  /** A planned trial, by the name of its experiment. */
  public record Trial(
      @JsonProperty(required = true) int number,
      @JsonProperty(required = true) String experiment,
      @JsonProperty(required = true) Method method,
      @JsonProperty(required = true) int repetition,
      String engine) {
    public Trial {
      engine = engine == null ? "" : engine;
    }
  }

  /**
   * The engines of a run that compares them.
   *
   * @param properties what each was built from, by its name, the one that is compared with first
   * @param budget after which no round of trials begins
   * @param alpha the error rate of the last look at the trials; null until they have ended
   */
  public record Engines(
      @JsonProperty(required = true) Map<String, Map<String, String>> properties,
      @JsonProperty(required = true) Duration budget,
      Double alpha) {
    /** The names of both, in that order. */
    public List<String> names() {
      return List.copyOf(properties.keySet());
    }
  }

  public RunManifest {
    formatVersion = formatVersion == null ? 1 : formatVersion;
    asked = asked == null ? suite : asked;
    repetitions = repetitions == null ? trials.stream().mapToInt(Trial::repetition).max().orElse(1) : repetitions;
    shard = shard == null ? Shard.WHOLE : shard;
    pairs = pairs == null ? Map.of() : pairs;
    refuseTwice("trials", trials.stream().map(Trial::number).toList());
    refuseTwice("experiments", experiments.stream().map(Experiment::name).toList());
  }

  private static void refuseTwice(String key, List<?> names) {
    Set<Object> seen = new HashSet<>();
    for (Object name : names) {
      if (!seen.add(name)) {
        throw new BadValue(key, name + " is there twice");
      }
    }
  }

  /** The manifest of a suite that is about to run. */
  public static RunManifest of(Suite suite, long seed, Shard shard, Setting setting, Map<String, String> pairs,
      Map<String, Map<String, String>> environment, Map<String, String> engine, Map<String, String> guest,
      Function<Experiment, String> kernelArguments, Engines engines) {
    return new RunManifest(FORMAT, suite.name(), suite.asked(), suite.title(), seed, suite.repetitions(), shard, suite.experiments(),
        trials(shard.of(suite.plan(seed, engines == null ? List.of() : engines.names()))), setting, pairs, environment, engine, guest,
        suite.experiments().stream().collect(Collectors.toMap(Experiment::name, kernelArguments)), engines);
  }

  /** What it would be if the same were run in another place. */
  public RunManifest at(Setting otherSetting, Map<String, Map<String, String>> otherEnvironment, Map<String, String> otherEngine,
      Map<String, String> otherGuest, Function<Experiment, String> otherKernelArguments, Engines otherEngines) {
    return new RunManifest(FORMAT, suite, asked, title, seed, repetitions, shard, experiments, trials, otherSetting, pairs,
        otherEnvironment, otherEngine, otherGuest,
        experiments.stream().collect(Collectors.toMap(Experiment::name, otherKernelArguments)), otherEngines);
  }

  /** The same with these trials. */
  public RunManifest with(Shard otherShard, List<Trial> otherTrials, Setting otherSetting) {
    return new RunManifest(FORMAT, suite, asked, title, seed, repetitions, otherShard, experiments, otherTrials, otherSetting, pairs,
        environment, engine, guest, kernelArguments, engines);
  }

  /** The same with all trials of the suite, whatever shard this is of. */
  public RunManifest whole(Setting otherSetting) {
    return with(Shard.WHOLE, trials(new Suite(suite, asked, title, repetitions, experiments).plan(seed)), otherSetting);
  }

  private static List<Trial> trials(List<PlannedTrial> plan) {
    return plan.stream().map(p -> new Trial(p.number(), p.experiment().name(), p.method(), p.repetition(), p.engine())).toList();
  }

  /** The same, ended with those trials that were made, judged at that error rate. */
  public RunManifest ended(List<Integer> made, double alpha) {
    List<Trial> those = trials.stream().filter(trial -> made.contains(trial.number)).toList();
    return new RunManifest(FORMAT, suite, asked, title, seed, repetitions, shard, experiments, those, setting, pairs, environment, engine,
        guest, kernelArguments, new Engines(engines.properties, engines.budget, alpha));
  }

  /** What that trial shares with all others, with its own engine. */
  public Setting setting(PlannedTrial planned) {
    return planned.engine().isEmpty() ? setting : setting.withEngine(engines.properties.get(planned.engine()));
  }

  /** What is known of the host that the guests of an experiment are moved from; empty if nothing is. */
  public Map<String, String> source(Experiment experiment) {
    String pair = pairs.get(experiment.name());
    return environment.getOrDefault((pair == null ? "" : pair + "-") + TrialFolder.SOURCE, Map.of());
  }

  /** Writes it into the run's folder, whole or not at all. */
  public void write(Path run) throws IOException {
    RecordFile.write(run.resolve(FILE), this);
  }

  /** The file, in the run's folder. */
  public static Path file(Path run) {
    return run.resolve(FILE);
  }

  /** Reads it from a run's folder; {@link BadInput} if that is none. */
  public static RunManifest read(Path run) {
    if (!Files.exists(run.resolve(FILE))) {
      throw new BadInput(run + " is not the folder of a run: it has no " + FILE);
    }
    refuseNewer(run);
    return RecordFile.read(run.resolve(FILE), RunManifest.class);
  }

  /** {@link BadInput} if a newer version of the kit wrote the files in this folder, by what its {@code run.json} says. */
  public static void refuseNewer(Path folder) {
    Path file = folder.resolve(FILE);
    int version;
    try {
      version = Files.exists(file) ? RecordFile.tree(file).path("format_version").asInt() : FORMAT;
    } catch (IOException e) {
      return; // whoever reads it says what is wrong with it
    }
    if (version > FORMAT) {
      throw new BadInput(file + ": format_version: " + version + ", allowed: up to " + FORMAT
          + "; a newer version of the kit wrote this run, which that version or a newer one can read");
    }
  }

  /** The trials in the order of the run. */
  public List<PlannedTrial> plan() {
    Map<String, Experiment> byName = experiments.stream().collect(Collectors.toMap(Experiment::name, experiment -> experiment));
    List<PlannedTrial> plan = new ArrayList<>();
    for (Trial trial : trials) {
      Experiment experiment = byName.get(trial.experiment);
      if (experiment == null) {
        throw new BadInput(FILE + ": trial " + trial.number + " is of an unknown experiment '" + trial.experiment + "'");
      }
      plan.add(new PlannedTrial(trial.number, suite, experiment, trial.method, trial.repetition, trial.engine));
    }
    return plan;
  }
}
