// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.testng.annotations.Test;

/** What fuzzers have found so far for the engine's C: every input of the corpora, with sanitizers. */
public class ReplayTest {
  @Test(timeOut = 120_000)
  void corporaBreakNothing() throws IOException, InterruptedException {
    Process replay = new ProcessBuilder("fuzz/fuzz", "--replay").redirectErrorStream(true).start();
    String output = new String(replay.getInputStream().readAllBytes(), UTF_8);
    assertThat(replay.waitFor()).as(output).isZero();
    assertThat(output).containsPattern("scheduler: [1-9]\\d+ inputs").containsPattern("recorder: [1-9]\\d+ inputs");
  }
}
