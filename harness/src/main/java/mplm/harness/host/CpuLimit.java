// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.util.Comparator;
import java.util.Optional;

/**
 * How much of the CPUs' time a control group lets a session on a host take. A session's own group and all above it count, of version 2.
 *
 * @param cpus CPUs whose whole time it is
 * @param file that holds the limit
 */
public record CpuLimit(double cpus, String file) {
  /** Prints a line of each group that can have a limit, from the session's own on: quota or {@code max}, period, file. */
  public static final String SCRIPT =
      """
      path=$(sed -n 's/^0:://p' /proc/self/cgroup)
      while :; do
        file=/sys/fs/cgroup${path%/}/cpu.max
        if [ -r "$file" ]; then echo "$(cat "$file") $file"; fi
        case $path in ''|/) break ;; esac
        path=${path%/*}
      done
      """;

  /** The tightest of what the script prints; empty if there is none. */
  public static Optional<CpuLimit> tightest(String output) {
    return output.lines().map(line -> line.split(" ", 3))
        .filter(words -> words.length == 3 && words[0].matches("\\d{1,15}") && words[1].matches("[1-9]\\d{0,14}"))
        .map(words -> new CpuLimit(Double.parseDouble(words[0]) / Double.parseDouble(words[1]), words[2]))
        .min(Comparator.comparingDouble(CpuLimit::cpus));
  }
}
