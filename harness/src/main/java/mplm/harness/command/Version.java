// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import mplm.harness.artifact.Build;
import mplm.harness.input.Environment;
import mplm.harness.suite.Clone;
import picocli.CommandLine.IVersionProvider;

/** What {@code mplm --version} says: revision of the kit, and the engine that is given or, of the clone's, how it is found. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Path root = Clone.here().root();
    List<String> lines = new ArrayList<>(List.of("mplm kit " + revision(root)));
    Optional<Path> given = Environment.path("MPLM_ENGINE");
    if (given.isPresent()) {
      Properties engine = properties(given.get().resolve("engine.properties"));
      lines.add("engine " + engine.getProperty("engine.hash", "of unknown origin") + " at " + given.get());
      lines.add("page scheduler " + engine.getProperty("scheduler.hash", "unknown"));
      lines.add("QEMU " + engine.getProperty("qemu.version", "unknown"));
    } else {
      Optional<String> engine = Build.output(root, List.of(root.resolve("engine/qemu/build").toString(), "--hash"));
      lines.add("engine " + engine.map(text -> text.replaceFirst(" ", ", QEMU "))
          .orElse("unknown: what it is built from is not on this machine yet; mplm run installs it"));
      Build.output(root, List.of(root.resolve("engine/scheduler/build").toString(), "--hash")).ifPresent(hash -> lines.add("page scheduler " + hash));
    }
    lines.add("Java " + Runtime.version());
    return lines.toArray(String[]::new);
  }

  private static String revision(Path root) {
    Path packed = root.resolve("revision"); // of an archive
    try {
      return Files.exists(packed) ? Files.readString(packed).strip()
          : Build.output(root, List.of("git", "describe", "--always", "--dirty")).orElse("of unknown revision");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties properties(Path file) {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException e) {
      return properties; // a binary that the kit has not built says nothing
    }
    return properties;
  }
}
