// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mplm.engine.scheduler.Scheduler.Action;

/**
 * Replays QEMU's MPLM migrations from its trace log ({@code -trace mplm_*}): the scheduler is given the pages that QEMU fetched, and
 * must want to send the very pages that QEMU sent, begin and end its epochs where QEMU did, and end the live stage for the same
 * reason. Times are the log's, as policies may plan by them; without {@code mplm_clock} in it, epochs end when they are over.
 */
public final class Replay implements AutoCloseable {
  /**
   * What was replayed.
   *
   * @param migrations live stages begun
   * @param picks pages picked by the scheduler, each the one that QEMU picked
   * @param fetches fetches between epochs
   * @param forecasts what the policy expected as an epoch began, each as QEMU told it; of a policy that expects nothing none
   * @param left pages that QEMU had neither sent nor discarded at the end of the log: 0 if the last migration completed
   */
  public record Report(long migrations, long picks, long fetches, long forecasts, long left) {}

  /** QEMU and the scheduler disagree, or the log is not one of QEMU's; the message names the line. */
  public static final class Divergence extends Exception {
    Divergence(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Bitmaps of what is pending at the start, by block number, then the scheduler's. */
  private final List<Bitmap> blocks = new ArrayList<>();

  private TraceEvent event;
  private Scheduler scheduler;
  private boolean started;
  private boolean live;
  private boolean picked;
  private long now;
  /** The fetch in progress; of one block at a time, since a discard may come between two blocks. */
  private boolean fetching;
  private int fetchedBlock;
  private Bitmap fetched;
  private long migrations;
  private long picks;
  private long fetches;
  /** What QEMU's scheduler expects of the epoch that begins; told before the epoch is. */
  private Optional<Forecast> told = Optional.empty();
  private long forecasts;

  private Replay() {}

  /** Replays a whole log, lines of other events among it. */
  public static Report of(Path log) throws IOException, Divergence {
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1); Replay replay = new Replay()) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        try {
          TraceEvent.parse(line).ifPresent(replay::accept);
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
          throw new Divergence(log + ":" + number + ": " + e.getMessage() + ": " + line, e);
        }
      }
      return new Report(replay.migrations, replay.picks, replay.fetches, replay.forecasts, replay.left());
    }
  }

  private void accept(TraceEvent next) {
    event = next;
    String name = next.name();
    if (scheduler == null && !name.equals("start")) {
      throw new IllegalStateException("mplm_start is missing");
    }
    switch (name) {
      case "start" -> open();
      case "block" -> addBlock();
      case "pending" -> blocks.get(block()).set(event.number("first"), event.number("count"));
      case "control" -> control();
      case "clock" -> clock();
      case "cost" -> { }
      default -> {
        begin();
        follow(name);
      }
    }
  }

  private void follow(String name) {
    if (!name.equals("fetched")) {
      merge();
    }
    if (!name.equals("cleared")) {
      checkSent();
    }
    switch (name) {
      case "again" -> expect(Action.AGAIN, scheduler.next(now));
      case "send" -> pick();
      case "cleared" -> scheduler.sent(block(), event.number("page"));
      case "discard" -> scheduler.discard(block(), event.number("first"), event.number("count"));
      case "wait" -> {
        now = event.number("ms");
        expect(Action.WAIT, scheduler.next(now));
      }
      case "fetch" -> {
        now = event.number("ms");
        expect(Action.FETCH, scheduler.next(now));
        fetching = true;
      }
      case "fetched" -> fetch();
      case "forecast" -> told = Optional.of(new Forecast(milliseconds("period_ms"), (int) event.number("confidence"),
          milliseconds("stop_ms"), milliseconds("downtime_ms"))).filter(forecast -> !forecast.period().isZero());
      case "epoch" -> epoch();
      case "planned" -> scheduler.planned(event.number("ms"));
      case "end" -> end();
      default -> { }
    }
  }

  private void open() {
    close();
    scheduler = new Scheduler(event.text("policy"), new Knobs(
        Duration.ofMillis(event.number("epoch_ms")), (int) event.number("batch"), (int) event.number("dirty_share"),
        event.number("first_epoch_nondirty") != 0, event.number("strict") != 0));
    blocks.clear();
    started = false;
    fetching = false;
    fetched = null;
    picked = false;
    live = true;
    now = 0;
    migrations++;
  }

  private void addBlock() {
    if (started || block() != blocks.size()) {
      throw new IllegalStateException("a block out of turn");
    }
    blocks.add(new Bitmap(event.number("pages")));
  }

  /** All blocks are known. */
  private void begin() {
    if (!started) {
      blocks.forEach(scheduler::addBlock);
      scheduler.start(now);
      started = true;
    }
  }

  /** Before the stage and each later epoch begins. */
  private void clock() {
    merge();
    now = event.number("ms");
    scheduler.progress(event.number("bytes"));
  }

  private void control() {
    if (started) {
      merge();
      checkSent();
    }
    scheduler.hold(event.number("hold") != 0);
    if (event.number("end") != 0) {
      scheduler.endNow();
    }
  }

  private void pick() {
    Action action = scheduler.next(now);
    while (action == Action.AGAIN) {
      action = scheduler.next(now);
    }
    expect(Action.SEND, action);
    if (scheduler.block() != block() || scheduler.page() != event.number("page") || scheduler.dirty() != (event.number("dirty") != 0)) {
      throw new IllegalStateException(String.format(Locale.ROOT, "the scheduler picks block=%d page=%d dirty=%d",
          scheduler.block(), scheduler.page(), scheduler.dirty() ? 1 : 0));
    }
    picks++;
    picked = true;
  }

  /** QEMU sends a page that it picked before anything else happens. */
  private void checkSent() {
    if (picked && scheduler.pending(scheduler.block()).get(scheduler.page())) {
      throw new IllegalStateException("block=" + scheduler.block() + " page=" + scheduler.page() + " was picked but not sent");
    }
    picked = false;
  }

  private void fetch() {
    beginFetch();
    if (fetched != null && fetchedBlock != block()) {
      merge();
    }
    if (fetched == null) {
      fetchedBlock = block();
      fetched = new Bitmap(blocks.get(fetchedBlock).pages());
    }
    fetched.set(event.number("first"), event.number("count"));
  }

  private void beginFetch() {
    if (live && !fetching) {
      now = scheduler.epochEnd();
      expect(Action.FETCH, scheduler.next(now));
      fetching = true;
    }
  }

  private void merge() {
    if (fetched != null) {
      scheduler.merge(fetchedBlock, fetched);
      fetched = null;
    }
  }

  private void epoch() {
    beginFetch();
    scheduler.epoch(now);
    fetching = false;
    fetches++;
    Stats stats = scheduler.stats();
    if (stats.dirtyPages() != event.number("dirty") || stats.nondirtyPages() != event.number("nondirty")) {
      throw new IllegalStateException(String.format(
          Locale.ROOT, "the scheduler has dirty=%d nondirty=%d", stats.dirtyPages(), stats.nondirtyPages()));
    }
    if (!told.equals(scheduler.forecast())) {
      throw new IllegalStateException("QEMU's scheduler expects " + told + ", this one " + scheduler.forecast());
    }
    forecasts += told.isPresent() ? 1 : 0;
    told = Optional.empty();
  }

  private void end() {
    expect(Action.STOP, scheduler.next(now));
    if (!scheduler.stats().end().toString().equals(event.text("reason"))) {
      throw new IllegalStateException("the scheduler ends as " + scheduler.stats().end());
    }
    live = false;
  }

  private static void expect(Action qemu, Action ours) {
    if (ours != qemu) {
      throw new IllegalStateException("QEMU was told to " + qemu + ", the scheduler says " + ours);
    }
  }

  private Duration milliseconds(String field) {
    return Duration.ofMillis(event.number(field));
  }

  private int block() {
    return (int) event.number("block");
  }

  private long left() {
    merge();
    return blocks.stream().mapToLong(Bitmap::count).sum();
  }

  @Override
  public void close() {
    if (scheduler != null) {
      scheduler.close();
    }
  }
}
