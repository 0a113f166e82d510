// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** bin/scratch-folder, which the scripts of the proofs, of the fuzzers and of the archive call. */
public class ScratchFolderTest {
  private Path temporary;

  @BeforeMethod
  public void make() throws IOException {
    temporary = Files.createTempDirectory("mplm-scratch-test");
  }

  @AfterMethod
  public void remove() throws Exception {
    new ProcessBuilder("rm", "-rf", temporary.toString()).start().waitFor();
  }

  @Test
  public void theNextStartRemovesWhatAKilledScriptLeftAndThatAlone() throws Exception {
    Process killed = script("prove");
    Process running = script("prove");
    Process other = script("fuzz");
    try {
      Path left = folder(killed);
      Path used = folder(running);
      Path another = folder(other);
      other.destroyForcibly().waitFor();
      killed.destroyForcibly().waitFor();
      assertThat(left).isNotEmptyDirectory();

      Process next = script("prove");
      try {
        assertThat(folder(next)).isNotEmptyDirectory();
        assertThat(left).doesNotExist();
        assertThat(used).isNotEmptyDirectory();
        assertThat(another).as("of another script").isNotEmptyDirectory();
      } finally {
        next.destroyForcibly();
      }
    } finally {
      running.destroyForcibly();
    }
  }

  /** It works until it is killed. */
  private Process script(String name) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", "work=$(bin/scratch-folder \"$1\"); touch \"$work/part\"; echo \"$work\"; read -r", "test", name);
    builder.environment().put("TMPDIR", temporary.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Path folder(Process script) throws IOException {
    BufferedReader said = script.inputReader();
    return Path.of(said.readLine());
  }
}
