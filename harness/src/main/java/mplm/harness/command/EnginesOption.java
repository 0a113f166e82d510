// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --engine} and {@code --minutes}: the engines that a run compares, if it does. */
final class EnginesOption {
  /** The time that such a run is given unless it is told. */
  private static final int MINUTES = 30;

  @Option(names = "--engine", paramLabel = "NAME=REF",
      description = "twice: compare two engines, such as base=HEAD~1 and new=.; REF is a revision, a clone,"
          + " a built engine, or qemu:VERSION")
  private Map<String, String> engines = new LinkedHashMap<>();

  @Option(names = "--minutes", paramLabel = "N",
      description = "with --engine: end when the verdict is clear, or after so long; by default ${DEFAULT-VALUE}")
  private int minutes = MINUTES;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** What each is made of, by its name, what is compared with first; empty if the run has but one. */
  Map<String, String> references() {
    return engines;
  }

  List<String> names() {
    return List.copyOf(engines.keySet());
  }

  int minutes() {
    return minutes;
  }

  /**
   * {@link BadInput} if these cannot be compared.
   *
   * @param begun the run that is to be resumed; null for a new one
   */
  void check(RunManifest begun) {
    if (begun != null && begun.engines() != null && !begun.engines().names().equals(names())) {
      throw new BadInput("--resume: the run compares engines, allowed: --engine of each, in this order: "
          + String.join(", ", begun.engines().names()));
    }
    if (engines.isEmpty() || begun != null && begun.engines() == null) {
      if (command.commandLine().getParseResult().hasMatchedOption("--minutes") || !engines.isEmpty()) {
        throw new BadInput("--minutes, --engine: are of a run that compares engines");
      }
      return;
    }
    if (engines.size() != 2 || engines.keySet().stream().anyMatch(name -> !name.matches("[A-Za-z0-9._-]{1,20}"))) {
      throw new BadInput("--engine " + engines.keySet()
          + ": allowed: two, what is compared with first, names of letters, digits, '.', '_', '-'");
    }
    engines.forEach((name, reference) -> {
      if (reference.isBlank()) {
        throw new BadInput("--engine " + name + "=: is empty, allowed: a revision, the folder of a clone, or a built engine;"
            + " is a variable not set?");
      }
    });
    if (minutes < 1 || minutes > 10_000) {
      throw new BadInput("--minutes " + minutes + ", allowed: 1 to 10000");
    }
  }
}
