// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.ShutdownHookProcessDestroyer;

/** Runs one of the kit's build scripts. */
final class Build {
  private static final Duration LONGEST = Duration.ofHours(2);

  private Build() {}

  /** Makes what the script makes, unless it is in the cache, and returns its folder; the script's progress goes to standard error. */
  static Path run(Path script, List<String> arguments) {
    CommandLine command = new CommandLine(script.toFile());
    arguments.forEach(argument -> command.addArgument(argument, false));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DefaultExecutor executor = DefaultExecutor.builder()
        .setExecuteStreamHandler(new PumpStreamHandler(out, System.err))
        .get();
    executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(LONGEST).get());
    executor.setProcessDestroyer(new ShutdownHookProcessDestroyer());
    executor.setExitValues(null);
    try {
      int status = executor.execute(command);
      if (status != 0) {
        throw new BuildFailed(script + " ended with status " + status, status);
      }
    } catch (IOException e) {
      throw new BuildFailed(script + " cannot be run: " + e.getMessage(), 1);
    }
    String last = out.toString(StandardCharsets.UTF_8).strip().lines().reduce("", (before, line) -> line);
    return Path.of(last);
  }
}
