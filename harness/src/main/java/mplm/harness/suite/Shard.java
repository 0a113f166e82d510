// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.suite;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a run that one of several machines makes: of all planned trials, every {@code count}th.
 *
 * @param index from 1
 * @param count of machines
 */
public record Shard(int index, int count) {
  /** All of the run. */
  public static final Shard WHOLE = new Shard(1, 1);

  private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,3})");

  public Shard {
    if (index < 1 || index > count) {
      throw new IllegalArgumentException("shard " + index + "/" + count + ", allowed: I/N with I from 1 to N");
    }
  }

  /** Reads what {@link #toString} prints. */
  public static Shard parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a shard, allowed: I/N with I from 1 to N, such as 1/2");
    }
    return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Its trials of a whole plan, in the order and with the numbers that they have there. */
  public List<PlannedTrial> of(List<PlannedTrial> plan) {
    return plan.stream().filter(planned -> has(planned.number())).toList();
  }

  /** Whether the one with that number, from 1, is of it. */
  public boolean has(int number) {
    return number % count == index % count;
  }

  /** Such as {@code 1/2}. */
  @Override
  public String toString() {
    return index + "/" + count;
  }
}
