// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import mplm.engine.guest.GuestPause;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.TraceEvent;
import mplm.engine.migration.MigrationResult;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.harness.echo.NetworkDowntime;
import mplm.harness.record.RawTrial;
import mplm.harness.result.DowntimeParts;
import mplm.harness.result.Downtimes;
import mplm.harness.result.Measure;

/** The downtimes of a completed migration, each with its error, and what they consist of. */
final class DowntimeDerivation {
  private static final String HELD = "the guest was held at the destination while its memory was compared";
  /** Heartbeats and echoes so long before and after the stop tell how long it was; so many times as long where these are few. */
  private static final Duration WINDOW = Duration.ofMillis(1200);

  private static final List<Integer> WIDER = List.of(1, 2, 5, 10);
  /** QEMU counts whole milliseconds, from one cut time to another. */
  private static final Duration QEMU_RESOLUTION = Duration.ofMillis(1);

  private static final String CHECKPOINT = "vmstate_downtime_checkpoint";

  private DowntimeDerivation() {}

  /**
   * All of them.
   *
   * @param held the guest was not to resume by itself: from where it stood still on, its downtime means nothing
   */
  static Downtimes of(RawTrial raw, MigrationResult migration, Optional<DowntimeParts> parts, boolean held) {
    Side source = new Side(raw.turns(), true);
    Side destination = new Side(raw.turns(), false);
    Duration way = max(source.roundTrip(), destination.roundTrip());
    // QEMU's begins before the guest stands still, and ends when the source has heard that it runs
    Duration heard = destination.completed().isEmpty() || source.completed().isEmpty() ? Duration.ZERO
        : destination.lateness(destination.completed())
            .plus(Duration.ofNanos(Math.max(0, source.completed().getAsLong() - destination.completed().getAsLong())));
    // what QEMU calls downtime is only the end of it where the guest was stopped first, and in post-copy the source's part of it alone
    boolean isPart = migration.method().stopsFirst() || migration.postcopy().isPresent();
    Optional<Measure> qemu = migration.downtime().filter(downtime -> !isPart).map(downtime -> new Measure(
        downtime, QEMU_RESOLUTION.plus(way).plus(parts.map(DowntimeParts::stop).orElse(Duration.ZERO)).plus(heard)));
    Optional<String> missing = held ? Optional.of(HELD) : Optional.empty();
    Optional<Duration> seen = migration.downtimeSeen();
    if (held || seen.isEmpty()) {
      return new Downtimes(qemu, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
          missing.or(() -> Optional.of("no STOP and RESUME were seen")), missing);
    }
    // We know how much later than the fastest event each event arrived. We do not know the delay of the fastest: it is part of the
    // error. QEMU says STOP at some time while it stops the guest, which takes long where vCPUs wait for a core, and RESUME at some
    // time while it lets the guest go on.
    Duration during = parts.map(p -> p.stop().plus(p.resume())).orElse(Duration.ZERO);
    Measure stopResume = new Measure(
        seen.orElseThrow().plus(source.lateness(migration.stop())).minus(destination.lateness(migration.resume())),
        way.plus(source.uncertainty(migration.stop())).plus(destination.uncertainty(migration.resume())).plus(during));
    long stop = migration.stop().orElseThrow();
    long resume = migration.resume().orElseThrow();
    Optional<GuestPause> seenPause = narrowest(window -> GuestPause.of(
        raw.source().heartbeats(), raw.destination().heartbeats(), stop, resume, window));
    // further below zero than it may be off: a clock, or who reads it, was not there all the time
    boolean impossible = seenPause.filter(p -> p.pause().plus(p.error()).isNegative()).isPresent();
    Optional<GuestPause> pause = impossible ? Optional.empty() : seenPause;
    Optional<Measure> network = narrowest(window -> NetworkDowntime.of(raw.echoes(), stop, resume, window)).map(silence -> new Measure(silence.length(), silence.error()));
    return new Downtimes(qemu, Optional.of(stopResume).filter(measure -> !measure.value().isNegative()),
        pause.map(p -> new Measure(max(p.pause(), Duration.ZERO), p.error())),
        pause.map(GuestPause::gap), network, pause.flatMap(p -> p.clockStoodStill(stopResume.value())),
        pause.isPresent() ? Optional.empty() : Optional.of(impossible ? "heartbeats say less than nothing: a clock was set" : fewHeartbeats(raw)),
        network.isPresent() ? Optional.empty() : raw.journal().noEcho().or(() -> Optional.of("the guest did not answer on both sides")));
  }

  /** What the narrowest window with enough in it gives: the wider, the more the clocks' own drift counts. */
  private static <T> Optional<T> narrowest(Function<Duration, Optional<T>> measure) {
    return WIDER.stream().map(times -> measure.apply(WINDOW.multipliedBy(times))).flatMap(Optional::stream).findFirst();
  }

  private static String fewHeartbeats(RawTrial raw) {
    long[] beats = Stream.of(raw.source(), raw.destination()).flatMap(side -> side.heartbeats().stream())
        .mapToLong(GuestRecord::arrival).sorted().toArray();
    Duration widest = WINDOW.multipliedBy(WIDER.get(WIDER.size() - 1));
    return "fewer than " + GuestPause.RANK + " heartbeats within " + widest.toSeconds() + " s before or after the stop"
        + (beats.length < 2 ? "" : String.format(Locale.ROOT, ", of which the guest sent one per %.2f s",
            (beats[beats.length - 1] - beats[0]) / 1e9 / (beats.length - 1)));
  }

