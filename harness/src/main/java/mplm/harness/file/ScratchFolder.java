// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A new folder for what a command needs while it works. It goes with it, also when the process is told to end, unless it is kept.
 * What a killed process left is removed when the next one makes a folder of the same kind.
 */
public final class ScratchFolder implements AutoCloseable {
  /** A file in it that its process has locked; a folder that is kept has none. */
  private static final String IN_USE = ".in-use";
  /** Those of this process: to open and close a file would give up the process's own lock on it. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;
  private boolean kept;
  private final Thread ending = new Thread(this::remove, "scratch folder end");

  /** A folder in the system's folder for such files, which only this user can read. Its name begins with the prefix. */
  public ScratchFolder(String prefix) throws IOException {
    path = Files.createTempDirectory(prefix);
    OWN.add(path);
    Runtime.getRuntime().addShutdownHook(ending);
    // locked before it has its name, so that nobody finds it unlocked
    Path unnamed = path.resolve(IN_USE + ".new");
    lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    Files.move(unnamed, path.resolve(IN_USE), StandardCopyOption.ATOMIC_MOVE);
    others(prefix).forEach(this::removeUnlessInUse);
  }

  public Path path() {
    return path;
  }

  /** Leaves it there, for what it tells of a failure. */
  public synchronized void keep() throws IOException {
    kept = true;
    Files.deleteIfExists(path.resolve(IN_USE));
  }

  @Override
  public void close() {
    remove();
    OWN.remove(path);
    try {
      lock.close();
      Runtime.getRuntime().removeShutdownHook(ending);
    } catch (IllegalStateException e) {
      // this process is ending: the hook finds nothing left to do
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void remove() {
    try {
      if (!kept) {
        remove(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The mark goes last, for a removal may be killed halfway and is the next one's to end. */
  private static void remove(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> all = Files.list(folder)) {
        for (Path child : all.filter(child -> !child.endsWith(IN_USE)).toList()) {
          Folders.remove(child);
        }
      }
    }
    Folders.remove(folder);
  }

  /** Those that can be seen: whoever may only write into the system's folder sees none, and leaves them. */
  private List<Path> others(String prefix) {
    try (Stream<Path> all = Files.list(path.getParent())) {
      return all.filter(other -> other.getFileName().toString().startsWith(prefix)).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private void removeUnlessInUse(Path folder) {
    Path mark = folder.resolve(IN_USE);
    try {
      // anybody can put a folder of that name there
      if (OWN.contains(folder) || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path))) {
        return;
      }
      try (FileChannel use = FileChannel.open(mark, StandardOpenOption.WRITE)) {
        // its owner may just have let it go, and kept the folder
        if (use.tryLock() != null && Files.exists(mark)) {
          remove(folder);
        }
      }
    } catch (IOException e) {
      // it is kept, or has just been removed
    }
  }
}
