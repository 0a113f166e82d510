// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import mplm.engine.migration.Method;
import mplm.harness.input.BadInput;
import mplm.harness.input.BadValue;

/**
 * A list of experiments; a file {@code npb-configs/suites/NAME.yaml}.
 *
 * @param name the file's
 * @param asked what the user asked for: the name, or the path of a file, from the clone if it is there
 * @param title one line for lists
 * @param repetitions trials of each method of each experiment
 * @param experiments in the order of the file
 */
public record Suite(String name, String asked, String title, int repetitions, List<Experiment> experiments) {
  /** What is planned is held in memory; a run of so many would take years. */
  private static final int MOST = 10_000;

  /** What stands in the file. */
  record Contents(
      @JsonProperty(required = true) String title,
      @JsonProperty(required = true) int repetitions,
      @JsonProperty(required = true) List<Experiment> experiments) {

    Contents {
      if (repetitions < 1 || repetitions > MOST) {
        throw new BadValue("repetitions", repetitions + ", allowed: 1 to " + MOST);
      }
      if (experiments == null || experiments.isEmpty()) {
        throw new BadValue("experiments", "empty, allowed: at least one");
      }
      Set<String> names = new HashSet<>();
      for (Experiment experiment : experiments) {
        if (experiment == null) {
          throw new BadValue("experiments", "one is empty, allowed: a mapping each");
        }
        if (!names.add(experiment.name())) {
          throw new BadValue("experiments", "two have the name '" + experiment.name() + "'");
        }
      }
    }
  }

  public Suite {
    experiments = List.copyOf(experiments);
  }

  /** A suite that is asked for by its name. */
  public Suite(String name, String title, int repetitions, List<Experiment> experiments) {
    this(name, name, title, repetitions, experiments);
  }

  /** The same with other methods in every experiment. */
  public Suite withMethods(List<Method> methods) {
    if (new HashSet<>(methods).size() < methods.size()) {
      throw new BadInput("methods " + methods + ": one is there twice");
    }
    return withExperiments(experiments.stream().map(e -> e.withMethods(methods)).toList());
  }

  /** The same with other repetitions. */
  public Suite withRepetitions(int other) {
    if (other < 1 || other > MOST) {
      throw new BadInput("repetitions " + other + ", allowed: 1 to " + MOST);
    }
    return new Suite(name, asked, title, other, experiments);
  }

  /** The same with all memory compared in every trial. */
  public Suite withMemoryVerified() {
    return withExperiments(experiments.stream().map(Experiment::withMemoryVerified).toList());
  }

  /**
   * The experiments of these benchmarks alone.
   *
   * @param selected {@code NAME} or {@code NAME.CLASS}; the class replaces the suite's
   * @throws BadInput the suite has no such benchmark, or the class does not exist or does not fit
   */
  public Suite select(List<String> selected) {
    List<Experiment> chosen = new ArrayList<>();
    for (String selection : selected) {
      String[] parts = selection.split("\\.", 2);
      List<Experiment> found = experiments.stream().filter(e -> e.benchmark().name().equals(parts[0])).toList();
      if (found.isEmpty()) {
        throw new BadInput("benchmark '" + parts[0] + "' is not in suite " + name + ", allowed: "
            + String.join(", ", experiments.stream().map(e -> e.benchmark().name()).distinct().toList()));
      }
      for (Experiment experiment : found) {
        try {
          chosen.add(parts.length == 1 ? experiment : experiment.withClass(parts[1]));
        } catch (BadValue e) {
          throw new BadInput("benchmark '" + selection + "': " + e.getMessage());
        }
      }
    }
    if (chosen.stream().map(Experiment::name).distinct().count() < chosen.size()) {
      throw new BadInput("benchmarks " + String.join(",", selected) + ": an experiment is selected twice");
    }
    return withExperiments(chosen);
  }

  /**
   * All trials in the order of the run: within an experiment every method once, then every method again. So that nothing that changes
   * with time is taken for a difference of methods, their order is another in each repetition.
   *
   * @param seed gives the orders
   */
  public List<PlannedTrial> plan(long seed) {
    Random random = new Random(seed);
    List<PlannedTrial> plan = new ArrayList<>();
    for (Experiment experiment : experiments) {
      for (int repetition = 1; repetition <= repetitions; repetition++) {
        List<Method> methods = new ArrayList<>(experiment.methods());
        Collections.shuffle(methods, random);
        for (Method method : methods) {
          plan.add(new PlannedTrial(plan.size() + 1, name, experiment, method, repetition));
        }
      }
    }
    return plan;
  }

  /**
   * All trials of a run that compares engines: in each repetition every method of every experiment, moved by one engine and at once
   * by the other. Methods, and the engines in each pair, are shuffled in every round, so a run that is stopped early is
   * still balanced.
   *
   * @param seed gives the orders
   * @param engines their names; with none, the plan of a run with one engine
   */
  public List<PlannedTrial> plan(long seed, List<String> engines) {
    if (engines.isEmpty()) {
      return plan(seed);
    }
    Random random = new Random(seed);
    List<PlannedTrial> plan = new ArrayList<>();
    for (int repetition = 1; repetition <= repetitions; repetition++) {
      for (Experiment experiment : experiments) {
        List<Method> methods = new ArrayList<>(experiment.methods());
        Collections.shuffle(methods, random);
        for (Method method : methods) {
          List<String> pair = new ArrayList<>(engines);
          Collections.shuffle(pair, random);
          for (String engine : pair) {
            plan.add(new PlannedTrial(plan.size() + 1, name, experiment, method, repetition, engine));
          }
        }
      }
    }
    return plan;
  }

  /** Whether a guest has to be measured before it is known what is run. */
  public boolean hasUnmeasured() {
    return experiments.stream().anyMatch(experiment -> experiment.link() == null);
  }

  /** The same with other experiments. */
  public Suite withExperiments(List<Experiment> others) {
    return new Suite(name, asked, title, repetitions, others);
  }
}
