// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.engine.unit.Patience;
import mplm.harness.host.HostException;
import mplm.harness.record.TrialFolder;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.trial.Trial;
import org.testng.SkipException;

/** Makes the trials of one pair of hosts, one at a time, in a thread of its own with a watchdog around. */
final class PairWorker {
  /** What a trial may take beyond its own limits, all of whose waits have their own. */
  private static final Duration SPARE = Patience.of(Duration.ofMinutes(10));

  /** The time that an interrupted trial has to end in order. */
  static final Duration LAST_WORDS = Patience.of(Duration.ofSeconds(60));

  private final Site site;
  private final Duration patience;
  private final long seed;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
    Thread made = new Thread(task, "trial");
    made.setDaemon(true);
    return made;
  });
  private volatile boolean stopped;
  private volatile HostException away;

  /**
   * The worker of a pair.
   *
   * @param patience for a host that was away between two trials to come back, as after a reboot
   * @param seed of the run
   */
  PairWorker(Site site, Duration patience, long seed) {
    this.site = site;
    this.patience = patience;
    this.seed = seed;
  }

  Site site() {
    return site;
  }

  /** Why this pair makes no more trials, if a host of it stayed away; else null. */
  HostException away() {
    return away;
  }

  /**
   * Makes one trial, to its end or until it is given up.
   *
   * @throws SkipException this pair makes no more trials
   * @throws InterruptedException the run is being ended
   * @throws ExecutionException its records cannot be written
   */
  void make(PlannedTrial planned, TrialFolder folder) throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    try {
      site.makeReady(patience);
    } catch (HostException e) {
      away = e;
      stopped = true;
      site.display().say("a host stayed away: " + e.getMessage());
    }
    refuseIfStopped();
    Duration ready = Duration.ofNanos(System.nanoTime() - start);
    Trial trial = new Trial(site.rig(), site.accelerator(), planned, folder, site.display(), ready, planned.moment(seed));
    Future<?> future = thread.submit(() -> {
      trial.run();
      return null;
    });
    try {
      future.get(SPARE.plus(Trial.longest(planned.experiment())).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      giveUp(trial, future);
    }
  }

  /** Whether this pair makes no more trials, which were to be made. */
  boolean isStopped() {
    return stopped;
  }

  /** {@link SkipException} if this pair makes no more trials. */
  void refuseIfStopped() {
    if (stopped) {
      throw away == null ? new SkipException("the run was stopped") : new SkipException("a host stayed away", away);
    }
  }

  /** The trial hangs in spite of the time-outs of all it does. If it does not even let itself be interrupted, this pair is lost. */
  private void giveUp(Trial trial, Future<?> future) {
    trial.abandon("hung");
    future.cancel(true);
    try {
      // the thread is free once the trial has torn down
      thread.submit(() -> {}).get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      // an interrupt ends the run as well, and its files are still to be written, which a thread that stays interrupted cannot
      stopped = true;
    }
  }

  /** Interrupts the trial in progress and makes no more. */
  void stop() {
    stopped = true;
    thread.shutdownNow();
  }

  /** Whether the interrupted trial ended in order within the time. */
  boolean await(Duration timeout) throws InterruptedException {
    return thread.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }
}
