// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.testbed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import mplm.harness.input.Environment;

/**
 * The one folder that a testbed of this user has: {@code ${XDG_RUNTIME_DIR:-/tmp}/mplm-testbed-USER}, owner-only. It is
 * locked while a testbed is up, because two at once would disturb each other's measurements; the lock ends with the process,
 * however that ends, so what is found in an unlocked folder was left by a killed run and is removed.
 */
final class TestbedFolder implements AutoCloseable {
  private final Path path;
  private final Path lockFile;
  private final FileLock lock;

  private TestbedFolder(Path path, Path lockFile, FileLock lock) {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /** Takes the folder, empty; {@link TestbedException} when another testbed has it. */
  static TestbedFolder take() {
    Path path = parent(Environment.path("XDG_RUNTIME_DIR")).resolve("mplm-testbed-" + System.getProperty("user.name"));
    try {
      path = path.getParent().toRealPath().resolve(path.getFileName());
      while (true) {
        TestbedFolder folder = tryTake(path);
        if (folder != null) {
          folder.empty();
          return folder;
        }
      }
    } catch (IOException e) {
      throw new TestbedException("cannot use " + path + ": " + e.getMessage());
    }
  }

  /** Where it is: one that is no absolute path is to be ignored, by the XDG Base Directory Specification. */
  static Path parent(Optional<Path> runtime) {
    return runtime.filter(folder -> folder.isAbsolute() && Files.isWritable(folder)).orElse(Path.of("/tmp"));
  }

  /** {@link TestbedException} when another testbed has the folder; so that it is told before a long build. */
  static void check() {
    TestbedFolder folder = take();
    try {
      folder.close();
    } catch (IOException e) {
      throw new TestbedException("cannot remove " + folder.path + ": " + e.getMessage());
    }
  }

  Path path() {
    return path;
  }

  /** Removes the folder and gives the lock back; the second time there is nothing to do. */
  @Override
  public synchronized void close() throws IOException {
    if (!lock.isValid()) {
      return;
    }
    empty();
    Files.delete(lockFile);
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // another has taken it meanwhile: it is that one's now, as it was if it is gone
    }
    lock.channel().close();
  }

  /** Null when the folder was removed by its last user meanwhile, or its new one has not said who it is. */
  private static TestbedFolder tryTake(Path path) throws IOException {
    try {
      return takeNow(path);
    } catch (NoSuchFileException e) {
      return null; // another testbed ended between two steps, and has removed what was about to be used
    }
  }

  private static TestbedFolder takeNow(Path path) throws IOException {
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      if (!found.isDirectory()
          || !me.equals(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS))
          || !PosixFilePermissions.toString(found.permissions()).equals("rwx------")) {
        throw new IOException("it is not an owner-only folder of this user; remove it or set XDG_RUNTIME_DIR");
      }
    }
    Path lockFile = path.resolve("lock");
    FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      String holder = Files.readString(lockFile);
      if (holder.isEmpty()) {
        return null; // it is about to write who it is
      }
      throw new TestbedException("occupied: another testbed of this user is up (process " + holder
          + "), and two would disturb each other's measurements; wait for it or stop it");
    }
    if (!isOpen(lockFile)) {
      channel.close();
      return null;
    }
    String me = Long.toString(ProcessHandle.current().pid());
    channel.truncate(0).write(ByteBuffer.wrap(me.getBytes(StandardCharsets.UTF_8)));
    return new TestbedFolder(path, lockFile, lock);
  }

  /**
   * True when this process has the file open that stands there, and not one that its last user has just removed. Looks at links
   * only:
   * the lock is a POSIX one, which ends as soon as its process opens the file again and closes it.
   */
  private static boolean isOpen(Path file) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor) && Files.readSymbolicLink(descriptor).equals(file.toAbsolutePath())) {
          return true;
        }
      }
    }
    return false;
  }

  /** All but the lock, which is why Folders cannot do it; links are removed, not followed. Mounts of a testbed are in its own namespace and never seen here. */
  private void empty() throws IOException {
    Files.walkFileTree(path, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!file.equals(lockFile)) {
          Files.deleteIfExists(file);
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, IOException error) throws IOException {
        if (error != null) {
          throw error;
        }
        if (!folder.equals(path)) {
          Files.deleteIfExists(folder);
        }
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
