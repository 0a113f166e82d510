// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code mplm} in a process of its own, for what belongs to a process: its environment, its locale, its limits.
 *
 * @param status its exit code
 * @param out what it said on standard output
 * @param err what it said on standard error
 */
public record Forked(int status, String out, String err) {
  private static final long SECONDS = 600;

  /** Runs it, without what this process's environment says of a locale. */
  public static Forked mplm(Map<String, String> environment, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "mplm.harness.Mplm"));
    line.addAll(List.of(arguments));
    return of(environment, line);
  }

  /** Runs a program. */
  public static Forked of(Map<String, String> environment, List<String> line) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("mplm-forked");
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    try {
      ProcessBuilder builder = new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
          throw new IOException(line + " did not end within " + SECONDS + " s");
        }
      } finally {
        process.destroyForcibly();
      }
      return new Forked(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
      Files.delete(folder);
    }
  }
}
