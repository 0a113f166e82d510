// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;
import mplm.harness.input.BadInput;
import mplm.harness.input.InputFile;
import mplm.harness.scale.Scaled;

/** The folder {@code npb-configs}: benchmarks, one file each, and in {@code suites} the suites. */
public final class NpbConfigs {
  private static final String SUFFIX = ".yaml";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,59}";

  private final Path folder;

  public NpbConfigs(Path folder) {
    this.folder = folder;
  }

  /** Names of all suites, in alphabetical order. */
  public List<String> suites() {
    return names(folder.resolve("suites"));
  }

  /**
   * Reads a suite; {@link BadInput} if there is none or its file is wrong.
   *
   * @param suite the name of one in this folder, or the path of a file, which has a slash or ends in {@code .yaml}; it is then named as
   *     the file
   */
  public Suite suite(String suite) {
    boolean path = suite.contains("/") || suite.endsWith(SUFFIX);
    Path file = path ? Path.of(suite) : file(folder.resolve("suites"), "suite", suite);
    String name = file.getFileName().toString().replaceFirst("\\" + SUFFIX + "$", "");
    if (path && !Files.isRegularFile(file)) {
      throw new BadInput("suite " + suite + ": no such file; without a slash it is one of " + String.join(", ", suites()));
    }
    if (path && !name.matches(NAME)) {
      throw new BadInput("suite " + suite + ": its name is that of runs' folders, allowed: letters, digits, '.', '_', '-', at most 60");
    }
    Map<Class<?>, Function<String, ?>> texts = Map.of(
        Benchmark.class, this::known,
        DataSize.class, DataSize::parse,
        Bandwidth.class, Bandwidth::parse,
        Duration.class, Durations::parse,
        Method.class, Method::parse,
        Scaled.class, Scaled::parse);
    Suite.Contents contents = InputFile.read(file, Suite.Contents.class, texts);
    return new Suite(name, path ? fromClone(file) : suite, contents.title(), contents.repetitions(), contents.experiments());
  }

  /** From the root of the clone, where its reports say what to run, or from that of the system. */
  private String fromClone(Path file) {
    Path whole = file.toAbsolutePath().normalize();
    Path clone = folder.toAbsolutePath().normalize().getParent();
    return (whole.startsWith(clone) ? clone.relativize(whole) : whole).toString();
  }

  /** Names of all benchmarks, in alphabetical order. */
  public List<String> benchmarks() {
    return names(folder);
  }

  /** Reads a benchmark; {@link BadInput} if there is none of that name or its file is wrong. */
  public Benchmark benchmark(String name) {
    return InputFile.read(file(folder, "benchmark", name), Benchmark.class, Map.of(Duration.class, Durations::parse));
  }

  /** A benchmark that a suite names: without one, the suite's file is to blame. */
  private Benchmark known(String name) {
    if (!benchmarks().contains(name)) {
      throw new IllegalArgumentException(unknown("benchmark", name, benchmarks()));
    }
    return benchmark(name);
  }

  private static Path file(Path folder, String kind, String name) {
    List<String> names = names(folder);
    if (!names.contains(name)) {
      throw new BadInput(unknown(kind, name, names));
    }
    return folder.resolve(name + SUFFIX);
  }

  private static String unknown(String kind, String name, List<String> allowed) {
    return "unknown " + kind + " '" + name + "', allowed: " + String.join(", ", allowed);
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SUFFIX))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
