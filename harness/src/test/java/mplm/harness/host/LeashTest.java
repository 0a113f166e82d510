// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.harness.support.InFolder;
import org.awaitility.Awaitility;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class LeashTest extends InFolder {
  private static final Duration LONG = Duration.ofSeconds(60);

  static final List<String> WORDS =
      List.of(
          "", " ", "two words", "it's", "'", "''", "\"", "\\", "\\'", "$HOME", "$(id)", "`id`", "a\nb", "\n", "*", "~", "-n", "--",
          "a;b", "a&b", "#", "!!", "é漢", "\t", "%s", "{a,b}");

  @DataProvider
  public Object[][] shells() {
    return new Object[][] {{"sh"}, {"bash"}};
  }

  @Test(dataProvider = "shells")
  public void everyWordArrivesAsItIs(String shell) throws Exception {
    String[] argv = Stream.concat(
        Stream.of("printf", "%s\\0"), WORDS.stream()).toArray(String[]::new);
    Process process = new ProcessBuilder(shell, "-c", Leash.command(LONG, argv)).start();
    byte[] output = process.getInputStream().readAllBytes();
    String text = new String(output, StandardCharsets.UTF_8);
    assertThat(text.substring(text.indexOf('\n') + 1)).isEqualTo(String.join("\0", WORDS) + "\0");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  public void aWordWithNulIsRefused() {
    assertThatThrownBy(() -> Leash.quote("a\0b")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a\\0b");
  }

  @Test
  public void theProgramIsKilledAtTheEndOfInput() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", Leash.command(LONG, "sleep", "600")).start();
    long pid = readPid(process);
    assertThat(ProcessHandle.of(pid)).hasValueSatisfying(p -> assertThat(p.isAlive()).isTrue());
    process.getOutputStream().close();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 9);
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** As after the controller's power cut: its end of the line is open, and nothing comes. */
  @Test
  public void theProgramIsKilledWhenNothingIsHeardOfTheController() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", Leash.command(Duration.ofSeconds(2), "sleep", "600")).start();
    long pid = readPid(process);
    List<ProcessHandle> family = process.descendants().toList();
    for (int line = 0; line < 8; line++) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).as("ended though a line came").isFalse();
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 9);
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** What kills it needs no process of its own. */
  @Test
  public void aHostThatCanStartNoMoreProcessesEndsItToo() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", Leash.command(LONG, "sleep", "600")).start();
    readPid(process);
    List<ProcessHandle> family = process.descendants().toList();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> family.stream().anyMatch(one -> one.info().commandLine().orElse("").contains("read -r -t")));
    for (ProcessHandle one : family) {
      assertThat(new ProcessBuilder("prlimit", "--nproc=1", "--pid", Long.toString(one.pid())).start().waitFor()).isZero();
    }
    for (int line = 0; line < 3; line++) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      assertThat(process.waitFor(100, TimeUnit.MILLISECONDS)).as("ended though a line came").isFalse();
    }
    process.getOutputStream().close();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 9);
  }

  @Test
  public void theProgramsStatusIsPassedOnAndNothingStaysBehind() throws Exception {
    Path fifo = folder.resolve("go-on");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Process process = new ProcessBuilder("sh", "-c", Leash.command(LONG, "sh", "-c", "read line <\"$1\"; exit 42", "sh", fifo.toString())).start();
    readPid(process);
    List<ProcessHandle> family = process.descendants().toList();
    assertThat(family).isNotEmpty();
    Files.writeString(fifo, "go on\n");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(42);
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** A host's own language would hide what a cause is known by. */
  @Test
  public void aProgramSpeaksEnglishWhateverTheUsersLanguage() throws Exception {
    ProcessBuilder german = new ProcessBuilder("sh", "-c", Leash.command(LONG, "printenv", "LC_ALL"));
    german.environment().put("LC_ALL", "de_DE.UTF-8");
    Process process = german.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.lines().toList()).hasSize(2).endsWith("C");
  }

  @Test
  public void theProgramsInputIsEmpty() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", Leash.command(LONG, "cat")).start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private static long readPid(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    return Long.parseLong(reader.readLine().substring(Leash.MARK.length()));
  }
}
