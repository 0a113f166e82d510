// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testng.annotations.Test;

/** A controller that is really stopped, by a signal. */
public class PresenceTest {
  /** Says how long it was absent, once. */
  public static final class Controller {
    public static void main(String[] args) throws Exception {
      Presence presence = new Presence(length -> System.out.println("absent " + length.toMillis()));
      System.out.println("up");
      Thread.sleep(60_000);
      presence.close();
    }
  }

  @Test(timeOut = 60_000)
  public void anAbsenceIsToldWithItsLength() throws Exception {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "-cp", System.getProperty("java.class.path"), Controller.class.getName()).start();
    try {
      BufferedReader out = process.inputReader();
      assertThat(out.readLine()).isEqualTo("up");
      TimeUnit.MILLISECONDS.sleep(500);
      signal("STOP", process);
      TimeUnit.SECONDS.sleep(3);
      signal("CONT", process);
      String told = out.readLine();
      // this test may be late with its signals, never early
      assertThat(told).startsWith("absent ");
      assertThat(Long.parseLong(told.substring("absent ".length()))).isGreaterThan(2_500);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    assertThat(new ProcessBuilder(List.of("kill", "-" + name, Long.toString(process.pid()))).start().waitFor()).isZero();
  }
}
