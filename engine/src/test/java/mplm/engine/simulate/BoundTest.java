// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import mplm.engine.migration.Method;
import mplm.engine.migration.StopAndCopy;
import mplm.engine.simulate.Bound.Point;
import mplm.engine.trace.SyntheticTrace;
import mplm.engine.trace.Trace;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class BoundTest {
  private static final Duration SLOT = Duration.ofMillis(100);
  /** A page of 4096 bytes takes a slot. */
  private static final Conditions PAGE_A_SLOT =
      new Conditions(new Bandwidth(327_680), 4096, 4096, new DataSize(0), Duration.ZERO, Duration.ZERO, Duration.ZERO,
          Duration.ZERO);

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 150).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  /**
   * Time in slots, of which each can send a page; what is written in a slot is written at its begin. All schedules are tried: for
   * every stop, every page or none in every slot before it.
   */
  @Test(dataProvider = "seeds")
  public void isTheLeastOfAllSchedules(long seed) throws IOException {
    Random random = new Random(seed);
    int pages = 1 + random.nextInt(3);
    int slots = 1 + random.nextInt(5);
    List<BitSet> writes = writes(random, pages, slots);
    int[] least = new int[slots + pages + 1];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (int stop = 0; stop <= slots; stop++) {
      int left = leastLeft(writes, pages, stop, 0, new int[pages]);
      least[stop + left] = Math.min(least[stop + left], left);
    }
    assertThat(bound(writes, pages).frontier()).isEqualTo(pareto(least));
  }

  /** The fewest pages that are left at the stop, over all schedules; {@code sentAt}: 1 more than the slot a page was sent in. */
  private static int leastLeft(List<BitSet> writes, int pages, int stop, int slot, int[] sentAt) {
    if (slot == stop) {
      int left = 0;
      for (int page = 0; page < pages; page++) {
        left += sentAt[page] == 0 || sentAt[page] - 1 < lastWrite(writes, page, stop) ? 1 : 0;
      }
      return left;
    }
    int least = leastLeft(writes, pages, stop, slot + 1, sentAt);
    for (int page = 0; page < pages; page++) {
      int before = sentAt[page];
      sentAt[page] = slot + 1;
      least = Math.min(least, leastLeft(writes, pages, stop, slot + 1, sentAt));
      sentAt[page] = before;
    }
    return least;
  }

  /** In larger cases: the schedule that the derivation names reaches it at every stop. */
  @Test(dataProvider = "seeds")
  public void isReachedBySendingEachPageAfterItsLastWrite(long seed) throws IOException {
    Random random = new Random(seed);
    int pages = 1 + random.nextInt(60);
    int slots = 1 + random.nextInt(90);
    List<BitSet> writes = writes(random, pages, slots);
    int[] least = new int[slots + pages + 1];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (int stop = 0; stop <= slots; stop++) {
      BitSet sent = new BitSet();
      for (int slot = 0; slot < stop; slot++) {
        for (int page = 0; page < pages; page++) {
          if (!sent.get(page) && lastWrite(writes, page, stop) <= slot) {
            sent.set(page);
            break;
          }
        }
      }
      int left = pages - sent.cardinality();
      least[stop + left] = Math.min(least[stop + left], left);
    }
    assertThat(bound(writes, pages).frontier()).isEqualTo(pareto(least));
  }

  private static List<BitSet> writes(Random random, int pages, int slots) {
    List<BitSet> writes = new ArrayList<>();
    int hot = 1 + random.nextInt(pages);
    for (int slot = 0; slot < slots; slot++) {
      BitSet written = new BitSet();
      for (int n = random.nextInt(3); n > 0; n--) {
        written.set(random.nextInt(random.nextInt(4) == 0 ? pages : hot));
      }
      writes.add(written);
    }
    return writes;
  }

  /** The slot of it, -1 if there is none. */
  private static int lastWrite(List<BitSet> writes, int page, int stop) {
    int slot = stop - 1;
    while (slot >= 0 && !writes.get(slot).get(page)) {
      slot--;
    }
    return slot;
  }

  private static Bound bound(List<BitSet> writes, int pages) throws IOException {
    BitSet used = new BitSet();
    used.set(0, pages);
    Trace trace = new ListTrace(pages, used, writes, Collections.nCopies(writes.size(), SLOT));
    return new Bound(trace, PAGE_A_SLOT, SLOT.multipliedBy(writes.size()), SLOT);
  }

  private static List<Point> pareto(int[] least) {
    List<Point> points = new ArrayList<>();
    int best = Integer.MAX_VALUE;
    for (int total = 0; total < least.length; total++) {
      if (least[total] < best) {
        best = least[total];
        points.add(new Point(SLOT.multipliedBy(total), SLOT.multipliedBy(best)));
      }
    }
    return points;
  }

  /** Whatever is simulated, nothing is better by more than a step. */
  @Test(dataProvider = "seeds")
  public void noMethodIsBetter(long seed) throws IOException {
    Random random = new Random(seed);
    Conditions conditions = Conditions.of(new Bandwidth(2_000_000L + random.nextInt(60_000_000)))
        .withFetch(Duration.ofMillis(random.nextInt(10))).withSwitchover(Duration.ofMillis(random.nextInt(50)))
        .withWork(Duration.ofNanos(random.nextInt(3) * 400_000L)).withBuffer(new DataSize(random.nextInt(3) * 500_000L));
    ListTrace trace = ListTrace.random(random);
    Duration limit = Duration.ofSeconds(30);
    Simulation simulation = new Simulation(trace, conditions, limit);
    Bound bound = new Bound(trace, conditions, limit);
    List<Simulated> results = new ArrayList<>(List.of(simulation.run(new StopAndCopy())));
    String any = "precopy:" + (1 + random.nextInt(3000)) + "ms";
    for (String method : List.of("mplm", "mplm:epoch=0.2s,share=80,mixed", "precopy:0.1s", any)) {
      results.add(simulation.run(Method.parse(method)));
    }
    for (Simulated result : results) {
      if (result.completed()) {
        Duration best = bound.downtimeAt(result.total().orElseThrow().plus(Duration.ofNanos(1000))).orElseThrow();
        assertThat(result.downtime().orElseThrow().plus(bound.step())).as("%s", result).isGreaterThanOrEqualTo(best);
      }
    }
    assertThat(bound.downtimeAt(results.get(0).total().orElseThrow())).as("stop-and-copy").isPresent();
  }

  /** The guest clears one of four pages, each of one slot, in the first slot. That is then a zero page, which takes no time. */
  @Test
  public void whoWaitsUntilMemoryIsClearedMayEndSooner() throws IOException {
    Conditions conditions =
        new Conditions(PAGE_A_SLOT.rate(), 4096, 0, new DataSize(0), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    BitSet cleared = new BitSet();
    cleared.set(3); // by ListTrace's rule with zeros
    BitSet used = new BitSet();
    used.set(0, 4);
    Trace trace = new ListTrace(4, used, List.of(cleared, new BitSet()), Collections.nCopies(2, SLOT));
    Bound bound = new Bound(trace, conditions, SLOT.multipliedBy(5), SLOT);
    assertThat(bound.frontier()).as("4 slots if it is stopped at once").containsExactly(
        new Point(SLOT.multipliedBy(3), Duration.ZERO));
    assertThat(bound.downtimeAt(SLOT.multipliedBy(3))).contains(Duration.ZERO);
    assertThat(bound.totalAt(SLOT.multipliedBy(4))).contains(SLOT.multipliedBy(3));
  }

  @Test
  public void theFrontierDescendsAndIsLookedUp() throws IOException {
    Trace trace = SyntheticTrace.parse("synthetic:memory=64MiB,set=32MiB,rate=12000,zero=20");
    Conditions conditions = Conditions.of(Bandwidth.parse("100Mbit/s")).withSwitchover(Duration.ofMillis(30));
    Bound bound = new Bound(trace, conditions, Duration.ofSeconds(10));
    List<Point> frontier = bound.frontier();
    assertThat(frontier).hasSizeGreaterThan(5);
    for (int n = 1; n < frontier.size(); n++) {
      assertThat(frontier.get(n).total()).isGreaterThan(frontier.get(n - 1).total());
      assertThat(frontier.get(n).downtime()).isLessThan(frontier.get(n - 1).downtime());
    }
    Point least = frontier.get(0);
    assertThat(bound.downtimeAt(least.total())).contains(least.downtime());
    assertThat(bound.downtimeAt(least.total().minusNanos(1))).isEmpty();
    assertThat(bound.downtimeAt(Duration.ofDays(1))).contains(frontier.get(frontier.size() - 1).downtime());
    assertThat(bound.totalAt(least.downtime())).contains(least.total());
    assertThat(bound.totalAt(Duration.ofMillis(29))).as("less than the switch-over").isEmpty();
  }

  /** Java makes no array as long as the longest trace; {@code mplm simulate} says it in one line. */
  @Test
  public void aGuestThatIsTooLargeIsRefusedWithItsSize() {
    Trace large = new ListTrace(Integer.MAX_VALUE, new BitSet(), List.of(), List.of());
    assertThatThrownBy(() -> new Bound(large, PAGE_A_SLOT, SLOT, SLOT)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the best possible is computed for guests of up to 2147483639 pages, not 2147483647");
  }
}
