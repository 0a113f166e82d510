// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.testbed;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a command with two hosts at hand. */
public final class Testbed {
  private static final long LAST_WORDS_SECONDS = 10;

  private Testbed() {}

  /**
   * The kind to use, told in one line on standard error; {@link TestbedException} when none works or a testbed
   * of this user is up.
   *
   * @param wanted the user's choice, or null for the best that works here
   */
  public static Kind choose(Kind wanted) {
    TestbedFolder.check();
    if (wanted != null) {
      wanted.obstacle().ifPresent(obstacle -> {
        throw new TestbedException("testbed " + wanted + ": " + obstacle);
      });
      System.err.println("testbed: " + wanted + ": " + wanted.description());
      return wanted;
    }
    Map<Kind, String> obstacles = obstacles();
    String because = obstacles.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue()).collect(Collectors.joining("; "));
    Kind kind = Kind.candidates().stream().filter(candidate -> !obstacles.containsKey(candidate)).findFirst()
        .orElseThrow(() -> new TestbedException("no testbed works here: " + because));
    System.err.println("testbed: " + kind + ": " + kind.description() + (because.isEmpty() ? "" : " (" + because + ")"));
    return kind;
  }

  /** Why this machine and user cannot have the kinds that are better than the best that they can have, best first. */
  public static Map<Kind, String> obstacles() {
    Map<Kind, String> obstacles = new LinkedHashMap<>();
    for (Kind kind : Kind.candidates()) {
      Optional<String> obstacle = kind.obstacle();
      if (obstacle.isEmpty()) {
        break;
      }
      obstacles.put(kind, obstacle.get());
    }
    return obstacles;
  }

  /**
   * Makes the testbed, runs the command in it with this process's standard streams and environment, and removes the testbed. The
   * command finds the path of the hosts file in {@code MPLM_HOSTS}. When this process is asked to end, so is the command, and it
   * has 10 s for that; when this process is killed, so is everything in the testbed.
   *
   * @return the command's exit code; 3 when the testbed cannot be made, which standard error explains
   */
  public static int run(Kind kind, List<String> command) {
    TestbedFolder folder = TestbedFolder.take();
    // The child dies with the thread that starts it, which is this one and waits for it.
    ProcessBuilder builder = new ProcessBuilder(kind.commandLine(scripts(), folder.path(), command)).inheritIO();
    builder.environment().put("PATH", Kind.path());
    try {
      Process process = builder.start();
      Thread ending = new Thread(() -> end(process, folder), "testbed end");
      Runtime.getRuntime().addShutdownHook(ending);
      int status = process.waitFor();
      folder.close(); // before the hook goes, or a signal in between would end this process halfway
      removeHook(ending);
      return status;
    } catch (IOException e) {
      throw new TestbedException("testbed " + kind + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedException("testbed " + kind + ": interrupted"); // the process ends with this thread or by the hook
    }
  }

  /** The script, which is the child of unshare, passes the signal on to the command. */
  private static void end(Process process, TestbedFolder folder) {
    process.children().forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
      }
      folder.close();
    } catch (IOException e) {
      System.err.println("testbed: " + folder.path() + " stays: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // this process is ending and the hook runs, which finds nothing left to do
    }
  }

  /** {@code harness/testbed} of the clone that this code was built in. */
  private static Path scripts() {
    try {
      Path code = Path.of(Testbed.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path folder = code.getParent(); folder != null; folder = folder.getParent()) {
        Path scripts = folder.resolve("testbed");
        if (Files.isExecutable(scripts.resolve("namespaces"))) {
          return scripts;
        }
      }
      throw new TestbedException("harness/testbed is not beside " + code);
    } catch (URISyntaxException e) {
      throw new TestbedException("the class path has no folder: " + e.getMessage());
    }
  }
}
