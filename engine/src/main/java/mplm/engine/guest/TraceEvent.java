// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One line of a QEMU's trace: {@code PID@SECONDS:NAME ARGUMENTS}, as {@code -msg timestamp=on -trace NAME} has it written.
 *
 * @param time of the clock of that QEMU's host, nanoseconds; never to be compared with another host's
 * @param name of the event
 * @param arguments as QEMU prints them
 */
public record TraceEvent(long time, String name, String arguments) {
  private static final Pattern LINE = Pattern.compile("\\d+@(\\d+\\.\\d+):(\\w+) ?(.*)");

  /** The events of a log, in its order; other lines are left out. */
  public static List<TraceEvent> of(Stream<String> lines) {
    return lines.map(TraceEvent::parse).flatMap(Optional::stream).toList();
  }

  private static Optional<TraceEvent> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(new TraceEvent(
            new BigDecimal(matcher.group(1)).movePointRight(9).longValueExact(), matcher.group(2), matcher.group(3).strip()))
        : Optional.empty();
  }

  /** The time from the other event to this one, both of one host. */
  public Duration since(TraceEvent other) {
    return Duration.ofNanos(time - other.time);
  }
}
