// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.testng.annotations.Test;

public class HeldTraceTest {
  private static final SyntheticTrace TRACE =
      SyntheticTrace.parse("synthetic:memory=8MiB,set=2MiB,at=1MiB,rate=700,zero=50,length=2s");

  @Test
  public void isTheSame() throws IOException {
    HeldTrace held = HeldTrace.of(TRACE);
    assertThat(held.header()).isEqualTo(TRACE.header());
    assertThat(held.used()).isEqualTo(TRACE.used());
    assertThat(held.intervals()).isEqualTo(20);
    assertThat(lines(held)).isEqualTo(lines(TRACE));
    assertThat(lines(held)).isEqualTo(lines(TRACE));
  }

  /** A file of some KiB may say so, and all of them were held in 600 bytes each. */
  @Test
  public void moreIntervalsThanAnHourOfMillisecondsAreRefused() {
    Trace idle = new Trace() {
      @Override
      public TraceHeader header() {
        return TRACE.header();
      }

      @Override
      public PageRuns used() {
        return TRACE.used();
      }

      @Override
      public Player play() {
        return new Player() {
          @Override
          public Optional<Duration> next(PageRuns dirtied) {
            dirtied.clear();
            return Optional.of(Duration.ofMillis(1));
          }

          @Override
          public void close() {
            // holds nothing
          }
        };
      }
    };
    assertThatThrownBy(() -> HeldTrace.of(idle)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has more than 4000000 intervals");
  }

  @Test
  public void isLater() throws IOException {
    HeldTrace held = HeldTrace.of(TRACE);
    List<String> all = lines(TRACE);
    for (int count : new int[] {0, 7, 20}) {
      List<String> expected = new ArrayList<>(all.subList(count, 20));
      expected.addAll(all.subList(0, count));
      assertThat(lines(held.later(count))).isEqualTo(expected);
    }
    assertThat(held.later(0).used()).isEqualTo(TRACE.used());
    assertThatThrownBy(() -> held.later(21)).hasMessage("21 intervals later of 20, allowed: once, 0 to 20");
  }

  @Test
  public void pagesThatWereDirtiedMeanwhileAreUsed() throws IOException {
    HeldTrace zero = HeldTrace.of(SyntheticTrace.parse("synthetic:memory=8MiB,set=0MiB,rate=0,zero=100,length=2s"));
    assertThat(zero.later(20).used().runs()).isZero();
    HeldTrace held = HeldTrace.of(TRACE);
    BitSet expected = new BitSet();
    TRACE.used().addTo(expected);
    try (Trace.Player player = TRACE.play()) {
      PageRuns dirtied = new PageRuns();
      for (int n = 0; n < 7; n++) {
        player.next(dirtied);
        dirtied.addTo(expected);
      }
    }
    BitSet used = new BitSet();
    held.later(7).used().addTo(used);
    assertThat(used).isEqualTo(expected);
  }

  /** Pages 0 to 9 are dirtied, 5 to 9 with zeros; then 0 with zeros and 5. */
  @Test
  public void pagesThatWereDirtiedWithZerosAreZeroPages() throws IOException {
    Path file = Files.createTempFile("trace", ".gz");
    try (TraceWriter writer = new TraceWriter(file, new TraceHeader(20, Duration.ofMillis(100), ""), runs(15, 20))) {
      writer.interval(Duration.ofMillis(100), runs(0, 10), runs(5, 10));
      PageRuns both = runs(0, 1);
      both.add(5, 6);
      writer.interval(Duration.ofMillis(100), both, runs(0, 1));
      writer.end();
    }
    try {
      HeldTrace held = HeldTrace.of(new TraceFile(file));
      assertThat(held.later(1).used()).hasToString("[0-4, 15-19]");
      assertThat(held.later(2).used()).hasToString("[1-5, 15-19]");
      try (Trace.Player player = held.later(1).play()) {
        PageRuns dirtied = new PageRuns();
        assertThat(player.zeroed().runs()).isZero();
        player.next(dirtied);
        assertThat(player.zeroed()).hasToString("[0]");
        player.next(dirtied);
        assertThat(player.zeroed()).hasToString("[5-9]");
        assertThat(player.next(dirtied)).isEmpty();
        assertThat(player.zeroed().runs()).isZero();
      }
    } finally {
      Files.delete(file);
    }
  }

  private static PageRuns runs(int first, int end) {
    PageRuns runs = new PageRuns();
    runs.add(first, end);
    return runs;
  }

  @Test
  public void isSlower() throws IOException {
    HeldTrace held = HeldTrace.of(TRACE).slower(1.5);
    assertThat(lines(held)).isEqualTo(lines(TRACE).stream().map(line -> line.replace("PT0.1S", "PT0.15S")).toList());
    assertThatThrownBy(() -> held.slower(0)).hasMessage("a guest takes 0.01 to 100 times as long, not 0.0");
    assertThatThrownBy(() -> held.slower(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> lines(Trace trace) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Trace.Player player = trace.play()) {
      PageRuns dirtied = new PageRuns();
      for (Optional<Duration> length = player.next(dirtied); length.isPresent(); length = player.next(dirtied)) {
        lines.add(length.orElseThrow() + " " + dirtied);
      }
      assertThat(player.next(dirtied)).isEmpty();
    }
    return lines;
  }
}
