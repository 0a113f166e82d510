// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import mplm.harness.input.BadInput;

/**
 * The folder of one run: {@code run.json} (what it was set to), a folder a trial in {@code trials} (what was recorded), {@code
 * trials.csv}, {@code methods.csv} and {@code charts} (what was derived), {@code testng}, {@code hosts}.
 *
 * @param path of the folder; its name is the run's id
 * @param started when the run began
 */
record RunFolder(Path path, Instant started) {
  private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** Makes a new one below {@code runs}, named after the time and the suite. */
  static RunFolder create(Path runs, String suite) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String id = ID.format(now) + "-" + suite;
    try {
      Files.createDirectories(runs);
      for (int n = 1; ; n++) {
        try {
          return new RunFolder(Files.createDirectory(runs.resolve(n == 1 ? id : id + "-" + n)), now);
        } catch (FileAlreadyExistsException e) {
          continue; // a run of the same second
        }
      }
    } catch (IOException e) {
      throw new BadInput("output folder " + runs + " cannot be used: " + e);
    }
  }

  String id() {
    return path.getFileName().toString();
  }
}
