// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import mplm.engine.scheduler.Scheduler.Action;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class WireTest {
  private static final long MS = 1_000_000_000L;

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 200).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  /** One call of C for many pages is the same as a call of Java for each. */
  @Test(dataProvider = "seeds")
  public void drivingIsTheSameAsPageByPage(long seed) {
    List<String> driven = new ArrayList<>();
    List<String> single = new ArrayList<>();
    Wire one = migrate(seed, driven, true);
    Wire other = migrate(seed, single, false);
    assertThat(driven).isEqualTo(single).isNotEmpty();
    assertThat(List.of(one.now(), one.idle(), one.pages(), one.zeroPages()))
        .isEqualTo(List.of(other.now(), other.idle(), other.pages(), other.zeroPages()));
  }

  private static Wire migrate(long seed, List<String> log, boolean drive) {
    Random random = new Random(seed);
    int pages = 1 + random.nextInt(4000);
    Knobs knobs = new Knobs(Duration.ofMillis(1 + random.nextInt(300)), 1 + random.nextInt(200), random.nextInt(100),
        seed % 3 > 0, seed % 2 > 0);
    Wire wire = new Wire(random.nextInt((int) (MS / 50)), MS / 10 + random.nextInt((int) MS), random.nextInt((int) (MS / 10)),
        random.nextInt(3) * 20 * MS, (page, now) -> log.add(page + " " + now));
    Bitmap memory = new Bitmap(pages);
    memory.set(0, pages);
    Bitmap used = new Bitmap(pages);
    used.assign(some(random, pages));
    try (Scheduler scheduler = new Scheduler("paper", knobs)) {
      scheduler.addBlock(memory);
      scheduler.start(0);
      for (Action action = Action.AGAIN; action != Action.STOP; ) {
        action = drive ? scheduler.drive(wire, used, Long.MAX_VALUE) : single(scheduler, wire, used);
        if (action == Action.FETCH) {
          Bitmap dirtied = new Bitmap(pages);
          dirtied.assign(some(random, pages));
          scheduler.merge(0, dirtied);
          scheduler.epoch(wire.now() / MS);
          log.add("fetch " + wire.now());
        }
      }
    }
    return wire;
  }

  private static Action single(Scheduler scheduler, Wire wire, Bitmap used) {
    Action action = scheduler.next(wire.now() / MS);
    while (action == Action.SEND || action == Action.AGAIN) {
      if (action == Action.SEND) {
        long page = scheduler.page();
        scheduler.sent(0, page);
        wire.send(page, !used.get(page));
      }
      action = scheduler.next(wire.now() / MS);
    }
    return action;
  }

  private static BitSet some(Random random, int pages) {
    BitSet some = new BitSet();
    for (int n = random.nextInt(20); n > 0; n--) {
      int first = random.nextInt(pages);
      some.set(first, first + 1 + random.nextInt(Math.min(50, pages - first)));
    }
    return some;
  }

  @Test
  public void aSenderIsAheadOfTheLinkByTheBufferAtMost() {
    Wire wire = new Wire(1, 10, 3, 20, null);
    long[] now = {1, 2, 11, 21, 24};
    long[] idle = {11, 21, 31, 41, 44};
    for (int n = 0; n < now.length; n++) {
      wire.send(n, n == 4);
      assertThat(wire.now()).isEqualTo(now[n]);
      assertThat(wire.idle()).isEqualTo(idle[n]);
    }
    wire.waitUntil(100);
    wire.send(5, false);
    assertThat(wire.now()).isEqualTo(101);
    assertThat(wire.idle()).isEqualTo(111);
    assertThat(wire.pages()).isEqualTo(6);
    assertThat(wire.zeroPages()).isEqualTo(1);
  }

  @Test
  public void drivingReturnsAtItsTime() {
    try (Scheduler scheduler = new Scheduler("paper", Knobs.PAPER)) {
      Bitmap memory = new Bitmap(1000);
      memory.set(0, 1000);
      scheduler.addBlock(memory);
      scheduler.start(0);
      Wire wire = new Wire(0, MS, MS, 0, null);
      assertThat(scheduler.drive(wire, new Bitmap(1000), 100 * MS)).isEqualTo(Action.AGAIN);
      assertThat(wire.now()).isEqualTo(100 * MS);
      assertThat(wire.zeroPages()).isEqualTo(100);
      Bitmap other = new Bitmap(999);
      assertThatIllegalArgumentException().isThrownBy(() -> scheduler.drive(wire, other, MS)).withMessageContaining("one block");
    }
  }
}
