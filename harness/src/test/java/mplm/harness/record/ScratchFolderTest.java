// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

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
    Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), Waiting.class.getName())).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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

  @Test
  public void nothingStaysWhenItIsClosed() throws Exception {
    ScratchFolder folder = new ScratchFolder("mplm-scratch");
    Files.createFile(folder.path().resolve("a"));
    folder.close();
    assertThat(folder.path()).doesNotExist();
    folder.close();
  }
}
