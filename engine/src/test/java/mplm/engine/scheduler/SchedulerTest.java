// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import mplm.engine.scheduler.Scheduler.Action;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class SchedulerTest {
  /**
   * Eight pages, batches of two dirty and two non-dirty steps. D and N are the two pointers; sets are written as after the fetch.
   *
   * <pre>
   * epoch 0   dirty {}, non-dirty {0..7}; non-dirty steps only
   *           N 0 1 2 send; the epoch ends
   * fetch     the guest wrote 1 (sent: dirty again) and 5 (not sent: leaves the non-dirty set)
   * epoch 1   dirty {1,5}, non-dirty {3,4,6,7}
   *           batch 1: D 0 not dirty, D 1 send; N 3 send; the epoch ends one step before the batch does
   * fetch     the guest wrote 2 and 4
   * epoch 2   dirty {2,4,5}, non-dirty {6,7}
   *           batch 1: N 4 not in the set any more
   *           batch 2: D 2 send, D 3 nothing; N 5 nothing, N 6 send
   *           batch 3: D 4 send, D 5 send; N 7 send: the non-dirty set is empty
   * stop
   * </pre>
   */
  @Test
  public void sendsTheSequenceThatThePaperGives() {
    Knobs knobs = Knobs.PAPER.withBatchPages(4).withEpoch(Duration.ofMillis(100));
    try (Scheduler scheduler = new Scheduler("paper", knobs)) {
      scheduler.addBlock(full(8));
      scheduler.start(0);
      assertThat(sends(scheduler, 0, 3)).isEqualTo("N0 N1 N2");
      fetch(scheduler, 100, 1, 5);
      assertThat(sends(scheduler, 100, 2)).isEqualTo("D1 N3");
      fetch(scheduler, 200, 2, 4);
      assertThat(sends(scheduler, 200, 5)).isEqualTo("D2 N6 D4 D5 N7");
      assertThat(scheduler.next(200)).isEqualTo(Action.STOP);
      // 8 + 2 pages sent; steps as counted above: 3, 3 and 1 + 4 + 3
      assertThat(scheduler.stats()).isEqualTo(new Stats(3, 0, 0, 4, 6, 14, 4, Stats.End.NONDIRTY_EMPTY));
    }
  }

  @Test
  public void theDefaultsAreThePapers() {
    assertThat(Knobs.PAPER).isEqualTo(new Knobs(Duration.ofSeconds(3), 100, 50, true, false));
  }

  /** The same with steps that search: each sends the next page of its set, none is spent on looking. */
  @Test
  public void strictStepsSearch() {
    Knobs knobs = Knobs.PAPER.withBatchPages(4).withEpoch(Duration.ofMillis(100)).withStrictScan(true);
    try (Scheduler scheduler = new Scheduler("paper", knobs)) {
      scheduler.addBlock(full(8));
      scheduler.start(0);
      assertThat(sends(scheduler, 0, 3)).isEqualTo("N0 N1 N2");
      fetch(scheduler, 100, 1, 5);
      // batch 1: D 1, D 5, N 3, N 4; batch 2: the dirty set is empty, N 6, N 7
      assertThat(sends(scheduler, 100, 6)).isEqualTo("D1 D5 N3 N4 N6 N7");
      assertThat(scheduler.next(100)).isEqualTo(Action.STOP);
    }
  }

  /** Pointers walk over block borders, past empty blocks and never into the bits behind a block's last page. */
  @Test
  public void walksAllBlocks() {
    try (Scheduler scheduler = new Scheduler("paper", Knobs.PAPER)) {
      scheduler.addBlock(full(1));
      scheduler.addBlock(full(0));
      Bitmap odd = full(65);
      odd.pointer().setLong(8, -1);
      scheduler.addBlock(odd);
      scheduler.start(0);
      for (int n = 0; n < 66; n++) {
        assertThat(scheduler.next(0)).isEqualTo(Action.SEND);
        assertThat(scheduler.block()).isEqualTo(n == 0 ? 0 : 2);
        assertThat(scheduler.page()).isEqualTo(n == 0 ? 0 : n - 1);
        scheduler.sent(scheduler.block(), scheduler.page());
      }
      assertThat(scheduler.next(0)).isEqualTo(Action.STOP);
    }
  }

  @Test
  public void nothingToSendStopsAtOnce() {
    for (long pages : new long[] {0, 1, 64, 1000}) {
      try (Scheduler scheduler = new Scheduler("paper", Knobs.PAPER)) {
        scheduler.addBlock(new Bitmap(pages));
        scheduler.start(0);
        assertThat(scheduler.next(0)).isEqualTo(Action.STOP);
      }
    }
  }

  /** A sparse memory of 16 GiB: each call visits a bounded number of pages and says AGAIN, which is not STOP. */
  @Test
  public void aCallVisitsABoundedNumberOfPages() {
    try (Scheduler scheduler = new Scheduler("paper", Knobs.PAPER)) {
      Bitmap memory = new Bitmap(1 << 22);
      memory.set(memory.pages() - 1);
      scheduler.addBlock(memory);
      scheduler.start(0);
      int again = 0;
      long visits = 0;
      while (scheduler.next(0) == Action.AGAIN) {
        again++;
        assertThat(again).isLessThan(1000);
        assertThat(scheduler.stats().visits() - visits).isBetween(1L, 1L << 16);
        visits = scheduler.stats().visits();
      }
      assertThat(again).isGreaterThanOrEqualTo(63);
      assertThat(scheduler.page()).isEqualTo(memory.pages() - 1);
    }
  }

  /** Held with both sets empty it waits for the epoch's end, fetches, and goes on with what the guest wrote. */
  @Test
  public void waitsWhenThereIsNothingToDo() {
    try (Scheduler scheduler = new Scheduler("paper", Knobs.PAPER)) {
      scheduler.addBlock(full(1));
      scheduler.hold(true);
      scheduler.start(0);
      assertThat(sends(scheduler, 0, 1)).isEqualTo("N0");
      assertThat(scheduler.next(1)).isEqualTo(Action.WAIT);
      assertThat(scheduler.epochEnd()).isEqualTo(3000);
      fetch(scheduler, 3000, 0);
      assertThat(sends(scheduler, 3000, 1)).isEqualTo("D0");
      scheduler.hold(false);
      assertThat(scheduler.next(3001)).isEqualTo(Action.STOP);
    }
  }

  /** Without a period it is cold: it does not wait for the epoch's end, as if there were something to be planned then. */
  @Test
  public void foresightWithoutAPeriodEndsWithTheNonDirtySet() {
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(64));
      scheduler.start(0);
      sends(scheduler, 0, 32);
      fetch(scheduler, 100, 0);
      sends(scheduler, 101, 32);
      assertThat(scheduler.next(101)).isEqualTo(Action.STOP);
      assertThat(scheduler.stats().end()).isEqualTo(Stats.End.PLANNED);
    }
  }

  /**
   * In a large guest planning takes as long as an epoch, and nothing is sent meanwhile. One plan alone that took long had to wait for its
   * turn: an epoch of another length would spoil what is known of the guest.
   */
  @Test
  public void anEpochOfForesightIsTenTimesWhatPlansTake() {
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(64));
      scheduler.start(0);
      sends(scheduler, 0, 8);
      fetch(scheduler, 100, 0);
      assertThat(scheduler.epochEnd()).isEqualTo(200);
      scheduler.planned(150);
      sends(scheduler, 150, 8);
      fetch(scheduler, 200, 0);
      assertThat(scheduler.epochEnd()).isEqualTo(300);
      scheduler.planned(250);
      sends(scheduler, 250, 8);
      fetch(scheduler, 300, 0);
      assertThat(scheduler.epochEnd()).isEqualTo(800);
      scheduler.planned(301);
      sends(scheduler, 301, 8);
      fetch(scheduler, 800, 0);
      assertThat(scheduler.epochEnd()).isEqualTo(900);
    }
  }

  /** A page of zeros is a few bytes: a guest of many of them has no slow link, for which epochs would have to be long. */
  @Test
  public void pagesOfZerosTellNothingOfTheLink() {
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(100_000));
      scheduler.start(0);
      long bytes = 0;
      for (int n = 1; n <= 20; n++) {
        int pages = n <= 10 ? 1000 : 400;
        sends(scheduler, n * 100L - 100, pages);
        bytes += pages * (n <= 10 ? 9L : 4104L);
        scheduler.progress(bytes);
        fetch(scheduler, n * 100L, 0);
        assertThat(scheduler.epochEnd()).as("end of epoch %d", n).isEqualTo(n * 100L + 100);
      }
    }
  }

  /** What a plan takes, ms, in the end; and how many plans there are at least once nothing is left that was never dirtied. */
  @DataProvider
  public Object[][] longerPlans() {
    return new Object[][] {{13, 3}, {300, 1}};
  }

  /** The stop is planned in epochs: a longer one that its cost asks for would put it off, and so would a plan in longer epochs. */
  @Test(dataProvider = "longerPlans")
  public void noLongerEpochOfForesightPutsOffTheStop(int takes, int latePlans) {
    int planned = 0;
    int late = 0;
    long before = 0;
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(4096));
      scheduler.start(0);
      long now = 0;
      long bytes = 0;
      for (int n = 1; n <= 200; n++) {
        long begin = now;
        for (int page = 0; page < (scheduler.epochEnd() - begin) * 3 / 2 && scheduler.next(begin) == Action.SEND; page++) {
          scheduler.sent(scheduler.block(), scheduler.page());
          bytes += 4104;
        }
        now = scheduler.epochEnd();
        if (scheduler.next(now) != Action.FETCH) {
          break;
        }
        Bitmap fetched = new Bitmap(4096);
        for (long at = begin; at < now; at += 100) {
          fetched.set(1000 + at / 100 % 10 * 200, 200);
        }
        scheduler.merge(0, fetched);
        scheduler.progress(bytes);
        scheduler.epoch(now);
        long stop = scheduler.forecast().map(forecast -> forecast.stop().toMillis()).orElse(0L);
        if (stop > 0) {
          assertThat(scheduler.epochEnd()).as("end of an epoch that begins at %d", now).isLessThanOrEqualTo(now + stop);
          planned++;
          // plans take so long in the end that the next epoch ought to be longer
          scheduler.planned(scheduler.stats().nondirtyPages() < 300 ? now + takes : now);
          late = scheduler.stats().nondirtyPages() == 0 ? late + 1 : 0;
          if (late > 1) {
            assertThat(now + stop).as("stop as planned at %d", now).isLessThanOrEqualTo(before + (scheduler.epochEnd() - now) / 2 + 1);
          }
          before = now + stop;
        }
      }
    }
    assertThat(planned).as("epochs with a planned stop").isGreaterThan(2);
    assertThat(late).as("plans without non-dirty pages").isGreaterThanOrEqualTo(latePlans);
  }

  /** Without a planned stop, what is dirty waits for the end, and what was never dirtied is sent before. */
  @Test
  public void withoutAPlannedStopForesightExpectsTheDirtySetToBeLeft() {
    Random random = new Random(5);
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(8192));
      scheduler.start(0);
      long told = 0;
      for (long n = 1; n <= 40; n++) {
        for (int page = 0; page < 150; page++) {
          assertThat(scheduler.next(n * 100 - 100)).isEqualTo(Action.SEND);
          scheduler.sent(scheduler.block(), scheduler.page());
        }
        assertThat(scheduler.next(n * 100)).isEqualTo(Action.FETCH);
        Bitmap fetched = new Bitmap(8192);
        random.ints(30, 0, 8192).forEach(fetched::set);
        scheduler.merge(0, fetched);
        scheduler.progress(n * 150 * 4104);
        scheduler.epoch(n * 100);
        if (scheduler.forecast().isPresent()) {
          Forecast forecast = scheduler.forecast().orElseThrow();
          assertThat(forecast.stop()).isZero();
          // a page takes two thirds of a millisecond
          assertThat(forecast.downtime().toMillis()).isCloseTo(scheduler.stats().dirtyPages() * 2 / 3, within(2L));
          told++;
        }
      }
      assertThat(told).as("forecasts").isPositive();
    }
  }

  /** On KVM the first write to a page after a fetch is a fault, which takes a microsecond or so. */
  @Test
  public void anEpochOfForesightIsTenTimesWhatTheGuestsFirstWritesTake() {
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(40_000));
      scheduler.start(0);
      sends(scheduler, 0, 20_000);
      Bitmap dirtied = new Bitmap(40_000);
      dirtied.set(0, 20_000);
      assertThat(scheduler.next(100)).isEqualTo(Action.FETCH);
      scheduler.merge(0, dirtied);
      scheduler.epoch(100);
      assertThat(scheduler.epochEnd()).isEqualTo(300);
    }
  }

  /** With the dirty set at last, whatever the policy: the link is there, and the guest's pages only become more. */
  @Test(dataProvider = "policies")
  public void whatIsDirtiedIsSentWhileTheStageIsHeld(String policy) {
    try (Scheduler scheduler = new Scheduler(policy, Knobs.PAPER.withEpoch(Duration.ofMillis(100)))) {
      scheduler.addBlock(full(64));
      scheduler.hold(true);
      scheduler.start(0);
      sends(scheduler, 0, 64);
      for (int n = 1; n <= 60; n++) {
        fetch(scheduler, n * 100L, 5);
        assertThat(sends(scheduler, n * 100L, 1)).isEqualTo("D5");
      }
      scheduler.hold(false);
      assertThat(scheduler.next(6001)).isEqualTo(Action.STOP);
    }
  }

  @DataProvider
  public Object[][] policies() {
    return Scheduler.policies().stream().map(policy -> new Object[] {policy}).toArray(Object[][]::new);
  }

  /** They stay set in QEMU's bitmaps, whose blocks may grow. */
  @Test
  public void bitsBehindABlocksEndAreNoPagesThatWillBeLeft() {
    assertThat(forecasts(-1)).isEqualTo(forecasts(1)).containsPattern("stop=PT(?!0S)");
  }

  /** What foresight expects of a guest that sweeps over half of its memory, with another block of a page, of this word. */
  private static String forecasts(long word) {
    StringBuilder said = new StringBuilder();
    try (Scheduler scheduler = new Scheduler("foresight", Knobs.PAPER)) {
      scheduler.addBlock(full(4096));
      Bitmap small = full(1);
      small.pointer().setLong(0, word);
      scheduler.addBlock(small);
      scheduler.start(0);
      long sent = 0;
      for (long n = 1; n <= 80; n++) {
        for (int page = 0; page < 150 && scheduler.next(n * 100 - 100) == Action.SEND; page++) {
          said.append(scheduler.page()).append(' ');
          scheduler.sent(scheduler.block(), scheduler.page());
          sent++;
        }
        if (scheduler.next(n * 100) != Action.FETCH) {
          break;
        }
        Bitmap fetched = new Bitmap(4096);
        fetched.set(1000 + n % 10 * 200, 200);
        scheduler.merge(0, fetched);
        scheduler.progress(sent * 4104);
        scheduler.epoch(n * 100);
        said.append(scheduler.forecast()).append('\n');
      }
    }
    return said.toString();
  }

  @DataProvider
  public Object[][] wrongKnobs() {
    return new Object[][] {
      {Knobs.PAPER.withEpoch(Duration.ZERO), "epoch"},
      {Knobs.PAPER.withEpoch(Duration.ofMillis(3_600_001)), "3600000"},
      {Knobs.PAPER.withBatchPages(0), "batch"},
      {Knobs.PAPER.withBatchPages(1_000_001), "1000000"},
      {Knobs.PAPER.withDirtyShare(100), "0 to 99 percent"},
      {Knobs.PAPER.withDirtyShare(-1), "0 to 99 percent"},
    };
  }

  @Test(dataProvider = "wrongKnobs")
  public void knobsOutOfRangeAreRefusedWithTheRange(Knobs knobs, String word) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Scheduler("paper", knobs)).withMessageContaining(word);
  }

  @Test
  public void knobsAtTheEndsOfTheirRangesAreTaken() {
    Scheduler.check(new Knobs(Duration.ofMillis(1), 1, 0, false, false));
    Scheduler.check(new Knobs(Duration.ofHours(1), 1_000_000, 99, true, true));
  }

  @Test
  public void misuseIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Scheduler("papier", Knobs.PAPER)).withMessageContaining("paper");
    assertThatIllegalArgumentException().isThrownBy(() -> Knobs.PAPER.withEpoch(Duration.ofNanos(1_500_000)));
    Scheduler scheduler = new Scheduler("paper", Knobs.PAPER);
    scheduler.addBlock(full(3));
    scheduler.start(0);
    scheduler.sent(0, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> scheduler.sent(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> scheduler.merge(0, new Bitmap(4)));
    assertThatThrownBy(() -> scheduler.discard(0, 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    scheduler.close();
    scheduler.close();
    assertThatThrownBy(() -> scheduler.next(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  public void namesTheSourceItWasBuiltFrom() throws Exception {
    Process build = new ProcessBuilder(Path.of("scheduler/build").toAbsolutePath().toString(), "--hash").start();
    String hash = new String(build.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(build.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Scheduler.sourceHash()).isEqualTo(hash).hasSize(64);
  }

  private static Bitmap full(long pages) {
    Bitmap bitmap = new Bitmap(pages);
    bitmap.set(0, pages);
    return bitmap;
  }

  private static String sends(Scheduler scheduler, long now, int count) {
    StringBuilder sequence = new StringBuilder();
    for (int n = 0; n < count; n++) {
      assertThat(scheduler.next(now)).isEqualTo(Action.SEND);
      sequence.append(n > 0 ? " " : "").append(scheduler.dirty() ? 'D' : 'N').append(scheduler.page());
      scheduler.sent(scheduler.block(), scheduler.page());
    }
    return sequence.toString();
  }

  private static void fetch(Scheduler scheduler, long now, long... written) {
    assertThat(scheduler.next(now)).isEqualTo(Action.FETCH);
    Bitmap fetched = new Bitmap(scheduler.pending(0).pages());
    for (long page : written) {
      fetched.set(page);
    }
    scheduler.merge(0, fetched);
    scheduler.epoch(now);
  }
}
