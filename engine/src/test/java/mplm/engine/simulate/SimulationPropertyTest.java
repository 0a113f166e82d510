// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import mplm.engine.migration.Method;
import mplm.engine.migration.Mplm;
import mplm.engine.migration.StopAndCopy;
import mplm.engine.scheduler.Knobs;
import mplm.engine.scheduler.Scheduler;
import mplm.engine.scheduler.Wire;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What holds for every guest, link and method. */
public class SimulationPropertyTest {
  private static final long MS = 1_000_000_000L;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 150).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  private record Case(ListTrace trace, Conditions conditions, Method method, Random random) {
    static Case of(long seed) {
      Random random = new Random(seed);
      Conditions conditions = Conditions.of(new Bandwidth(2_000_000L + random.nextInt(60_000_000)))
          .withFetch(Duration.ofMillis(random.nextInt(3) * 5L))
          .withWork(Duration.ofNanos(random.nextInt(3) * 40_000L))
          .withBuffer(new DataSize(random.nextInt(3) * 50_000L))
          .withSwitchover(Duration.ofMillis(random.nextInt(50)));
      Knobs knobs = new Knobs(Duration.ofMillis(20 + random.nextInt(3000)), 1 + random.nextInt(200), random.nextInt(95),
          random.nextBoolean(), random.nextBoolean());
      Method method = seed % 3 == 0 ? new Mplm("paper", knobs)
          : Method.parse(seed % 3 == 1 ? "mplm" : "precopy:" + (10 + random.nextInt(2000)) + "ms");
      return new Case(ListTrace.random(random), conditions, method, random);
    }
  }

  /** As last written, every page is sent: after the write, or when the guest stands still. */
  @Test(dataProvider = "seeds")
  public void everyPageIsSentAfterItsLastWriteOrInTheFinalStage(long seed) throws IOException {
    check(Case.of(seed));
  }

  /** Deferred pages and planned stops included. */
  @Test(dataProvider = "seeds")
  public void soItIsByEachPolicy(long seed) throws IOException {
    Case one = Case.of(3 * seed);
    for (String policy : Scheduler.policies()) {
      check(new Case(one.trace, one.conditions, new Mplm(policy, ((Mplm) one.method).knobs()), one.random));
    }
  }

  private static void check(Case one) throws IOException {
    long[] sent = new long[one.trace.size()];
    Arrays.fill(sent, -1);
    long[] count = new long[1];
    Wire.Listener listener = (page, now) -> {
      assertThat(now).isGreaterThanOrEqualTo(sent[(int) page]);
      sent[(int) page] = now;
      count[0]++;
    };
    Simulated result = new Simulation(one.trace, one.conditions, LIMIT, listener).run(one.method);
    assertThat(result.pages()).isEqualTo(count[0]);
    if (!result.completed()) {
      return;
    }
    long stop = result.live().toNanos() * 1000;
    try (DirtyLog log = new DirtyLog(one.trace)) {
      for (long now = MS; now - MS < stop; now += MS) {
        BitSet written = log.fetch(Math.min(now, stop));
        for (int page = written.nextSetBit(0); page >= 0; page = written.nextSetBit(page + 1)) {
          assertThat(sent[page]).as("page %d, written up to 1 ms before %d ms, stop at %d", page, now / MS, stop)
              .isGreaterThanOrEqualTo(now - MS);
        }
      }
    }
    assertThat(Arrays.stream(sent).min().getAsLong()).as("pages that were never written").isNotNegative();
  }

  /** The link is never idle but in a fetch, and carries what it can. */
  @Test(dataProvider = "seeds")
  public void bytesAreRateTimesTime(long seed) throws IOException {
    Case one = Case.of(seed);
    Conditions conditions = one.conditions.withBuffer(new DataSize(0)).withWork(Duration.ZERO);
    Simulated result = new Simulation(one.trace, conditions, LIMIT).run(one.method);
    if (result.completed()) {
      double fetches = result.epochs() * seconds(conditions.fetch());
      double sending = seconds(result.total().orElseThrow()) - seconds(conditions.switchover()) - fetches;
      assertThat((double) result.transferred().bytes()).isCloseTo(sending * conditions.rate().bitsPerSecond() / 8, within(500.0));
      long zero = result.zeroPages() * conditions.zeroPageBytes();
      assertThat(result.transferred().bytes()).isEqualTo(zero + (result.pages() - result.zeroPages()) * conditions.pageBytes());
      assertThat(result.total().orElseThrow()).isEqualTo(result.live().plus(result.downtime().orElseThrow()));
    }
  }

  /** Work and buffers, whatever they are: what is on the link never exceeds its rate, and a buffer moves time, it makes none. */
  @Test(dataProvider = "seeds")
  public void theLinkIsNeverFasterThanItsRate(long seed) throws IOException {
    Case one = Case.of(seed);
    Simulated result = new Simulation(one.trace, one.conditions, LIMIT).run(one.method);
    result.total().ifPresent(total ->
        assertThat(result.transferred().bytes() * 8.0 / one.conditions.rate().bitsPerSecond())
            .isLessThanOrEqualTo(seconds(total) + 1e-4));
  }

  /** Stage 2 makes steps of the non-dirty pointer in their share, and that passes each page once in an epoch's time more. */
  @Test(dataProvider = "seeds")
  public void theLiveStageOfMplmEndsWithinItsBound(long seed) throws IOException {
    Case one = Case.of(seed);
    for (Mplm method : List.of(Mplm.PAPER, new Mplm("paper", Knobs.PAPER.withDirtyShare(one.random.nextInt(90))))) {
      Simulated result = new Simulation(one.trace, one.conditions, Duration.ofHours(1)).run(method);
      assertThat(result.completed()).isTrue();
      double page = one.conditions.pageBytes() * 8.0 / one.conditions.rate().bitsPerSecond() + seconds(one.conditions.work());
      double most = (one.trace.size() / (1 - method.knobs().dirtyShare() / 100.0) + method.knobs().batchPages()) * page;
      double fetches = (result.epochs() - 1) * seconds(one.conditions.fetch());
      assertThat(seconds(result.live())).isLessThanOrEqualTo(most + fetches);
      assertThat(result.nondirtyPages()).isLessThanOrEqualTo(one.trace.size());
    }
  }

  @Test(dataProvider = "seeds")
  public void stopAndCopyIsUsedMemoryOverRate(long seed) throws IOException {
    Case one = Case.of(seed);
    Conditions conditions = one.conditions.withWork(Duration.ZERO);
    Simulated result = new Simulation(one.trace, conditions, LIMIT).run(new StopAndCopy());
    long used = one.trace.usedPages().cardinality();
    double bytes = used * 4104.0 + (one.trace.size() - used) * 9.0;
    assertThat(seconds(result.total().orElseThrow()))
        .isCloseTo(bytes * 8 / conditions.rate().bitsPerSecond() + seconds(conditions.switchover()), within(1e-5));
    assertThat(result.downtime()).isEqualTo(result.total());
    assertThat(result.live()).isZero();
    assertThat(result.finalPages()).isEqualTo(one.trace.size());
    assertThat(result.dirtyRate()).isEmpty();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
