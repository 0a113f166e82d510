// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class SyntheticTraceTest {
  @DataProvider
  public Object[][] patterns() {
    return new Object[][] {{"sequential"}, {"random"}, {"hot-cold"}};
  }

  @Test(dataProvider = "patterns")
  public void writesItsWorkingSetAtItsRate(String pattern) throws IOException {
    SyntheticTrace trace =
        SyntheticTrace.parse("synthetic:memory=64MiB,set=16MiB,at=8MiB,rate=4000,length=10s,pattern=" + pattern);
    BitSet all = new BitSet();
    long hot = 0;
    long pages = 0;
    List<PageRuns> intervals = play(trace);
    assertThat(intervals).hasSize(100);
    for (PageRuns dirtied : intervals) {
      assertThat(dirtied.pages()).isLessThanOrEqualTo(400);
      dirtied.addTo(all);
      BitSet interval = new BitSet();
      dirtied.addTo(interval);
      hot += interval.get(2048, 2048 + 410).cardinality();
      pages += interval.cardinality();
    }
    assertThat(all.nextSetBit(0)).isGreaterThanOrEqualTo(2048);
    assertThat(all.length()).isLessThanOrEqualTo(2048 + 4096);
    assertThat(all.cardinality()).isGreaterThan(pattern.equals("hot-cold") ? 2000 : 4090);
    assertThat(pages / 100).isBetween(pattern.equals("hot-cold") ? 200L : 370L, 400L);
    assertThat((double) hot / pages).isCloseTo(pattern.equals("hot-cold") ? 0.86 : 0.1, within(0.05));
  }

  @Test
  public void isTheSameEachTimeAndAnotherWithAnotherSeed() throws IOException {
    String text = "synthetic:memory=64MiB,set=16MiB,rate=4000,zero=50,length=1s,seed=";
    assertThat(play(SyntheticTrace.parse(text + 1))).isEqualTo(play(SyntheticTrace.parse(text + 1)))
        .isNotEqualTo(play(SyntheticTrace.parse(text + 2)));
    assertThat(SyntheticTrace.parse(text + 1).used()).isNotEqualTo(SyntheticTrace.parse(text + 2).used());
  }

  @Test
  public void theShareOfZeroPagesIsOfTheMemoryOutsideTheWorkingSet() {
    assertThat(SyntheticTrace.parse("synthetic:memory=1GiB,set=0B,rate=0").used().pages()).isEqualTo(1 << 18);
    PageRuns used = SyntheticTrace.parse("synthetic:memory=1GiB,set=256MiB,at=100MiB,rate=0,zero=60").used();
    assertThat((used.pages() - 65536) / 196608.0).isCloseTo(0.4, within(0.06));
    BitSet set = new BitSet();
    used.addTo(set);
    assertThat(set.nextClearBit(25600)).isGreaterThanOrEqualTo(25600 + 65536);
    assertThat(SyntheticTrace.parse("synthetic:memory=1GiB,set=1MiB,rate=0,zero=100").used().pages()).isEqualTo(256);
  }

  @Test
  public void textAndTraceAreOne() {
    SyntheticTrace trace =
        SyntheticTrace.parse("synthetic:memory=1GiB,set=1MiB,at=4KiB,rate=7,pattern=hot-cold,zero=3,length=2.5s,seed=9");
    assertThat(SyntheticTrace.parse(trace.toString())).isEqualTo(trace);
    assertThat(trace.header().memory().bytes()).isEqualTo(1 << 30);
    assertThat(trace.header().source()).isEqualTo(trace.toString());
    assertThat(trace.length()).isEqualTo(Duration.ofMillis(2500));
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"", "'' is not a setting of a synthetic trace: it takes memory=SIZE,.*"},
      {"memory=1GiB,set=1MiB", "'.*': a synthetic trace needs memory, set and rate"},
      {"memory=1GiB,memory=2GiB,set=1MiB,rate=1", "'memory=2GiB': memory is set twice"},
      {"memory=1GiB,set=2GiB,rate=1", "a working set of 2GiB at 0B is not within a memory of 1GiB"},
      {"memory=1GiB,set=100B,rate=1", "sizes are whole pages of 4KiB, 8TiB less a page at most, not 100B"},
      {"memory=8TiB,set=1MiB,rate=1", "sizes are whole pages of 4KiB, 8TiB less a page at most, not 8TiB"},
      {"memory=1GiB,set=0B,rate=1", "the rate is 0 to 100000000 writes per second, 0 without a working set, not 1"},
      {"memory=1GiB,set=1MiB,rate=fast", "'rate=fast' is not a whole number below 1000000000"},
      {"memory=1GiB,set=1MiB,rate=1,zero=101", "the share of zero pages is 0 to 100 percent, not 101"},
      {"memory=1GiB,set=1MiB,rate=1,length=0s", "the length is 0.1s to 24h, not 0s"},
      {"memory=1GiB,set=1MiB,rate=1,pattern=odd", "'pattern=odd': allowed: sequential, random, hot-cold"},
    };
  }

  @Test(dataProvider = "wrong")
  public void wrongTextIsToldInOneLine(String text, String told) {
    assertThatThrownBy(() -> SyntheticTrace.parse("synthetic:" + text))
        .isInstanceOf(IllegalArgumentException.class).hasMessageMatching(told);
  }

  private static List<PageRuns> play(Trace trace) throws IOException {
    List<PageRuns> intervals = new ArrayList<>();
    try (Trace.Player player = trace.play()) {
      PageRuns dirtied = new PageRuns();
      while (player.next(dirtied).isPresent()) {
        intervals.add(dirtied);
        dirtied = new PageRuns();
      }
    }
    return intervals;
  }
}
