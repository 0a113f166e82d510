// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.file.Folders;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.record.TraceStamp;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.table.Row;
import mplm.harness.table.TrialsCsv;
import mplm.harness.verdict.Observation;

/** Files that a person gave or that a run has left. */
final class Documents {
  private static final Path FOLDER = folder();

  private Documents() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("mplm-fuzz");
      Files.createDirectories(folder.resolve("suites"));
      for (String benchmark : List.of("mg", "is", "writer")) {
        Files.copy(Path.of("../npb-configs", benchmark + ".yaml"), folder.resolve(benchmark + ".yaml"));
      }
      // a fuzzer ends its JVM itself, so no test can
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    try {
      Folders.remove(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The input as a file of that name in the folder. */
  static Path file(String name, byte[] input) throws IOException {
    return Files.write(FOLDER.resolve(name), input);
  }

  static void suite(byte[] input) throws Exception {
    file("suites/fuzzed.yaml", input);
    Refusal.byMessage(() -> new NpbConfigs(FOLDER).suite("fuzzed").plan(1));
  }

  static void benchmark(byte[] input) throws Exception {
    file("fuzzed.yaml", input);
    Refusal.byMessage(() -> new NpbConfigs(FOLDER).benchmark("fuzzed"));
  }

  static void hosts(byte[] input) throws Exception {
    Path file = file("hosts.yaml", input);
    Refusal.byMessage(() -> Hosts.all(file));
  }

  static void manifest(byte[] input) throws Exception {
    file("run.json", input);
    Refusal.byMessage(() -> RunManifest.read(FOLDER).plan());
  }

  static void stamp(byte[] input) throws Exception {
    file("fuzzed.json", input);
    Refusal.byMessage(() -> TraceStamp.of(FOLDER.resolve("fuzzed.trace.gz")));
  }

  static void table(byte[] input) throws Exception {
    Path file = file("trials.csv", input);
    Refusal.byMessage(() -> {
      for (Row row : TrialsCsv.SCHEMA.read(file, "a table of trials", Observation.REQUIRED)) {
        Refusal.byArgument(() -> Observation.of(row));
      }
      return null;
    });
  }
}
