// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testng.annotations.Test;

public class ScratchFolderTest {
  private static final long SECONDS = 120;

  /** What a doctor does until somebody has enough of it. */
  public static final class Waiting {
    public static void main(String[] args) throws IOException, InterruptedException {
      try (ScratchFolder folder = new ScratchFolder("mplm-scratch")) {
        Files.writeString(Files.createDirectory(folder.path().resolve("kvm")).resolve("serial.txt"), "boot");
        System.out.println(folder.path());
        Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS));
      }
    }
  }

  @Test
  public void nothingStaysWhenTheProcessIsToldToEnd() throws Exception {
    Process process = waiting();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      Path folder = Path.of(out.readLine());
      assertThat(folder).isNotEmptyDirectory();
      process.destroy();
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(folder).doesNotExist();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Java's shutdown hooks do not run then. What is kept, and what somebody works in, stays. */
  @Test
  public void whatAKilledProcessLeftGoesWithTheNextStart() throws Exception {
    Process killed = waiting();
    Process alive = waiting();
    try (BufferedReader ofKilled = killed.inputReader(StandardCharsets.UTF_8);
        BufferedReader ofAlive = alive.inputReader(StandardCharsets.UTF_8)) {
      Path left = Path.of(ofKilled.readLine());
      Path used = Path.of(ofAlive.readLine());
      killed.destroyForcibly().waitFor();
      assertThat(left).isNotEmptyDirectory();
      ScratchFolder kept = new ScratchFolder("mplm-scratch");
      kept.keep();
      kept.close();
      try (ScratchFolder own = new ScratchFolder("mplm-scratch"); ScratchFolder next = new ScratchFolder("mplm-scratch")) {
        assertThat(left).doesNotExist();
        assertThat(used).isNotEmptyDirectory();
        assertThat(kept.path()).isEmptyDirectory();
        assertThat(own.path()).isDirectory();
        assertThat(next.path()).isDirectory();
      } finally {
        Folders.remove(kept.path());
      }
    } finally {
      killed.destroyForcibly();
      alive.destroy();
      alive.waitFor();
    }
  }

  @Test
  public void nothingStaysWhenItIsClosed() throws Exception {
    ScratchFolder folder = new ScratchFolder("mplm-scratch");
    Files.createFile(folder.path().resolve("a"));
    folder.close();
    assertThat(folder.path()).doesNotExist();
    folder.close();
  }

  private static Process waiting() throws IOException {
    return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), Waiting.class.getName())).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
