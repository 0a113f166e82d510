// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.unit.DataSize;

/** The mappings of a process as {@code /proc/PID/smaps} has them (Linux, Documentation/filesystems/proc.rst). */
final class Smaps {
  /** Permissions, size, resident part, and that of huge pages, which does not count as resident; KiB. */
  private static final Pattern MAPPING = Pattern.compile(
      "^[0-9a-f]+-[0-9a-f]+ (\\S{4}) .*\\n(?:Size: +(\\d+) kB\\n)(?:.*\\n)*?Rss: +(\\d+) kB\\n"
          + "(?:.*\\n)*?Shared_Hugetlb: +(\\d+) kB\\nPrivate_Hugetlb: +(\\d+) kB$", Pattern.MULTILINE);

  private Smaps() {}

  /** The resident part of a hypervisor's guest memory; empty if no mapping is as large as that memory. */
  static Optional<DataSize> guestMemory(String smaps, DataSize memory) {
    long used = 0;
    for (Matcher mapping = MAPPING.matcher(smaps); mapping.find(); ) {
      // translated code lies in a mapping as large, but that is executable
      if (mapping.group(1).startsWith("rw-") && Long.parseLong(mapping.group(2)) >= memory.bytes() / 1024) {
        used = Math.max(used,
            Long.parseLong(mapping.group(3)) + Long.parseLong(mapping.group(4)) + Long.parseLong(mapping.group(5)));
      }
    }
    return used == 0 ? Optional.empty() : Optional.of(new DataSize(used * 1024));
  }
}
