// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class DirtyLogTest {
  private static final long MS = 1_000_000_000L;

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 100).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  /** Whenever it is fetched: each page of each interval is reported once, and is a zero page or not from there on. */
  @Test(dataProvider = "seeds")
  public void reportsEachWriteOnce(long seed) throws IOException {
    Random random = new Random(seed);
    ListTrace trace = ListTrace.random(random);
    try (DirtyLog log = new DirtyLog(trace)) {
      long now = 0;
      BitSet used = (BitSet) trace.usedPages().clone();
      for (int n = 0; n < 2 * trace.intervals().size(); n++) {
        int interval = n % trace.intervals().size();
        long end = now + trace.lengths().get(interval).toMillis() * MS;
        BitSet seen = new BitSet();
        while (now < end) {
          now = random.nextInt(3) == 0 ? end : Math.min(end, now + 1 + (long) random.nextInt(200) * MS);
          if (random.nextBoolean()) {
            log.run(now);
          }
          BitSet fetched = log.fetch(now);
          assertThat(fetched.intersects(seen)).isFalse();
          assertThat(without(fetched, log.used())).isEqualTo(ofThem(fetched, trace.zeros()));
          seen.or(fetched);
        }
        assertThat(seen).isEqualTo(trace.intervals().get(interval));
        used.or(seen);
        used.andNot(ofThem(seen, trace.zeros()));
        assertThat(log.used()).isEqualTo(used);
        BitSet next = (BitSet) used.clone();
        next.or(trace.intervals().get((n + 1) % trace.intervals().size()));
        assertThat(log.usedWithin()).isEqualTo(next);
      }
      assertThat(log.repeated()).isTrue();
    }
  }

  /** As it seems to do while the guest pays for its first writes after a fetch. */
  @Test
  public void aClockThatGoesBackReportsNothingTwice() throws IOException {
    BitSet all = new BitSet();
    all.set(0, 1000);
    try (DirtyLog log = new DirtyLog(new ListTrace(1000, all, List.of(all, all), List.of(Duration.ofMillis(100), Duration.ofMillis(100))))) {
      BitSet seen = (BitSet) log.fetch(90 * MS).clone();
      assertThat(log.fetch(60 * MS).isEmpty()).isTrue();
      BitSet rest = log.fetch(100 * MS);
      assertThat(rest.intersects(seen)).isFalse();
      seen.or(rest);
      assertThat(seen).isEqualTo(all);
    }
  }

  private static BitSet ofThem(BitSet pages, BitSet zeros) {
    BitSet both = (BitSet) pages.clone();
    both.and(zeros);
    return both;
  }

  private static BitSet without(BitSet pages, BitSet others) {
    BitSet rest = (BitSet) pages.clone();
    rest.andNot(others);
    return rest;
  }

  @Test
  public void aFetchOfManyIntervalsReportsTheirUnion() throws IOException {
    ListTrace trace = ListTrace.random(new Random(1));
    BitSet union = new BitSet();
    trace.intervals().forEach(union::or);
    Duration length = trace.lengths().stream().reduce(Duration.ZERO, Duration::plus);
    try (DirtyLog log = new DirtyLog(trace)) {
      assertThat(log.fetch(length.toMillis() * MS)).isEqualTo(union);
      assertThat(without(union, log.used())).isEqualTo(ofThem(union, trace.zeros()));
      assertThat(log.fetch(3 * length.toMillis() * MS)).isEqualTo(union);
      assertThat(log.fetch(3 * length.toMillis() * MS).isEmpty()).isTrue();
    }
  }

  @Test
  public void theMomentsOfPagesAreEvenlySpread() throws IOException {
    BitSet all = new BitSet();
    all.set(0, 100_000);
    try (DirtyLog log = new DirtyLog(new ListTrace(100_000, all, List.of(all), List.of(Duration.ofMillis(100))))) {
      for (int ms = 7; ms <= 1000; ms += 7) {
        BitSet fetched = log.fetch(ms * MS);
        if (ms % 100 > 7) {
          assertThat(fetched.cardinality()).isBetween(6900, 7100);
          assertThat(fetched.get(0, 1000).cardinality()).isBetween(60, 80);
        }
      }
    }
  }

  @Test
  public void aTraceOfNoIntervalIsAnIdleGuest() throws IOException {
    try (DirtyLog log = new DirtyLog(new ListTrace(10, new BitSet(), List.of(), List.of()))) {
      assertThat(log.fetch(1000 * MS).isEmpty()).isTrue();
      assertThat(log.repeated()).isFalse();
    }
  }
}
