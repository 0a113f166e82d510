// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.ShutdownHookProcessDestroyer;

/** Runs one of the kit's build scripts, or a program that it takes to build. */
public final class Build {
  private static final Duration LONGEST = Duration.ofHours(2);

  private Build() {}

  /** Makes what the script makes, unless it is in the cache, and returns its folder; the script's progress goes to standard error. */
  public static Path run(Path script, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      int status = execute(new CommandLine(script.toFile()), arguments, Path.of(""), out, System.err);
      if (status != 0) {
        throw new BuildFailed(script + " ended with status " + status, status);
      }
    } catch (IOException e) {
      throw new BuildFailed(script + " cannot be run: " + e.getMessage(), 1);
    }
    String last = out.toString(StandardCharsets.UTF_8).strip().lines().reduce("", (before, line) -> line);
    return Path.of(last);
  }

  /** Whether the program, in that folder, ends with status 0; only its errors are shown. */
  public static boolean succeeds(String program, Path folder, List<String> arguments) {
    try {
      return execute(new CommandLine(program), arguments, folder, OutputStream.nullOutputStream(), System.err) == 0;
    } catch (IOException e) {
      throw new BuildFailed(program + " cannot be run: " + e.getMessage(), 1);
    }
  }

  /** What the program prints to standard output, in that folder; empty if it fails or is not there, and its errors are not shown. */
  public static Optional<String> output(Path folder, List<String> command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      int status = execute(new CommandLine(command.get(0)), command.subList(1, command.size()), folder, out, OutputStream.nullOutputStream());
      return Optional.of(out.toString(StandardCharsets.UTF_8).strip()).filter(text -> status == 0);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static int execute(CommandLine command, List<String> arguments, Path folder, OutputStream out, OutputStream errors)
      throws IOException {
    arguments.forEach(argument -> command.addArgument(argument, false));
    DefaultExecutor executor = DefaultExecutor.builder()
        .setExecuteStreamHandler(new PumpStreamHandler(out, errors))
        .setWorkingDirectory(folder.toAbsolutePath().toFile())
        .get();
    executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(LONGEST).get());
    executor.setProcessDestroyer(new ShutdownHookProcessDestroyer());
    executor.setExitValues(null);
    return executor.execute(command);
  }
}
