// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One line of a QEMU's trace, as {@code -msg timestamp=on -trace NAME} has it written: {@code THREAD@SECONDS:NAME ARGUMENTS} by QEMU 10.0,
 * {@code 2026-01-02T03:04:05.678901Z NAME ARGUMENTS} by 11.1, without a fraction if that is zero.
 *
 * @param time of the clock of that QEMU's host, nanoseconds; never to be compared with another host's
 * @param name of the event
 * @param arguments as QEMU prints them
 */
public record TraceEvent(long time, String name, String arguments) {
  private static final Pattern LINE = Pattern.compile(
      "(?:\\d+@(\\d+\\.\\d{1,9}):|(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z) )(\\w+)(?: (.*))?");

  /** The events of a log, in its order; other lines are left out. */
  public static List<TraceEvent> of(Stream<String> lines) {
    return lines.map(TraceEvent::parse).flatMap(Optional::stream).toList();
  }

  private static Optional<TraceEvent> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TraceEvent(
          matcher.group(1) != null ? nanoseconds(matcher.group(1)) : nanoseconds(Instant.parse(matcher.group(2))),
          matcher.group(3), Objects.requireNonNullElse(matcher.group(4), "").strip()));
    } catch (DateTimeParseException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static long nanoseconds(String seconds) {
    return new BigDecimal(seconds).scaleByPowerOfTen(9).longValueExact();
  }

  private static long nanoseconds(Instant instant) {
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }

  /** The time from the other event to this one, both of one host. */
  public Duration since(TraceEvent other) {
    return Duration.ofNanos(time - other.time);
  }
}
