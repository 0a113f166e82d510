// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How long a guest stood still, from outside, by its heartbeats. A heartbeat carries the guest's clock, which stands still while the
 * guest is stopped, and arrives by the controller's, which does not. The difference of the two, taken as the least of a window (the
 * heartbeat with the least delay), grows over the stop by its length. Under KVM the guest's clock may go on while it is stopped; then
 * that is near zero, and the gap between heartbeats is all that is known.
 *
 * @param pause growth of the least delay over the stop
 * @param error of the pause: how far the {@link #RANK} least delays of either side lie apart, added up; delays have a sharp lower
 *     edge, so the least of many is about as far from it as its neighbours are from each other
 * @param gap from the last heartbeat that came from the source to the first from the destination: an upper bound of the stop
 */
public record GuestPause(Duration pause, Duration error, Duration gap) {
  /**
   * Heartbeats needed on either side. The smallest delay is an upper estimate of the true minimum. The gap between it and the RANK-th
   * smallest bounds the estimate's error, but for one case in {@code 2^(RANK - 1)}.
   */
  public static final int RANK = 6;

  /** The resolution of a record's time, which is cut to microseconds on both sides. */
  private static final long RESOLUTION_NS = 2_000;

  /**
   * Makes it from the heartbeats around a stop.
   *
   * @param source heartbeats through the source's port
   * @param destination heartbeats through the destination's port
   * @param stop when the stop began and {@code resume} when it ended, in the clock of the arrivals, nanoseconds
   * @param window how far before the one and after the other heartbeats count
   * @return empty with fewer than {@link #RANK} heartbeats on either side
   */
  public static Optional<GuestPause> of(
      List<GuestRecord> source, List<GuestRecord> destination, long stop, long resume, Duration window) {
    List<GuestRecord> before = within(source, stop - window.toNanos(), stop);
    List<GuestRecord> after = within(destination, resume, resume + window.toNanos());
    if (before.size() < RANK || after.size() < RANK) {
      return Optional.empty();
    }
    long[] early = leastDelays(before);
    long[] late = leastDelays(after);
    long error = early[RANK - 1] - early[0] + late[RANK - 1] - late[0] + RESOLUTION_NS;
    // what the source said last may arrive after its STOP
    long last = source.get(source.size() - 1).arrival();
    return Optional.of(new GuestPause(
        Duration.ofNanos(late[0] - early[0]), Duration.ofNanos(error), Duration.ofNanos(destination.get(0).arrival() - last)));
  }

  /**
   * Whether the guest's clock stood still for a stop of that length; empty when the stop is too short to tell.
   *
   * @param downtime of the same stop, measured otherwise
   */
  public Optional<Boolean> clockStoodStill(Duration downtime) {
    return downtime.compareTo(error.multipliedBy(2)) > 0
        ? Optional.of(pause.multipliedBy(2).compareTo(downtime) > 0)
        : Optional.empty();
  }

  private static List<GuestRecord> within(List<GuestRecord> heartbeats, long from, long to) {
    return heartbeats.stream().filter(beat -> beat.arrival() - from >= 0 && to - beat.arrival() >= 0).toList();
  }

  private static long[] leastDelays(List<GuestRecord> heartbeats) {
    return heartbeats.stream().mapToLong(beat -> beat.arrival() - beat.guestTime()).sorted().limit(RANK).toArray();
  }
}
