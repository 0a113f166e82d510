// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mplm.harness.file.ScratchFolder;
import mplm.harness.input.BadInput;

/**
 * Where an engine that is compared comes from: {@code qemu:VERSION}, this clone's with a QEMU of that version; the folder of a built
 * one, or its binary; the folder of a clone of the kit; or a revision of this clone, which git checks out into a folder of its own for
 * as long as it is built.
 */
public final class EngineSource {
  private static final String BINARY = Artifact.ENGINE_BINARY;
  private static final String BUILD = "engine/qemu/build";
  private static final String VERSION = "qemu:";
  private static final String SCRATCH = "mplm-engine";

  private EngineSource() {}

  /** The folder of the built engine; it is built if the cache does not have it. */
  public static Path find(String name, String reference, Path clone) {
    if (reference.startsWith(VERSION)) {
      return Build.run(clone.resolve(BUILD), List.of("--qemu", reference.substring(VERSION.length())));
    }
    Path path = Path.of(reference).toAbsolutePath().normalize();
    if (path.endsWith(BINARY) && Files.isRegularFile(path)) {
      path = path.getParent().getParent();
    }
    if (Files.isRegularFile(path.resolve(BINARY))) {
      Artifact.engine(path).property("engine.hash");
      return path;
    }
    if (Files.isRegularFile(path.resolve(BUILD))) {
      return Build.run(path.resolve(BUILD), List.of());
    }
    if (Files.exists(path)) {
      throw new BadInput("--engine " + name + "=" + reference + ": neither a clone of the kit nor an engine that it built");
    }
    return ofRevision(name, reference, clone);
  }

  private static Path ofRevision(String name, String revision, Path clone) {
    if (revision.startsWith("-") || !git(clone, List.of("rev-parse", "--verify", "--quiet", revision + "^{commit}"))) {
      throw new BadInput("--engine " + name + "=" + revision + ": no folder, no binary and no revision of " + clone);
    }
    try (ScratchFolder scratch = new ScratchFolder(SCRATCH)) {
      forgetBrokenOff(clone);
      Path tree = scratch.path().resolve("tree");
      try {
        if (!git(clone, List.of("worktree", "add", "--quiet", "--detach", tree.toString(), revision))) {
          throw new BuildFailed("git did not check out " + revision + " of " + clone, 1);
        }
        if (!Files.isRegularFile(tree.resolve(BUILD))) {
          throw new BadInput("--engine " + name + "=" + revision + ": this revision has no " + BUILD);
        }
        return Build.run(tree.resolve(BUILD), List.of());
      } finally {
        git(clone, List.of("worktree", "remove", "--force", tree.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a folder for " + revision + " cannot be made: " + e.getMessage(), e);
    }
  }

  /** Git keeps a note of each checkout. Those of builds that were broken off go, and no other whose folder is not there at present. */
  private static void forgetBrokenOff(Path clone) {
    Build.output(clone, List.of("git", "worktree", "list", "--porcelain")).orElse("").lines()
        .filter(line -> line.startsWith("worktree ") && line.contains("/" + SCRATCH)).map(line -> line.substring("worktree ".length()))
        .filter(tree -> Files.notExists(Path.of(tree))).forEach(tree -> git(clone, List.of("worktree", "remove", "--force", tree)));
  }

  private static boolean git(Path clone, List<String> arguments) {
    return Build.succeeds("git", clone, arguments);
  }
}
