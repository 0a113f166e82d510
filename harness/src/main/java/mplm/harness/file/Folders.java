// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.file;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Folders with all that is in them. A link is removed and not followed; what a link to a file shows is copied. */
public final class Folders {
  private Folders() {}

  /** Removes a folder, or a file; nothing if there is none. */
  public static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path emptied, IOException error) throws IOException {
        if (error != null) {
          throw error;
        }
        Files.delete(emptied);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** Copies a folder, or a file, to a place where there is none yet, with its times; nothing if there is none. */
  public static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      return;
    }
    Files.createDirectories(to.toAbsolutePath().getParent());
    Files.walkFileTree(from, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        Files.createDirectories(to.resolve(from.relativize(folder).toString()));
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        WholeFile.named(to.resolve(from.relativize(file).toString()), copy -> Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES));
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
