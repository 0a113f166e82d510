// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.file.Folders;

/**
 * The folder of one trial and the files in it.
 *
 * @param path of the folder
 */
public record TrialFolder(Path path) {
  /** The names that hosts have in records, whatever their hosts file calls them. */
  public static final String SOURCE = "source";

  /** See {@link #SOURCE}. */
  public static final String DESTINATION = "destination";

  /** Makes it with its parts. */
  public void create() throws IOException {
    Files.createDirectories(side(SOURCE));
    Files.createDirectories(side(DESTINATION));
  }

  /** Removes it, if it is there, with all that is in it. */
  public void remove() throws IOException {
    Folders.remove(path);
  }

  /** The file of a {@link Journal}. */
  public Path journal() {
    return path.resolve("journal.jsonl");
  }

  /** The file of a {@link QmpRecord}. */
  public Path qmp() {
    return path.resolve("qmp.jsonl");
  }

  /** The folder of one hypervisor. */
  public Path side(String side) {
    return path.resolve(side);
  }

  /** The file of a {@link SerialRecord}. */
  public Path serial(String side) {
    return side(side).resolve("serial.txt");
  }

  /** The file of a {@link CpuRecord}. */
  public Path cpu(String side) {
    return side(side).resolve("cpu.txt");
  }

  /** QEMU's messages and traces. */
  public Path qemuLog(String side) {
    return side(side).resolve("qemu.log");
  }

  /** The file of {@link mplm.harness.echo.Echo}s. */
  public Path echo() {
    return path.resolve("echo.csv");
  }

  /** Derived: the trial over time. */
  public Path timeline() {
    return path.resolve("timeline.csv");
  }
}
