// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The time in which a client of the guest heard nothing of it because of its stop. It is longer than from STOP to RESUME by what the
 * network takes to learn where the guest is and by what the guest takes to answer again.
 *
 * <pre>
 *   sent       | | | | | | | | | | | | | | | |
 *   guest   runs      |STOP         RESUME|     runs
 *   received    | | | |<------ length ------>||||| | | |    those on the way when the guest comes back arrive together
 * </pre>
 *
 * Which datagram a reply belongs to does not matter, for some wait on the way until the guest runs again.
 *
 * @param length of the silence, from the last reply before the stop to the first after it
 * @param error what of it is no downtime at most: the guest was out of reach for between {@code length - error} and {@code length}.
 *     It is the longest silence before plus the longest after, while the guest ran, so it has in it the time from datagram to
 *     datagram, how irregular the way is, and how late a busy guest or controller is. Where the controller sent nothing for longer
 *     than that amid the silence, it was not there to hear the end of it: that is in the error too
 */
public record NetworkDowntime(Duration length, Duration error) {

  /**
   * What a record says.
   *
   * @param echoes in any order
   * @param stop when STOP arrived and {@code resume} when RESUME did, in the record's time; replies overtake either a little
   * @param window how far before and after the silence replies tell how regular they are
   * @return empty without a silence there, or without two replies in the window on either side
   */
  public static Optional<NetworkDowntime> of(List<Echo> echoes, long stop, long resume, Duration window) {
    long[] replies = echoes.stream().map(Echo::received).filter(OptionalLong::isPresent).mapToLong(OptionalLong::getAsLong)
        .sorted().toArray();
    int last = -1;
    for (int i = 0; i + 1 < replies.length; i++) {
      boolean overlaps = replies[i] < resume && replies[i + 1] > stop;
      if (overlaps && (last < 0 || silence(replies, i) > silence(replies, last))) {
        last = i;
      }
    }
    if (last < 0) {
      return Optional.empty();
    }
    long from = replies[last] - window.toNanos();
    long to = replies[last + 1] + window.toNanos();
    long before = -1;
    long after = -1;
    for (int i = 0; i + 1 < replies.length; i++) {
      if (i < last && replies[i] >= from) {
        before = Math.max(before, silence(replies, i));
      } else if (i > last && replies[i + 1] <= to) {
        after = Math.max(after, silence(replies, i));
      }
    }
    return before < 0 || after < 0
        ? Optional.empty()
        : Optional.of(new NetworkDowntime(Duration.ofNanos(silence(replies, last)), Duration.ofNanos(before + after
            + Math.max(0, unsent(echoes, replies[last], replies[last + 1]) - Math.max(before, after)))));
  }

  /** The longest time in which nothing was sent that begins or ends between the two times. */
  private static long unsent(List<Echo> echoes, long from, long to) {
    long[] sent = echoes.stream().mapToLong(Echo::sent).sorted().toArray();
    long longest = 0;
    for (int i = 0; i + 1 < sent.length; i++) {
      if (sent[i + 1] > from && sent[i] < to) {
        longest = Math.max(longest, silence(sent, i));
      }
    }
    return longest;
  }

  /** The gap after this time, until the next. */
  private static long silence(long[] times, int i) {
    return times[i + 1] - times[i];
  }
}
