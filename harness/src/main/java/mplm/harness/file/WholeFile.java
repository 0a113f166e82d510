// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is written whole or not at all, for a disk may be full, and one of before is not to be lost. What cannot be written is
 * named in the message: Java names no file when a disk is full.
 */
public final class WholeFile {
  private WholeFile() {}

  /** What writes a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it, to that place. */
    void to(Path place) throws IOException;
  }

  /** Writes a file in place of one that may be there; {@link IOException} names it. */
  public static void write(Path file, Content content) throws IOException {
    // such as /dev/stdout; and where there is no such folder, its own name is to be told
    if (Files.exists(file) && !Files.isRegularFile(file) || !Files.isDirectory(file.toAbsolutePath().getParent())) {
      named(file, content);
      return;
    }
    Path place = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    Path fresh = place.resolveSibling(place.getFileName() + ".new");
    try {
      named(fresh, content);
      Files.move(fresh, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Writes that text, in UTF-8. */
  public static void write(Path file, CharSequence text) throws IOException {
    write(file, place -> Files.writeString(place, text));
  }

  /** Writes these bytes. */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, place -> Files.write(place, bytes));
  }

  /** Writes to that place itself; {@link IOException} names it. */
  static void named(Path place, Content content) throws IOException {
    try {
      content.to(place);
    } catch (FileSystemException e) {
      throw e; // names the one that it is of
    } catch (IOException e) {
      String told = String.valueOf(e.getMessage());
      throw told.contains(place.toString()) ? e : new IOException(place + ": " + told, e);
    }
  }
}
