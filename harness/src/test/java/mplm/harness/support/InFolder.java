// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.support;

import java.nio.file.Files;
import java.nio.file.Path;
import mplm.harness.file.Folders;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** A test that has a folder, which is removed with all that is in it when the test is over. */
public abstract class InFolder {
  protected Path folder;

  @BeforeClass(alwaysRun = true)
  public final void makeFolder() throws Exception {
    System.setProperty("java.awt.headless", "true");
    folder = Files.createTempDirectory("mplm-test");
  }

  @AfterClass(alwaysRun = true)
  public final void removeFolder() throws Exception {
    Folders.remove(folder);
  }
}
