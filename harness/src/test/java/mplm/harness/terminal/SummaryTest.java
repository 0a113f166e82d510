// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.migration.Progress;
import mplm.harness.result.Rows;
import mplm.harness.result.TrialRow;
import org.testng.annotations.Test;

public class SummaryTest {
  @Test
  public void theTableIsAlignedAndSaysWhy() {
    assertThat(Summary.of(Rows.ofEveryKind())).isEqualTo("""
        trial                                             outcome        total s  downtime s  transferred MiB  guest                 memory
        MG mg.W precopy:0.3s #1                           not converged        -           -              132  -                     -
            not converged after 80s
        MG mg.W precopy:5s #1                             completed        23.86        4.60              132  verified: successful  -
        MG mg.W mplm #1                                   completed        20.36        6.19              132  verified: successful  -
        MG mg.W mplm:epoch=1s,share=25,strict #1 on west  failed               -           -                -  -                     -
            source: "boot", no record,
        last lines: none
        """);
  }

  @Test
  public void elsewhereThanOnATerminalALineTellsEachStageAndTheEnd() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Display display = Display.on(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
    TrialRow row = Rows.completed("mplm", 1, 20.359, 6.186);
    display.trial(row.planned().name(), 1, 4);
    display.stage("migrating");
    display.migration(row.migration().orElseThrow().last().orElseThrow(), Duration.ofSeconds(80));
    display.end(row);
    display.close();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
        [1/4] MG mg.W mplm #1: migrating
        [1/4] MG mg.W mplm #1: migrating for 20 of at most 80s, 10000 pages remain
        [1/4] MG mg.W mplm #1: completed, total 20.359s, downtime 6.186s
        """);
  }

  /** A trial leaves one line; before the stream is connected nothing is known of its pages, and nothing breaks. */
  @Test
  public void onATerminalATrialLeavesOneLine() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Display display = Display.on(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
    TrialRow row = Rows.completed("mplm", 1, 20.359, 6.186);
    display.trial(row.planned().name(), 1, 4);
    display.stage("migrating");
    display.migration(new Progress(Duration.ofSeconds(1), "setup", Optional.empty(), Optional.empty()), Duration.ofSeconds(80));
    display.migration(row.migration().orElseThrow().last().orElseThrow(), Duration.ofSeconds(80));
    display.end(row);
    display.close();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith("[1/4] MG mg.W mplm #1: completed, total 20.359s, downtime 6.186s\n");
  }
}
