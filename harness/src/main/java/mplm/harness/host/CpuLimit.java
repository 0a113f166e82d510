// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.util.Comparator;
import java.util.Optional;

/**
 * How much of the CPUs' time a control group lets a session on a host take. A session's own group and all above it count, of version 1 and 2.
 *
 * @param cpus CPUs whose whole time it is
 * @param file that holds the limit
 */
public record CpuLimit(double cpus, String file) {
  /**
   * Prints a line of each group that has a limit, from the session's own on: quota, period, file. $1 is what the paths of {@code /proc}
   * and {@code /sys} begin with: nothing, but in tests.
   */
  public static final String SCRIPT =
      """
      # HIERARCHY PATH LIMIT [PERIOD]
      groups() {
        path=$2
        while :; do
          folder=$1${path%/}
          if [ -r "$folder/$3" ]; then
            limit="$(cat "$folder/$3" ${4:+"$folder/$4"} | tr '\\n' ' ')$folder/$3"
            case $limit in max* | -*) ;; *) echo "$limit" ;; esac
          fi
          case $path in ''|/) break ;; esac
          path=${path%/*}
        done
      }
      groups "$1/sys/fs/cgroup" "$(sed -n 's/^0:://p' "$1/proc/self/cgroup")" cpu.max
      groups "$1/sys/fs/cgroup/cpu" "$(sed -n 's/^[0-9]*:\\([^:]*,\\)\\{0,1\\}cpu\\(,[^:]*\\)\\{0,1\\}://p' "$1/proc/self/cgroup")" \\
        cpu.cfs_quota_us cpu.cfs_period_us
      """;

  /** The tightest of what the script prints; empty if there is none. */
  public static Optional<CpuLimit> tightest(String output) {
    return output.lines().map(line -> line.split(" ", 3))
        .filter(words -> words.length == 3 && words[0].matches("\\d{1,15}") && words[1].matches("[1-9]\\d{0,14}"))
        .map(words -> new CpuLimit(Double.parseDouble(words[0]) / Double.parseDouble(words[1]), words[2]))
        .min(Comparator.comparingDouble(CpuLimit::cpus));
  }
}
