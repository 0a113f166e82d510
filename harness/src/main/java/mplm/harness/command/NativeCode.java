// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.harness.input.Environment;

/**
 * Where JNA unpacks native code. It takes the user's cache, from which many a login node lets nothing be executed, and when that has
 * failed it cannot be asked again: so it is told another folder beforehand.
 */
public final class NativeCode {
  private static final String FOLDER = "jna.tmpdir";
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private NativeCode() {}

  /** Leaves JNA's own folder, and the user's choice of one, alone where they will do. */
  public static void findFolder() {
    if (System.getProperty(FOLDER) != null) {
      return;
    }
    Path cache = Environment.path("XDG_CACHE_HOME")
        .orElse(Path.of(System.getProperty("user.home"), ".cache"));
    if (!mayExecute(cache)) {
      Stream.of(Optional.of(Path.of(System.getProperty("java.io.tmpdir"))), Environment.path("XDG_RUNTIME_DIR"), Optional.of(Path.of("/var/tmp")))
          .flatMap(Optional::stream).filter(folder -> Files.isWritable(folder) && mayExecute(folder)).findFirst()
          .ifPresent(folder -> System.setProperty(FOLDER, folder.toString()));
    }
  }

  /** Whether the file system of that folder, which need not be there yet, is not mounted noexec; true where that cannot be told. */
  static boolean mayExecute(Path folder) {
    try {
      Path there = folder.toAbsolutePath();
      while (!Files.exists(there)) {
        there = there.getParent();
      }
      return mayExecute(there.toRealPath(), Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      return true;
    }
  }

  /** The last of the longest mount points counts: it hides those before it. */
  static boolean mayExecute(Path folder, List<String> mounts) {
    boolean may = true;
    int longest = -1;
    for (String mount : mounts) {
      String[] words = mount.split(" ");
      Path point = Path.of(words[1].replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\"));
      if (folder.startsWith(point) && point.getNameCount() >= longest) {
        longest = point.getNameCount();
        may = !List.of(words[3].split(",")).contains("noexec");
      }
    }
    return may;
  }
}
