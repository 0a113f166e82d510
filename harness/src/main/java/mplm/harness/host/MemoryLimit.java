// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a control group lets a session on a host take of memory: containers, batch systems and services set such limits, and
 * {@code /proc/meminfo} does not know of them. A session's own group and all above it count, of version 1 and 2.
 *
 * @param file that holds the limit, in bytes
 * @param left bytes that may still be taken: what files keep in memory is given up for it, as {@code MemAvailable} counts it
 * @param reached how often a process was killed since the limit was set, because it was reached; 0 with version 1, which does not tell
 */
public record MemoryLimit(String file, long left, long reached) {
  /** $1 is what the paths of {@code /proc} and {@code /sys} begin with: nothing, but in tests. Only a shell and sed are needed. */
  public static final String SCRIPT =
      """
      # FILE FIELD...: the sum of these fields
      sum() {
        file=$1 sum=0
        shift
        while read -r name value; do
          for field; do if [ "$name" = "$field" ]; then sum=$((sum + value)); fi; done
        done <"$file"
        echo "$sum"
      }
      # HIERARCHY PATH LIMIT USED EVENTS PREFIX: a line of each group, from the session's own on
      groups() {
        path=$2
        while :; do
          folder=$1${path%/}
          limit=$(cat "$folder/$3" 2>/dev/null)
          # version 1 has a number for no limit, the largest that is whole pages
          case $limit in '' | max | 9223372036854*) ;; *)
            files=$(sum "$folder/memory.stat" "$6active_file" "$6inactive_file" slab_reclaimable)
            reached=0
            if [ -r "$folder/$5" ]; then reached=$(sum "$folder/$5" oom); fi
            echo "$limit $(cat "$folder/$4") $files $reached $folder/$3" ;;
          esac
          case $path in ''|/) break ;; esac
          path=${path%/*}
        done
      }
      groups "$1/sys/fs/cgroup" "$(sed -n 's/^0:://p' "$1/proc/self/cgroup")" \\
        memory.max memory.current memory.events.local ''
      groups "$1/sys/fs/cgroup/memory" "$(sed -n 's/^[0-9]*:\\([^:]*,\\)\\{0,1\\}memory\\(,[^:]*\\)\\{0,1\\}://p' "$1/proc/self/cgroup")" \\
        memory.limit_in_bytes memory.usage_in_bytes - total_
      """;

  /** The limits of the host's sessions, the tightest first; empty if there are none. */
  public static List<MemoryLimit> of(Host host) {
    return parse(host.run(ANSWER, "sh", "-c", SCRIPT, "mplm", "").stdout());
  }

  /** Reads what the script prints, the tightest first: limit, used, of that by files, times reached, file. */
  public static List<MemoryLimit> parse(String output) {
    List<MemoryLimit> limits = new ArrayList<>();
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ", 5);
      if (words.length == 5 && List.of(words).subList(0, 4).stream().allMatch(word -> word.matches("\\d{1,19}"))) {
        long used = Math.max(0, Long.parseLong(words[1]) - Long.parseLong(words[2]));
        limits.add(new MemoryLimit(words[4], Long.parseLong(words[0]) - used, Long.parseLong(words[3])));
      }
    }
    limits.sort(Comparator.comparingLong(MemoryLimit::left));
    return limits;
  }

  /** The limit, of those now, that was reached since the others were looked at. */
  public static Optional<MemoryLimit> reached(List<MemoryLimit> before, List<MemoryLimit> now) {
    return now.stream().filter(limit -> limit.reached > before.stream().filter(one -> one.file.equals(limit.file))
        .mapToLong(MemoryLimit::reached).findFirst().orElse(0)).findFirst();
  }
}
