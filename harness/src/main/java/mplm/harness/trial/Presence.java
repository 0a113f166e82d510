// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Notices that the controller itself was not there: its process stopped, its machine suspended or paused. What came meanwhile bears
 * the time at which it was read. A timer that is far too late tells the one; a clock that counts while the machine is suspended, held
 * against the one that does not, tells the other. A thread of its own; it ends when closed.
 */
final class Presence implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(100);
  /** Heartbeats and echoes of the time around a shorter absence still tell the downtime; busy machines are late by tenths. */
  static final Duration LONG = Duration.ofSeconds(1);

  private static final Path UPTIME = Path.of("/proc/uptime");

  private final Consumer<Duration> absent;
  private final Thread thread = new Thread(this::look, "presence");

  /** @param absent is told how long an absence was, when it is over */
  Presence(Consumer<Duration> absent) {
    this.absent = absent;
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    try {
      long before = System.nanoTime();
      long sinceBoot = sinceBoot();
      while (true) {
        Thread.sleep(EVERY.toMillis());
        long now = System.nanoTime();
        long nowSinceBoot = sinceBoot();
        long gap = Math.max(now - before, nowSinceBoot - sinceBoot) - EVERY.toNanos();
        if (gap > LONG.toNanos()) {
          absent.accept(Duration.ofNanos(gap));
        }
        before = now;
        sinceBoot = nowSinceBoot;
      }
    } catch (InterruptedException e) {
      return; // closed
    } catch (IOException e) {
      throw new IllegalStateException("no " + UPTIME + ": " + e.getMessage(), e);
    }
  }

  /** Nanoseconds, those of a suspended machine too. */
  private static long sinceBoot() throws IOException {
    return new BigDecimal(Files.readString(UPTIME).split(" ")[0]).movePointRight(9).longValue();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
