// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.migration.Progress;
import org.testng.annotations.Test;

public class LineDisplayTest {
  @Test
  public void aStreamThatIsNotConnectedHasNoPagesLeftToTell() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Display display = Display.on(new PrintStream(out, true, StandardCharsets.UTF_8), false);
    display.trial("MG mg.W mplm #1", 1, 2);
    display.migration(new Progress(Duration.ofMinutes(1), "setup", Optional.empty(), Optional.empty()), Duration.ofMinutes(2));
    display.close();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("the stream is not connected yet").doesNotContain("0 pages");
  }
}
