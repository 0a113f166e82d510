// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trace event of MPLM in QEMU's log, such as {@code mplm_send block=0 page=17 dirty=1}, with or without the time before it.
 *
 * @param name without {@code mplm_}
 * @param fields by their names
 */
record TraceEvent(String name, Map<String, String> fields) {
  private static final Pattern EVENT = Pattern.compile("(?:\\d+@\\d+\\.\\d+:|[\\dT:.-]+Z )?mplm_(?!record_)([a-z]+)(.*)");
  private static final Pattern FIELD = Pattern.compile(" ([a-z_]+)=(.*?)(?= [a-z_]+=|$)");

  /** Reads a line of the log; empty if it is none of MPLM's migration: the recorder's begin with {@code mplm_record_}. */
  static Optional<TraceEvent> parse(String line) {
    Matcher event = EVENT.matcher(line);
    if (!event.matches()) {
      return Optional.empty();
    }
    Map<String, String> fields = new HashMap<>();
    for (Matcher field = FIELD.matcher(event.group(2)); field.find(); ) {
      fields.put(field.group(1), field.group(2));
    }
    return Optional.of(new TraceEvent(event.group(1), fields));
  }

  /** {@link IllegalArgumentException} if there is none of that name. */
  String text(String field) {
    String value = fields.get(field);
    if (value == null) {
      throw new IllegalArgumentException("field " + field + " is missing");
    }
    return value;
  }

  /** What {@link #text} gives, as a number; {@link NumberFormatException} if it is none. */
  long number(String field) {
    return Long.parseLong(text(field));
  }
}
