// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.support;

import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.derive.RecordedRun;
import mplm.harness.file.Folders;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;

/** A test whose methods each have a recorded run, unpacked, and an empty folder. */
public abstract class InRecordedRun {
  protected Path run;
  protected Path folder;
  private Path runs;

  @BeforeMethod(alwaysRun = true)
  public final void unpack() throws Exception {
    runs = Files.createTempDirectory("mplm-recorded");
    run = RecordedRun.unpack(runs.resolve("run"));
    folder = Files.createTempDirectory("mplm-test");
  }

  @AfterMethod(alwaysRun = true)
  public final void removeFolders() throws Exception {
    Folders.remove(runs);
    Folders.remove(folder);
  }
}
