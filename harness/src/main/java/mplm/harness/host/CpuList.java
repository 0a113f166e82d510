// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPUs of a host by their numbers, in the order given.
 *
 * @param cpus at least one, none twice
 */
public record CpuList(List<Integer> cpus) {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

  public CpuList {
    cpus = List.copyOf(cpus);
  }

  /** Reads {@code 2-5,8}, as Linux writes it; {@link IllegalArgumentException} for anything else. */
  public static CpuList parse(String text) {
    Set<Integer> cpus = new LinkedHashSet<>();
    for (String part : text.strip().split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      int first = range.matches() ? Integer.parseInt(range.group(1)) : 1;
      int last = range.matches() ? Integer.parseInt(range.group(2) == null ? range.group(1) : range.group(2)) : 0;
      if (first > last) {
        throw new IllegalArgumentException("'" + text + "' is not a list of CPUs, such as 2-5,8");
      }
      for (int cpu = first; cpu <= last; cpu++) {
        if (!cpus.add(cpu)) {
          throw new IllegalArgumentException("'" + text + "' has CPU " + cpu + " twice");
        }
      }
    }
    return new CpuList(new ArrayList<>(cpus));
  }

  /** Text that {@link #parse} and taskset read. */
  @Override
  public String toString() {
    return String.join(",", cpus.stream().map(String::valueOf).toList());
  }
}
