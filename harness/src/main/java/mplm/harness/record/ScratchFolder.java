// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new folder for what a command needs while it works. It goes with it, also when the process is told to end, unless it is kept. */
public final class ScratchFolder implements AutoCloseable {
  private final Path path;
  private boolean kept;
  private final Thread ending = new Thread(this::remove, "scratch folder end");

  /** A folder in the system's folder for such files, which only this user can read. */
  public ScratchFolder(String prefix) throws IOException {
    path = Files.createTempDirectory(prefix);
    Runtime.getRuntime().addShutdownHook(ending);
  }

  public Path path() {
    return path;
  }

  /** Leaves it there, for what it tells of a failure. */
  public synchronized void keep() {
    kept = true;
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(ending);
    } catch (IllegalStateException e) {
      // this process is ending: the hook finds nothing left to do
    }
  }

  private synchronized void remove() {
    try {
      if (!kept) {
        Folders.remove(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
