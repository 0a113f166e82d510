// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** How long a guest stood still, from outside, by its heartbeats. */
public final class GuestClock {
  private GuestClock() {}

  /**
   * A heartbeat carries the guest's clock, which stands still while the guest is stopped, and arrives by the controller's, which
   * does not. The difference of the two, taken as the least of a window (the heartbeat with the least delay), grows over the stop
   * by its length. Under KVM the guest's clock may go on while it is stopped; then the result is near zero and the gap between
   * heartbeats is all that is known.
   *
   * @param source heartbeats through the source's port
   * @param destination heartbeats through the destination's port
   * @param stop when the stop began and {@code resume} when it ended, {@link System#nanoTime}
   * @param window how far before the one and after the other heartbeats count
   * @return nanoseconds; empty without a heartbeat on either side
   */
  public static OptionalLong pause(
      List<GuestRecord> source, List<GuestRecord> destination, long stop, long resume, Duration window) {
    OptionalLong before = leastDelay(source, stop - window.toNanos(), stop);
    OptionalLong after = leastDelay(destination, resume, resume + window.toNanos());
    return before.isPresent() && after.isPresent()
        ? OptionalLong.of(after.getAsLong() - before.getAsLong())
        : OptionalLong.empty();
  }

  private static OptionalLong leastDelay(List<GuestRecord> heartbeats, long from, long to) {
    return heartbeats.stream()
        .filter(beat -> beat.arrival() - from >= 0 && to - beat.arrival() >= 0)
        .mapToLong(beat -> beat.arrival() - beat.guestTime())
        .min();
  }
}
