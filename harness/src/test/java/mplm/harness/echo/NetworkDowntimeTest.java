// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Records made by hand: times in milliseconds, a datagram every 5, replies 1 after it, the guest stopped from 1000 to 3000. */
public class NetworkDowntimeTest {
  private static final Duration WINDOW = Duration.ofMillis(500);
  private static final int LOST = -1;

  private final List<Echo> echoes = new ArrayList<>();

  @BeforeMethod
  public void clear() {
    echoes.clear();
  }

  @Test
  public void itIsTheSilenceAndTheErrorIsTheLongestBeforeAndAfter() {
    steady(0, 1000);
    lost(1000, 3000);
    steady(3000, 5000);
    assertThat(of(1000, 3000)).contains(downtime(2005, 5 + 5));
  }

  /** The bridge sends to the destination once it was announced, and the guest takes what waited there when it runs. */
  @Test
  public void whatWaitedOnTheWayArrivesTogetherAndEndsTheSilence() {
    steady(0, 1000);
    lost(1000, 2900);
    for (int sent = 2900; sent < 3020; sent += 5) {
      echo(sent, 3020);
    }
    steady(3020, 5000);
    assertThat(of(1000, 3000)).contains(downtime(3020 - 996, 5 + 5));
  }

  /** A datagram that the source took and had not answered when it stopped is answered by the destination. */
  @Test
  public void aReplyThatMovedWithTheGuestIsOneAfterTheStop() {
    steady(0, 995);
    echo(995, 3010);
    lost(1000, 3010);
    steady(3010, 5000);
    assertThat(of(1000, 3000)).contains(downtime(3010 - 991, 5 + 5));
  }

  @Test
  public void aNetworkThatLearnsLateLengthensIt() {
    steady(0, 1000);
    lost(1000, 3400);
    steady(3400, 5000);
    assertThat(of(1000, 3000)).contains(downtime(2405, 5 + 5));
  }

  /** It stood still from 2800 on for 900, shorter than what spoils a trial: the guest's first replies waited to be read. */
  @Test
  public void aControllerThatWasNotThereAsTheGuestCameBackIsInTheError() {
    steady(0, 1000);
    lost(1000, 2800);
    steady(3700, 5000);
    assertThat(of(1000, 3000)).contains(downtime(3701 - 996, 5 + 5 + (3700 - 2795) - 5));
  }

  /** The guest was late by 30 once in the second before, and lost a datagram after: no one can tell that from a stop. */
  @Test
  public void whatIsIrregularOnEitherSideIsInTheError() {
    steady(0, 700);
    echo(700, 731);
    steady(735, 1000);
    lost(1000, 3000);
    steady(3000, 3200);
    lost(3200, 3205);
    steady(3205, 5000);
    assertThat(of(1000, 3000)).contains(downtime(2005, 731 - 696 + 10));
  }

  @Test
  public void whatIsOutsideTheWindowIsNotInTheError() {
    steady(0, 100);
    lost(100, 400);
    steady(400, 1000);
    lost(1000, 3000);
    steady(3000, 3600);
    lost(3600, 3900);
    steady(3900, 5000);
    assertThat(of(1000, 3000)).contains(downtime(2005, 5 + 5));
  }

  /** QMP tells over SSH what the network tells directly. */
  @Test
  public void stopAndResumeMayArriveLate() {
    steady(0, 1000);
    lost(1000, 1050);
    steady(1050, 2000);
    assertThat(of(1004, 1060)).contains(downtime(55, 5 + 5));
  }

  @Test
  public void theOrderOfTheRecordDoesNotMatter() {
    itIsTheSilenceAndTheErrorIsTheLongestBeforeAndAfter();
    Collections.shuffle(echoes, new Random(1));
    assertThat(of(1000, 3000)).contains(downtime(2005, 5 + 5));
  }

  @Test
  public void theTimeBaseDoesNotMatter() {
    itIsTheSilenceAndTheErrorIsTheLongestBeforeAndAfter();
    long base = -1_000_000_000_000L;
    List<Echo> moved = echoes.stream()
        .map(e -> new Echo(e.n(), e.sent() + base, e.received().isPresent() ? OptionalLong.of(e.received().getAsLong() + base)
            : OptionalLong.empty()))
        .toList();
    assertThat(NetworkDowntime.of(moved, base + nanos(1000), base + nanos(3000), WINDOW)).contains(downtime(2005, 5 + 5));
  }

  @DataProvider
  public Object[][] tooLittle() {
    return new Object[][] {
      {"no datagram", 0, 0, 0, 0}, {"no reply", 0, 0, 5000, 5000}, {"none before", 0, 0, 3000, 5000},
      {"none after", 0, 1000, 5000, 5000}, {"one before", 995, 1000, 3000, 5000}, {"one after", 0, 1000, 3000, 3005},
    };
  }

  @Test(dataProvider = "tooLittle")
  public void withoutTwoRepliesOnEitherSideThereIsNone(String what, int from, int to, int again, int end) {
    lost(0, from);
    steady(from, to);
    lost(to, again);
    steady(again, end);
    assertThat(of(1000, 3000)).as(what).isEmpty();
  }

  private Optional<NetworkDowntime> of(int stop, int resume) {
    return NetworkDowntime.of(echoes, nanos(stop), nanos(resume), WINDOW);
  }

  private static NetworkDowntime downtime(int length, int error) {
    return new NetworkDowntime(Duration.ofMillis(length), Duration.ofMillis(error));
  }

  private void steady(int from, int to) {
    for (int sent = from; sent < to; sent += 5) {
      echo(sent, sent + 1);
    }
  }

  private void lost(int from, int to) {
    for (int sent = from; sent < to; sent += 5) {
      echo(sent, LOST);
    }
  }

  private void echo(int sent, int received) {
    echoes.add(new Echo(echoes.size(), nanos(sent), received == LOST ? OptionalLong.empty() : OptionalLong.of(nanos(received))));
  }

  private static long nanos(int millis) {
    return millis * 1_000_000L;
  }
}
