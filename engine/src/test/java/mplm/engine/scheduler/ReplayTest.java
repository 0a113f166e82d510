// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import mplm.engine.scheduler.Scheduler.Action;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Replays of logs that are written here as QEMU writes them; {@code QemuMigrationTest} replays one of QEMU's own. */
public class ReplayTest {
  private Path log;

  @BeforeMethod
  public void create() throws IOException {
    log = Files.createTempFile("mplm-replay-", ".log");
  }

  @AfterMethod(alwaysRun = true)
  public void delete() throws IOException {
    Files.delete(log);
  }

  @DataProvider
  public Object[][] seeds() {
    return LongStream.range(0, 40).mapToObj(seed -> new Object[] {seed}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "seeds")
  public void theSameLogGivesTheSameSequence(long seed) throws Exception {
    Recording recording = new Recording(seed);
    Files.write(log, recording.lines);
    assertThat(Replay.of(log)).isEqualTo(new Replay.Report(1, recording.picks, recording.fetches, recording.forecasts, 0));
  }

  /** QEMU 11.1 writes the time in another form. */
  @Test
  public void theTimeBeforeAnEventMayHaveEitherForm() throws Exception {
    Recording recording = new Recording(1);
    for (String time : List.of("2023-11-14T22:13:20.123456Z ", "2023-11-14T22:13:20Z ", "")) {
      Files.write(log, recording.lines.stream().map(line -> time + line.substring(line.indexOf(':') + 1)).toList());
      assertThat(Replay.of(log)).as(time).isEqualTo(new Replay.Report(1, recording.picks, recording.fetches, recording.forecasts, 0));
    }
  }

  @Test
  public void whatTheRecorderSaysIsNoneOfAMigration() throws Exception {
    Recording recording = new Recording(1);
    List<String> lines = new ArrayList<>(List.of("1@1.0:mplm_record_interval us=100000 dirtied=1 fetch_us=1 write_us=1"));
    lines.addAll(recording.lines);
    Files.write(log, lines);
    assertThat(Replay.of(log)).isEqualTo(new Replay.Report(1, recording.picks, recording.fetches, recording.forecasts, 0));
  }

  @Test
  public void aMigrationThatWasTriedAgainIsReplayedTwice() throws Exception {
    List<String> cancelled = new Recording(1).lines;
    List<String> lines = new ArrayList<>(cancelled.subList(0, cancelled.size() / 2));
    lines.addAll(new Recording(2).lines);
    Files.write(log, lines);
    Replay.Report report = Replay.of(log);
    assertThat(report.migrations()).isEqualTo(2);
    assertThat(report.left()).isZero();
  }

  @DataProvider
  public Object[][] changes() {
    return new Object[][] {
      {"send", change("page=(\\d+) dirty", "page=1$1 dirty"), "the scheduler picks"},
      {"send", change("dirty=0", "dirty=1"), "the scheduler picks"},
      {"cleared", change(".*", "other"), "picked but not sent"},
      {"cleared", change("page=\\d+", "page=129"), "page 129 of block 0 is not pending"},
      {"fetched", change("first=\\d+ count=\\d+", "first=0 count=10"), "the scheduler has dirty="},
      {"epoch", change(".*", "other"), ""},
      {"forecast", change("period_ms=\\d+ confidence=\\d+", "period_ms=7 confidence=7"), "QEMU's scheduler expects"},
      {"end", change("nondirty-empty", "requested"), "the scheduler ends as nondirty-empty"},
      {"start", change(".*", "other"), "mplm_start is missing"},
      {"start", change("share=\\d+", "share=100"), "0 to 99 percent"},
      {"start", change("batch=\\d+", "batch=many"), "many"},
      {"pending", change("count=\\d+", "count=100000"), "out of bounds"},
    };
  }

  @Test(dataProvider = "changes")
  public void aChangedLineIsFoundAndNamed(String event, UnaryOperator<String> change, String message) throws IOException {
    List<String> lines = new Recording(3).lines;
    int line = 0;
    while (!lines.get(line).contains(":mplm_" + event + " ")) {
      line++;
    }
    lines.set(line, change.apply(lines.get(line)));
    Files.write(log, lines);
    assertThatThrownBy(() -> Replay.of(log)).isInstanceOf(Replay.Divergence.class)
        .hasMessageStartingWith(log + ":").hasMessageContaining(message);
  }

  private static UnaryOperator<String> change(String regex, String to) {
    return line -> line.replaceFirst(regex, to);
  }

  /** A random live stage and its stop, logged. */
  private static final class Recording {
    private static final int[] PAGES = {130, 1, 300};

    final List<String> lines = new ArrayList<>();
    long picks;
    long fetches;
    long forecasts;
    private final Random random;
    private final Scheduler scheduler;
    /** With the times by which a policy plans. */
    private final boolean timed;
    private long now;

    Recording(long seed) {
      random = new Random(seed);
      timed = seed % 4 == 0;
      Knobs knobs = new Knobs(Duration.ofMillis(timed ? 3000 : 100), 1 + random.nextInt(20), random.nextInt(90), seed % 3 != 1,
          seed % 4 == 2);
      String policy = timed ? "foresight" : "paper";
      event("start", "policy=%s epoch_ms=%d batch=%d dirty_share=%d first_epoch_nondirty=%d strict=%d", policy,
          knobs.epoch().toMillis(), knobs.batchPages(), knobs.dirtyShare(), knobs.firstEpochNondirty() ? 1 : 0, knobs.strictScan() ? 1 : 0);
      scheduler = new Scheduler(policy, knobs);
      try (scheduler) {
        for (int block = 0; block < PAGES.length; block++) {
          Bitmap pending = new Bitmap(PAGES[block]);
          event("block", "block=%d id=/rom@etc/acpi/tables pages=%d", block, PAGES[block]);
          runs("pending", block, pending);
          scheduler.addBlock(pending);
        }
        scheduler.start(0);
        planned();
        live(seed % 5 == 4);
        stop();
      }
    }

    private void live(boolean held) {
      event("control", "hold=%d end=0", held ? 1 : 0);
      scheduler.hold(held);
      for (Action action = scheduler.next(now); action != Action.STOP; action = scheduler.next(now)) {
        switch (action) {
          case SEND -> send();
          case FETCH -> {
            if (timed) {
              event("fetch", "ms=%d", now);
            }
            for (int block = 0; block < PAGES.length; block++) {
              fetch(block);
              discard();
            }
            if (timed) {
              now += random.nextInt(10);
              event("clock", "ms=%d bytes=%d", now, picks * 4104);
              scheduler.progress(picks * 4104);
            }
            scheduler.epoch(now);
            fetches++;
            forecasts += scheduler.forecast().isPresent() ? 1 : 0;
            Forecast forecast = scheduler.forecast().orElse(new Forecast(Duration.ZERO, 0, Duration.ZERO, Duration.ZERO));
            event("forecast", "period_ms=%d confidence=%d stop_ms=%d downtime_ms=%d", forecast.period().toMillis(), forecast.confidence(),
                forecast.stop().toMillis(), forecast.downtime().toMillis());
            event("epoch", "n=%d dirty=%d nondirty=%d",
                scheduler.stats().epochs(), scheduler.stats().dirtyPages(), scheduler.stats().nondirtyPages());
            planned();
          }
          case WAIT -> {
            if (timed) {
              event("wait", "ms=%d", now);
            }
            now = scheduler.epochEnd();
          }
          default -> event("again", "");
        }
        now += random.nextInt(4);
        if (held && fetches > 30) {
          event("control", "hold=1 end=1");
          scheduler.endNow();
        }
      }
      event("end", "reason=%s", scheduler.stats().end());
    }

    private void planned() {
      if (timed) {
        now += random.nextInt(50);
        event("planned", "ms=%d", now);
        scheduler.planned(now);
      }
    }

    private void send() {
      event("send", "block=%d page=%d dirty=%d", scheduler.block(), scheduler.page(), scheduler.dirty() ? 1 : 0);
      picks++;
      // sometimes a huge page: its other pages go with it
      long last = random.nextInt(8) == 0 ? Math.min(scheduler.page() + 8, PAGES[scheduler.block()]) : scheduler.page() + 1;
      for (long page = scheduler.page(); page < last; page++) {
        if (scheduler.pending(scheduler.block()).get(page)) {
          cleared(scheduler.block(), page);
        }
      }
    }

    private void cleared(int block, long page) {
      event("cleared", "block=%d page=%d", block, page);
      scheduler.sent(block, page);
    }

    private void fetch(int block) {
      Bitmap fetched = new Bitmap(PAGES[block]);
      runs("fetched", block, fetched);
      scheduler.merge(block, fetched);
    }

    private void discard() {
      int first = random.nextInt(PAGES[2]);
      int count = 1 + random.nextInt(Math.min(10, PAGES[2] - first));
      event("discard", "block=2 first=%d count=%d", first, count);
      scheduler.discard(2, first, count);
    }

    /** The guest is stopped: a last fetch, then all that is left. */
    private void stop() {
      for (int block = 0; block < PAGES.length; block++) {
        fetch(block);
      }
      event("stopped", "pages=%d", scheduler.stats().dirtyPages());
      for (int block = 0; block < PAGES.length; block++) {
        for (long page = 0; page < PAGES[block]; page++) {
          if (scheduler.pending(block).get(page)) {
            cleared(block, page);
          }
        }
      }
    }

    /** Random runs of pages, logged and set. */
    private void runs(String event, int block, Bitmap bitmap) {
      for (int first = 0; first < PAGES[block]; first += 10) {
        int count = Math.min(1 + random.nextInt(9), PAGES[block] - first);
        event(event, "block=%d first=%d count=%d", block, first, count);
        bitmap.set(first, count);
        lines.add("4711@1700000000.000001:ram_state_resume_prepare 3");
      }
    }

    private void event(String name, String format, Object... arguments) {
      lines.add("4711@1700000000.123456:mplm_" + name + " " + String.format(format, arguments));
    }
  }
}
