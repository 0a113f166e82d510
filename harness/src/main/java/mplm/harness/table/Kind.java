// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What the cells of a column hold, and their unit. Numbers are plain, with a point, and without an exponent. */
public enum Kind {
  TEXT("text", "", ".*"),
  YES_NO("yes or no", "", "yes|no"),
  TRUE_FALSE("true or false", "", "true|false"),
  COUNT("whole number", "", Kind.WHOLE),
  NUMBER("number", "", Kind.DECIMAL),
  SECONDS("number", "s", Kind.DECIMAL),
  BYTES("whole number", "bytes", Kind.WHOLE),
  MIB("number", "MiB", Kind.DECIMAL),
  PAGES("whole number", "pages", Kind.WHOLE),
  PERCENT("whole number", "%", Kind.WHOLE),
  BITS_PER_S("whole number", "bit/s", Kind.WHOLE),
  MBIT_PER_S("number", "Mbit/s", Kind.DECIMAL),
  BYTES_PER_S("whole number", "bytes/s", Kind.WHOLE),
  PAGES_PER_S("number", "pages/s", Kind.DECIMAL),
  PER_S("number", "1/s", Kind.DECIMAL);

  private static final String WHOLE = "\\d+";
  private static final String DECIMAL = "-?\\d+(\\.\\d+)?";

  private final String type;
  private final String unit;
  private final Predicate<String> form;

  Kind(String type, String unit, String form) {
    this.type = type;
    this.unit = unit;
    this.form = Pattern.compile(form, Pattern.DOTALL).asMatchPredicate();
  }

  /** Such as {@code whole number}. */
  public String type() {
    return type;
  }

  /** Such as {@code bytes/s}; empty for text, and for counts and ratios. */
  public String unit() {
    return unit;
  }

  /** Whether cells hold numbers. */
  public boolean isNumber() {
    return type.contains("number");
  }

  /** Whether a cell that is not empty can hold this text. */
  public boolean fits(String text) {
    return form.test(text);
  }
}
