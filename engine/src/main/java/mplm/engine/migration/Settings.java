// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import mplm.engine.unit.Durations;

/** Settings behind a method's name, {@code KEY=VALUE,...}, each with a default; {@link IllegalArgumentException} says what is allowed. */
final class Settings {
  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads them.
   *
   * @param text behind the colon
   * @param keys with what they take, such as {@code steps} and {@code NUMBER}
   */
  Settings(String method, Optional<String> text, Map<String, String> keys) {
    for (String setting : text.map(t -> t.split(",", -1)).orElse(new String[0])) {
      int equals = setting.indexOf('=');
      if (equals < 0 || !keys.containsKey(setting.substring(0, equals))) {
        throw new IllegalArgumentException("'" + setting + "' is not a setting of " + method + ": it takes "
            + String.join(", ", keys.entrySet().stream().map(key -> key.getKey() + "=" + key.getValue()).sorted().toList()));
      }
      if (values.put(setting.substring(0, equals), setting.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("'" + setting.substring(0, equals) + "' is set twice");
      }
    }
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** In whole milliseconds. */
  Duration duration(String key, Duration otherwise) {
    Duration duration = text(key).map(Durations::parse).orElse(otherwise);
    if (duration.toNanos() % 1_000_000 != 0) {
      throw new IllegalArgumentException(key + " '" + values.get(key) + "' is not a whole number of milliseconds");
    }
    return duration;
  }

  int number(String key, int otherwise) {
    if (!text(key).orElse("0").matches("\\d{1,9}")) {
      throw new IllegalArgumentException(key + " '" + values.get(key) + "' is not a whole number");
    }
    return text(key).map(Integer::parseInt).orElse(otherwise);
  }
}
