// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.document;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mplm.engine.migration.Method;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.Shard;

/** The command that makes a run again, with all in it that may have been another than the suite's own. */
final class Repeat {
  private Repeat() {}

  static String command(RunManifest manifest) {
    List<String> words = new ArrayList<>(List.of("harness/bin/mplm", "run", word(manifest.asked()), "--seed",
        Long.toString(manifest.seed()),
        "--repetitions", Integer.toString(manifest.repetitions())));
    List<Experiment> experiments = manifest.experiments();
    List<String> benchmarks = experiments.stream().map(e -> e.benchmark().name() + "." + e.problemClass()).distinct().toList();
    if (benchmarks.size() == experiments.stream().map(e -> e.benchmark().name()).distinct().count()) {
      words.addAll(List.of("--benchmarks", String.join(",", benchmarks)));
    }
    List<List<Method>> methods = experiments.stream().map(e -> e.methods().stream().map(e::original).toList()).distinct().toList();
    if (methods.size() == 1) {
      words.addAll(List.of("--methods", methods.get(0).stream().map(Object::toString).collect(Collectors.joining(","))));
    }
    if (experiments.stream().allMatch(Experiment::verifyMemory)) {
      words.add("--verify-memory");
    }
    if (!manifest.setting().protection().equals("none")) {
      words.addAll(List.of("--protection", manifest.setting().protection()));
    }
    // a folder or a tarball, of which the engine knows the contents and not the place
    if (isOfOwnSource(manifest)) {
      words.addAll(List.of("--qemu-source", "qemu-" + manifest.setting().qemuVersion()));
    }
    if (!manifest.shard().equals(Shard.WHOLE)) {
      words.addAll(List.of("--shard", manifest.shard().toString()));
    }
    words.addAll(manifest.setting().testbed().equals("none") ? List.of("--hosts", "hosts.yaml")
        : List.of("--testbed", manifest.setting().testbed()));
    return String.join(" ", words);
  }

  /** Which engine it takes for that, unless {@code --qemu-source} says so. */
  static Optional<String> engine(RunManifest manifest) {
    String version = manifest.setting().qemuVersion();
    return isOfOwnSource(manifest) ? Optional.empty() : Optional.of("The engine was QEMU " + version + ": MPLM_ENGINE names one, such as"
        + " the folder that engine/qemu/build --qemu " + version.replaceFirst("^(\\d+\\.\\d+).*", "$1") + " prints.");
  }

  private static boolean isOfOwnSource(RunManifest manifest) {
    return manifest.engine().getOrDefault("qemu.source", "").matches("(folder|tarball) .*");
  }

  /** A run's folder, from the clone if it is where runs go, else its name: a report tells nothing of where it was made. */
  static String place(Path run) {
    Path runs = Path.of("reports", "runs");
    Path whole = run.toAbsolutePath().normalize();
    return word((whole.getParent().endsWith(runs) ? runs.resolve(whole.getFileName()) : whole.getFileName()).toString());
  }

  /** A path, for a shell. */
  private static String word(String text) {
    return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
