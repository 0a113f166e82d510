// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mplm.harness.support.InFolder;
import org.testng.annotations.Test;

public class EngineSourceTest extends InFolder {
  private static final long SECONDS = 120;

  /** A run that compares engines, until somebody has enough of it. */
  public static final class Building {
    public static void main(String[] clone) {
      EngineSource.find("base", "slow", Path.of(clone[0]));
    }
  }

  @Test
  public void nothingOfACheckoutStaysWhenTheProcessIsToldToEnd() throws Exception {
    Path clone = Files.createDirectories(folder.resolve("clone"));
    commit(clone, "slow", "echo building >&2\nexec sleep " + SECONDS);
    commit(clone, "quick", "echo " + folder);
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djava.io.tmpdir=" + scratch, "-cp", System.getProperty("java.class.path"), Building.class.getName(), clone.toString()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = err.readLine(); !"building".equals(line); line = err.readLine()) {
        assertThat(line).isNotNull();
      }
      assertThat(scratch).isNotEmptyDirectory();
      process.destroy();
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(scratch).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
    assertThat(EngineSource.find("base", "quick", clone)).isEqualTo(folder);
    assertThat(clone.resolve(".git/worktrees")).doesNotExist();
  }

  /** A repository whose build script, at that tag, does that. */
  private static void commit(Path clone, String tag, String script) throws IOException {
    Path build = clone.resolve("engine/qemu/build");
    Files.createDirectories(build.getParent());
    Files.writeString(build, "#!/bin/sh\n" + script + "\n");
    assertThat(build.toFile().setExecutable(true)).isTrue();
    for (List<String> arguments : List.of(List.of("init", "-q"), List.of("add", "."),
        List.of("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", tag), List.of("tag", tag))) {
      assertThat(Build.succeeds("git", clone, arguments)).isTrue();
    }
  }
}
