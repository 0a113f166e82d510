// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.unit;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of one kind of quantity: a decimal number, then one of its units; exact, never rounded. */
final class UnitText {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,30}(?:\\.\\d{1,30})?)([A-Za-z/]+)");

  private final String noun;
  private final String example;
  private final Map<String, Long> units;

  /** Units from the smallest, which counts 1, to the largest. */
  UnitText(String noun, String example, LinkedHashMap<String, Long> units) {
    this.noun = noun;
    this.example = example;
    this.units = units;
  }

  /** The value in the smallest unit. */
  long parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw wrong(text, "");
    }
    try {
      return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
    } catch (ArithmeticException e) {
      throw wrong(text, ", a whole number of " + units.keySet().iterator().next() + " below 2^63");
    }
  }

  /** Prints in the largest unit of which the value is a whole number. */
  String print(long value) {
    String text = null;
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (text == null || value != 0 && value % unit.getValue() == 0) {
        text = value / unit.getValue() + unit.getKey();
      }
    }
    return text;
  }

  private IllegalArgumentException wrong(String text, String limit) {
    return new IllegalArgumentException(String.format(
        Locale.ROOT, "'%s' is not a %s: it takes a number and one of %s, such as %s%s",
        text, noun, String.join(", ", units.keySet()), example, limit));
  }
}
