// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import mplm.harness.host.Cause;
import mplm.harness.input.BadInput;

/**
 * The folder of one run: {@code run.json} (what it was set to), one folder per trial in {@code trials} (what was recorded), {@code
 * trials.csv}, {@code methods.csv} and {@code charts} (what was derived), {@code testng}, {@code hosts}. Until it is closed it is
 * this process's alone, by a lock on the file {@code lock}, which ends with the process.
 */
public final class RunFolder implements AutoCloseable {
  private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel lock;

  private RunFolder(Path path) throws IOException {
    this.path = path;
    this.lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // another run of this very process
    }
    lock.close();
    throw new BadInput(path + ": this run is in progress in another process");
  }

  /** Makes a new one below {@code runs}, named after the time and the suite. */
  static RunFolder create(Path runs, String suite, Instant now) {
    String id = ID.format(now) + "-" + suite;
    try {
      Files.createDirectories(runs);
      for (int n = 1; ; n++) {
        try {
          return new RunFolder(Files.createDirectory(runs.resolve(n == 1 ? id : id + "-" + n)));
        } catch (FileAlreadyExistsException e) {
          continue; // a run of the same second
        }
      }
    } catch (IOException e) {
      String reason = BadInput.reason(e);
      if (Cause.DISK_FULL.isToldBy(reason)) {
        throw new UncheckedIOException(e); // no fault of what was asked for
      }
      throw new BadInput("output folder " + runs + " cannot be used: " + reason);
    }
  }

  /** The folder of a run that has begun; {@link BadInput} if it is in progress. */
  static RunFolder open(Path run) {
    try {
      return new RunFolder(run.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new BadInput("the run's folder " + run + " cannot be used: " + BadInput.reason(e));
    }
  }

  /**
   * Holds the folder of a run while all in it is derived again; {@link BadInput} if the run is in progress, whose rows would go to a
   * file that is not there any more. A folder without a lock is no run's own, but a copy: it is not held, and the answer is null.
   */
  public static RunFolder hold(Path run) {
    return Files.exists(run.resolve(LOCK)) ? open(run) : null;
  }

  Path path() {
    return path;
  }

  /** The name of the folder. */
  String id() {
    return path.getFileName().toString();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
