// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.testng.SkipException;

/** A file system of some MiB in a mount namespace, which an ordinary user may make too. It goes with the process that holds it. */
public final class SmallDisk implements AutoCloseable {
  /** A script: takes all room that is left on the file system of folder $1, by a file {@code filler} there. */
  public static final String FILL =
      """
      fallocate -l "$(df --output=avail -B1 "$1" | tail -n 1)" "$1/filler" 2>/dev/null
      cat /dev/zero >>"$1/filler" 2>/dev/null || :
      """;

  private static final String MOUNT = "mount -t tmpfs -o size=\"$2\"m,mode=700,\"$3\" mplm \"$1\" && echo mounted && exec sleep infinity";

  private final Path folder;
  private final boolean isRoot;
  private final Process holder;

  private SmallDisk(Path folder, boolean isRoot, Process holder) {
    this.folder = folder;
    this.isRoot = isRoot;
    this.holder = holder;
  }

  /** Makes it. {@link SkipException} where this user may not. */
  public static SmallDisk of(int mebibytes) throws IOException {
    return of(mebibytes, "exec");
  }

  /** Makes it with that option of mount. */
  public static SmallDisk of(int mebibytes, String option) throws IOException {
    Path folder = Files.createTempDirectory("mplm-disk");
    // below a changed root no user namespace is made, and root needs none
    boolean isRoot = Files.getOwner(folder).getName().equals("root");
    List<String> line = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "unshare"));
    line.addAll(isRoot ? List.of() : List.of("--user", "--map-root-user"));
    line.addAll(List.of("--mount", "sh", "-c", MOUNT, "sh", folder.toString(), Integer.toString(mebibytes), option));
    Process holder = new ProcessBuilder(line).start();
    SmallDisk disk = new SmallDisk(folder, isRoot, holder);
    if (holder.inputReader().readLine() == null) {
      String why = String.join(" ", holder.errorReader().lines().toList());
      disk.close();
      if (mayMakeNamespaces(isRoot)) {
        throw new IOException("cannot mount a file system: " + why);
      }
      throw new SkipException("no file system can be mounted in a namespace of this user: " + why);
    }
    return disk;
  }

  private static boolean mayMakeNamespaces(boolean isRoot) throws IOException {
    List<String> line = new ArrayList<>(List.of("unshare", "--mount"));
    line.addAll(isRoot ? List.of() : List.of("--user", "--map-root-user"));
    line.add("true");
    try {
      return new ProcessBuilder(line).redirectErrorStream(true).start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Where it is, for what runs {@link #within}. */
  public Path path() {
    return folder;
  }

  /** Where this process sees it. */
  public Path seen() {
    return Path.of("/proc/" + holder.pid() + "/root" + folder);
  }

  /** Takes all room but so many KiB, by a file that it returns. */
  public Path fill(int room) throws IOException {
    Path ballast = seen().resolve("ballast");
    byte[] block = new byte[1024];
    long size = 0;
    try (OutputStream out = Files.newOutputStream(ballast)) {
      for (; ; size += block.length) { // how much there is of a file system that this process has not mounted, Java 21 does not tell
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
      try (FileChannel file = FileChannel.open(ballast, StandardOpenOption.WRITE)) {
        file.truncate(size - ((long) room << 10));
      }
    }
    return ballast;
  }

  /** Returns the command line that runs this one where the file system is. */
  public List<String> within(List<String> line) {
    List<String> whole = new ArrayList<>(List.of("nsenter", "--target", Long.toString(holder.pid()), "--mount",
        "--root")); // which else would be the namespace's, and not a changed one
    whole.addAll(isRoot ? List.of() : List.of("--user", "--preserve-credentials"));
    whole.add("--wd=" + Path.of("").toAbsolutePath());
    whole.addAll(line);
    return whole;
  }

  @Override
  public void close() throws IOException {
    holder.destroyForcibly();
    try {
      holder.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.delete(folder);
  }
}
