// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import mplm.engine.unit.Durations;

/** Settings behind a method's name, {@code KEY=VALUE,...} and words that stand alone, each with a default; {@link IllegalArgumentException} says what is allowed. */
final class Settings {
  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads them.
   *
   * @param text behind the colon
   * @param keys with what they take, such as {@code steps} and {@code NUMBER}
   * @param words that stand alone
   */
  Settings(String method, Optional<String> text, Map<String, String> keys, Set<String> words) {
    for (String setting : text.map(t -> t.split(",", -1)).orElse(new String[0])) {
      int equals = setting.indexOf('=');
      String key = equals < 0 ? setting : setting.substring(0, equals);
      if (!(equals < 0 ? words : keys.keySet()).contains(key)) {
        throw new IllegalArgumentException("'" + setting + "' is not a setting of " + method + ": it takes "
            + String.join(", ", Stream.concat(keys.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).sorted(),
                words.stream().sorted()).toList()));
      }
      if (values.put(key, setting.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("'" + key + "' is set twice");
      }
    }
  }

  /** Settings without words. */
  Settings(String method, Optional<String> text, Map<String, String> keys) {
    this(method, text, keys, Set.of());
  }

  /** Whether it is there at all. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** A setting in whole milliseconds. */
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