  /** The parts from the checkpoints in both traces; empty if one of them is not there. */
  static Optional<DowntimeParts> parts(RawTrial raw) {
    Trail source = new Trail(raw.source().trace());
    Optional<TraceEvent> start = source.next(CHECKPOINT, "src-downtime-start");
    Optional<TraceEvent> stopped = source.next(CHECKPOINT, "src-vm-stopped");
    Optional<TraceEvent> fetched = source.next("migration_bitmap_sync_end", "");
    Optional<TraceEvent> memory = source.next(CHECKPOINT, "src-iterable-saved");
    Optional<TraceEvent> devices = source.next(CHECKPOINT, "src-non-iterable-saved");
    Optional<TraceEvent> end = source.next(CHECKPOINT, "src-downtime-end");
    Trail destination = new Trail(raw.destination().trace());
    Optional<TraceEvent> loaded = destination.next(CHECKPOINT, "dst-precopy-loadvm-completed");
    Optional<TraceEvent> runs = destination.next(CHECKPOINT, "dst-precopy-bh-vm-started");
    if (end.isEmpty() || runs.isEmpty()) {
      return Optional.empty();
    }
    Duration resume = runs.orElseThrow().since(loaded.orElseThrow());
    Duration rest = end.orElseThrow().since(devices.orElseThrow()).minus(resume);
    return Optional.of(new DowntimeParts(
        stopped.orElseThrow().since(start.orElseThrow()),
        fetched.orElseThrow().since(stopped.orElseThrow()),
        memory.orElseThrow().since(fetched.orElseThrow()),
        devices.orElseThrow().since(memory.orElseThrow()),
        // the two code paths of one host read the clock at slightly different points, so the rest can be just below zero
        rest.isNegative() ? Duration.ZERO : rest,
        resume));
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A trace that is read once from its beginning to its end. */
  private static final class Trail {
    private final List<TraceEvent> events;
    private int at;

    Trail(List<TraceEvent> events) {
      this.events = events;
    }

    /** The next event of that name whose arguments begin so; empty, now and from then on, if there is none. */
    Optional<TraceEvent> next(String name, String arguments) {
      for (; at < events.size(); at++) {
        TraceEvent event = events.get(at);
        if (event.name().equals(name) && event.arguments().startsWith(arguments)) {
          at++;
          return Optional.of(event);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * What one hypervisor said over QMP, and how long that took to be heard. An event carries its time by its host's clock. How much
   * later than the fastest event of the same host it arrived is its lateness. How long the fastest took is not known: less than the
   * shortest round trip on a quiet way, and on a busy one about as late as the next fastest are later. So no two hosts' clocks are
   * compared. Where a host's clock was set meanwhile, only events of the same time without that are compared.
   */
  private static final class Side {
    /** The rank, from the fastest on, of the event whose distance from the fastest is its uncertainty. */
    private static final int NEXT = 4;

    /** How far an event's arrival is from its time by the host, by arrival. */
    private final NavigableMap<Long, Long> offsets = new TreeMap<>();
    /** How late an event can be at most: as long as all of this lasted. */
    private final long longest;
    private final long roundTrip;
    private OptionalLong completed = OptionalLong.empty();

    Side(List<Turn> turns, boolean ofSource) {
      String source = turns.stream().filter(turn -> turn.is(Kind.COMMAND, "migrate")).map(Turn::peer).findFirst().orElse("");
      List<Turn> own = turns.stream().filter(turn -> turn.peer().equals(source) == ofSource).toList();
      roundTrip = own.stream().flatMapToLong(turn -> turn.command().stream().mapToLong(asked -> turn.time() - asked.nanoTime()))
          .min().orElse(0);
      for (Turn turn : own.stream().filter(turn -> turn.kind() == Kind.EVENT).toList()) {
        JsonNode at = turn.message().body().path("timestamp");
        offsets.put(turn.time(), turn.time() - at.path("seconds").asLong() * 1_000_000_000 - at.path("microseconds").asLong() * 1_000);
        if (turn.value().path("status").asText().equals("completed")) {
          completed = OptionalLong.of(turn.time());
        }
      }
      longest = own.isEmpty() ? 0 : own.get(own.size() - 1).time() - own.get(0).time();
    }

    /** When it said that its side of the migration is complete. */
    OptionalLong completed() {
      return completed;
    }

    Duration roundTrip() {
      return Duration.ofNanos(roundTrip);
    }

    /** How late the fastest event may have been itself: how much faster it was than the next few, as of heartbeats. */
    Duration uncertainty(OptionalLong arrival) {
      List<Long> fastest = byOneClock(arrival.orElseThrow()).stream().sorted().limit(NEXT).toList();
      return Duration.ofNanos(fastest.get(fastest.size() - 1) - fastest.get(0));
    }

    Duration lateness(OptionalLong arrival) {
      return Duration.ofNanos(offsets.get(arrival.orElseThrow()) - Collections.min(byOneClock(arrival.orElseThrow())));
    }

    /** The offsets of the event and of those before and after it, as far as none of them shows that the host's clock was set. */
    private List<Long> byOneClock(long arrival) {
      List<Long> alike = new ArrayList<>();
      boolean found = false;
      for (Map.Entry<Long, Long> event : offsets.entrySet()) {
        if (!alike.isEmpty() && Math.abs(event.getValue() - alike.get(alike.size() - 1)) > longest) {
          if (found) {
            break;
          }
          alike.clear();
        }
        alike.add(event.getValue());
        found |= event.getKey() == arrival;
      }
      return alike;
    }
  }
}
