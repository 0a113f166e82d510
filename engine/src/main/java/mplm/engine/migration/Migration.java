// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import static mplm.engine.unit.Patience.ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import mplm.engine.migration.MigrationResult.Outcome;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpEvent;
import mplm.engine.qmp.QmpException;
import mplm.engine.unit.Durations;
import mplm.engine.unit.Patience;

/**
 * Migrates one guest once. The source holds the guest, running or stopped; the destination was started with {@code -incoming
 * defer}. The link decides the rate, unless the route has QEMU limit it.
 *
 * @param listenHost address or name at which the destination listens, on a port of its kernel's choice
 * @param limit after which the migration is cancelled; one that stands still for 10 s is cancelled then, and has failed. In post-copy none
 *     is cancelled: its stream is made anew if it stands still, and the guest is lost if that cannot be
 * @param key by which the stream is encrypted, once in the life of these QEMUs; empty for a stream that anybody on its way can read
 * @param held whether the guest is to stand still when it has arrived, for which its destination was started with {@code -S}
 */
public record Migration(
    QmpClient source, QmpClient destination, Method method, String listenHost, Route route, Duration limit,
    Optional<StreamKey> key, boolean held) {
  /** The time in which a cancelled migration has to be over. */
  private static final Duration CANCEL = Patience.of(Duration.ofSeconds(60));

  /** A migration of which nothing more gets through for so long is broken: its link is cut, or the destination does not take it. */
  private static final Duration STILL = Patience.of(Duration.ofSeconds(10));

  /** The time in which a migration that is over is over for QEMU's other commands too. */
  private static final Duration LIFT = Patience.of(Duration.ofSeconds(2));

  private static final Duration POLL = Duration.ofMillis(100);

  /** A migration whose stream is not encrypted, and whose guest goes on when it has arrived. */
  public Migration(QmpClient source, QmpClient destination, Method method, String listenHost, Route route, Duration limit) {
    this(source, destination, method, listenHost, route, limit, Optional.empty(), false);
  }

  /**
   * Runs it to its end.
   *
   * @param observer sees every poll, about ten per second
   * @throws QmpException.Refused QEMU does not take a setting or cannot start: nothing was migrated
   * @throws QmpException a QEMU died or did not answer before the migration began; later that is a failed migration
   * @throws IOException the route could not be made
   */
  public MigrationResult run(Consumer<Progress> observer) throws IOException, InterruptedException {
    new Preparation(source, destination, method, route.maxBandwidth(), key).make();
    InetSocketAddress listening = listen();
    InetSocketAddress to = route.to(listening);
    boolean running = query(source, "query-status").path("running").asBoolean();
    boolean stopped = running && method.stopsFirst();
    long before = System.nanoTime();
    if (stopped) {
      source.execute("stop", ANSWER);
    }
    long begin = System.nanoTime();
    try {
      source.execute("migrate", Map.of("uri", uri(to)), ANSWER);
    } catch (QmpException.Refused e) {
      if (stopped) {
        source.execute("cont", ANSWER);
      }
      throw e;
    }
    return new Run(before, begin, running, stopped, observer, listening).finish();
  }

  private InetSocketAddress listen() throws QmpException, InterruptedException {
    destination.execute("migrate-incoming", Map.of("uri", uri(InetSocketAddress.createUnresolved(listenHost, 0))), ANSWER);
    JsonNode address = query(destination, "query-migrate").path("socket-address").path(0);
    return InetSocketAddress.createUnresolved(listenHost, address.path("port").asInt());
  }

  private static String uri(InetSocketAddress address) {
    String host = address.getHostString();
    return "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static JsonNode query(QmpClient qemu, String command) throws QmpException, InterruptedException {
    return qemu.execute(command, ANSWER);
  }

  private static String status(QmpClient qemu) throws QmpException, InterruptedException {
    return query(qemu, "query-status").path("status").asText();
  }

  /** The migration in progress. */
  private final class Run {
    private final long before;
    private final long begin;
    private final boolean running;
    private final boolean stopped;
    private final Consumer<Progress> observer;
    private final MigrationAccount account;
    private final Steering steering = method.steering();
    private final PostcopyRecovery recovery;
    private boolean cancelled;
    private boolean still;
    private long transferred;
    private Duration grown = Duration.ZERO;

    /**
     * A migration that was asked for.
     *
     * @param before it, and before the guest was stopped for it
     * @param running whether the guest ran then
     * @param stopped whether the guest ran and was stopped for it
     */
    Run(long before, long begin, boolean running, boolean stopped, Consumer<Progress> observer, InetSocketAddress listening) {
      this.before = before;
      this.begin = begin;
      this.running = running;
      this.stopped = stopped;
      this.observer = observer;
      this.account = new MigrationAccount(method, begin);
      this.recovery = new PostcopyRecovery(source, destination, new PostcopyRecovery.Reconnection() {
        @Override
        public String there() {
          return uri(listening);
        }

        @Override
        public String here() throws IOException {
          return uri(route.to(listening));
        }
      });
    }

    MigrationResult finish() throws InterruptedException {
      MigrationResult result = result();
      if (result.outcome() == Outcome.COMPLETED) {
        return result;
      }
      Optional<String> trouble = stopped ? goOnAtTheSource().map(why -> "; the guest still stands still: " + why)
          : method.needsDirtyRing() ? liftDirtyLimit() : Optional.empty();
      return trouble.isEmpty() ? result : account.result(result.outcome(), result.reason().orElseThrow() + trouble.orElseThrow());
    }

    /**
     * When QEMU cancels, it asks itself to lift the limit, and refuses that since the migration still runs: the vCPUs would stay limited
     * (10.0, migration_cancel). Says why they may still be.
     */
    private Optional<String> liftDirtyLimit() throws InterruptedException {
      long deadline = System.nanoTime() + LIFT.toNanos();
      while (true) {
        try {
          source.execute("cancel-vcpu-dirty-limit", ANSWER);
          return Optional.empty();
        } catch (QmpException.Refused e) {
          if (System.nanoTime() - deadline > 0) {
            return Optional.of("; the guest is still slowed down: " + e.getMessage());
          }
          Thread.sleep(POLL.toMillis());
        } catch (QmpException.NotYet e) {
          return Optional.of("; whether the guest is still slowed down is not known: " + e.getMessage());
        } catch (QmpException e) {
          return Optional.empty();
        }
      }
    }

    private MigrationResult result() throws InterruptedException {
      try {
        follow();
        String status = account.now().status();
        if (status.equals("completed")) {
          return completed();
        }
        if (account.parted()) {
          return account.result(Outcome.LOST, "post-copy broke and could not go on: " + failure(PostcopyRecovery.SOON));
        }
        // a cancel breaks the streams, and QEMU may see that before its own cancel: then it calls it failed, and what the two sides say
        // of it is no reason
        String twice = cancelled ? endThere() : "";
        if (still) {
          return account.result(Outcome.FAILED, stillness() + twice);
        }
        if (cancelled) {
          return account.result(Outcome.NOT_CONVERGED, "not converged after " + Durations.print(limit) + twice);
        }
        return account.result(Outcome.FAILED,
            status.equals("failed") ? failure(ANSWER) : source.name() + ": cancelled by another client");
      } catch (QmpException e) {
        return account.result(account.parted() ? Outcome.LOST : Outcome.FAILED, e.getMessage());
      }
    }

    /** A destination that has got all before the source was told to cancel would run the guest too; another one has ended, or is of no use. */
    private String endThere() throws InterruptedException {
      boolean ran = false;
      try {
        ran = destination.execute("query-status", PostcopyRecovery.SOON).path("running").asBoolean();
        destination.execute("quit", PostcopyRecovery.SOON);
      } catch (QmpException e) {
        return ran ? "; " + destination.name() + ": ran the guest too, and whether it ended is not known: " + e.getMessage() : "";
      }
      return ran ? "; " + destination.name() + ": ran the guest too, and was ended" : "";
    }

    /** Says why it did not. Where the source has sent it all it must not, and where the source is gone the migration's reason says so. */
    private Optional<String> goOnAtTheSource() throws InterruptedException {
      try {
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (status(source).equals("finish-migrate")) {
          pause(deadline, source.name() + ": still finish-migrate after the migration had ended");
        }
        if (status(source).equals("paused")) {
          source.execute("cont", ANSWER);
        }
        return Optional.empty();
      } catch (QmpException.NotYet | QmpException.Refused e) {
        return Optional.of(e.getMessage());
      } catch (QmpException e) {
        return Optional.empty();
      }
    }

    private void follow() throws QmpException, InterruptedException {
      for (Progress now = poll(); !now.ended(); now = poll()) {
        if (!(now.inPostcopy() ? recovery.goesOn(now, standsStill(now)) : goesOn(now))) {
          return;
        }
        Thread.sleep(POLL.toMillis());
      }
    }

    /** False for one that stands still and does not let itself be cancelled. One that is failing is not, for it would be called cancelled. */
    private boolean goesOn(Progress now) throws QmpException, InterruptedException {
      if (still && now.elapsed().minus(grown).compareTo(STILL.multipliedBy(2)) > 0) {
        return false;
      }
      still = still || !cancelled && standsStill(now);
      if (!cancelled && !now.failing() && (still || now.elapsed().compareTo(limit) >= 0 && !now.leaving())) {
        try {
          source.execute("migrate_cancel", limit.plus(CANCEL));
          cancelled = true;
        } catch (QmpException.Refused e) {
          return true; // post-copy has begun since this look, and the next one tells of it
        }
      }
      if (now.elapsed().compareTo(limit.plus(CANCEL)) > 0) {
        throw new QmpException.NotYet(source.name() + (cancelled ? ": cancelled after " : ": on its last part after ") + Durations.print(limit) + ", yet still '"
            + now.status() + "' " + Durations.print(CANCEL) + " later");
      }
      if (!cancelled) {
        steering.at(now, source, destination);
      }
      return true;
    }

    private boolean standsStill(Progress now) {
      long sent = now.ram().map(ram -> ram.transferred().bytes()).orElse(0L);
      if (sent != transferred) {
        transferred = sent;
        grown = now.elapsed();
      }
      return now.elapsed().minus(grown).compareTo(STILL) >= 0;
    }

    private String stillness() {
      if (transferred == 0) {
        return "migration link: no connection from " + source.name() + " to " + destination.name() + " came about for " + Durations.print(STILL);
      }
      return "migration link: no progress, nothing more got through from " + source.name() + " to " + destination.name() + " for "
          + Durations.print(STILL) + ", " + transferred + " bytes before";
    }

    /** QEMU answers nothing while it sends what is left of a stopped guest, which can take most of the limit. */
    private Progress poll() throws QmpException, InterruptedException {
      Progress now = account.look(source.execute("query-migrate", limit.plus(CANCEL)), System.nanoTime());
      observer.accept(now);
      return now;
    }

    /** The final numbers may be late, and the destination may still be loading. */
    private MigrationResult completed() throws QmpException, InterruptedException {
      long deadline = System.nanoTime() + ANSWER.toNanos();
      while (!account.hasFinalNumbers()) {
        pause(deadline, source.name() + ": no final numbers after 'completed', the last: " + account.info());
        poll();
      }
      if (running) {
        account.stopped(arrival(source, "STOP", before));
      }
      try {
        arrive(deadline);
      } catch (QmpException.Died e) {
        if (!ranThere()) {
          throw e;
        }
      }
      return account.completed();
    }

    private void arrive(long deadline) throws QmpException, InterruptedException {
      while (status(destination).equals("inmigrate")) {
        pause(deadline, destination.name() + ": still inmigrate after the source completed");
      }
      if (stopped && !held) {
        destination.execute("cont", ANSWER);
      }
      if (query(destination, "query-status").path("running").asBoolean()) {
        account.resumed(arrival(destination, "RESUME", begin));
      }
      if (PostcopyPhase.happened(account.info())) {
        account.lookThere(query(destination, "query-migrate"));
      }
    }

    /** A program that is done as soon as its guest goes on powers it off, and QEMU ends with it before it can be asked. */
    private boolean ranThere() {
      List<QmpEvent> events = destination.events().stream().filter(event -> event.arrival() >= begin).toList();
      events.stream().filter(event -> event.name().equals("RESUME")).findFirst().ifPresent(event -> account.resumed(event.arrival()));
      return events.stream().anyMatch(event -> event.name().equals("RESUME"))
          && events.stream().anyMatch(event -> event.name().equals("SHUTDOWN") && event.data().path("reason").asText().equals("guest-shutdown"));
    }

    /** QEMU's words for why it failed, and the destination's fate, which is often the cause. */
    private String failure(Duration patience) throws InterruptedException {
      String reason = source.name() + ": " + account.info().path("error-desc").asText("failed without a reason");
      try {
        String there = destination.execute("query-migrate", patience).path("error-desc").asText("");
        return there.isEmpty() ? reason : reason + "; " + destination.name() + ": " + there;
      } catch (QmpException e) {
        return reason + "; " + e.getMessage();
      }
    }

    private long arrival(QmpClient qemu, String event, long since) throws QmpException, InterruptedException {
      return qemu.await(event, since, ANSWER).arrival();
    }

    private void pause(long deadline, String notYet) throws InterruptedException, QmpException {
      if (System.nanoTime() - deadline > 0) {
        throw new QmpException.NotYet(notYet);
      }
      Thread.sleep(POLL.toMillis() / 10);
    }
  }
}
