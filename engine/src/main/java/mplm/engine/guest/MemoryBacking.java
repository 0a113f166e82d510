// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mplm.engine.unit.DataSize;

/**
 * What a guest's memory is made of on its host. It may differ between the two sides of a migration.
 *
 * @param file a file that backs it, shared, so that another process can compare it; empty for anonymous memory
 * @param preallocated whether all of it is taken, and touched, before the guest boots
 * @param hugePages size of the huge pages it is made of, which the host must have set aside; empty for ordinary pages
 */
public record MemoryBacking(Optional<String> file, boolean preallocated, Optional<DataSize> hugePages) {
  /** QEMU's own, taken as the guest touches it. */
  public static final MemoryBacking PLAIN = new MemoryBacking(Optional.empty(), false, Optional.empty());

  /** The name that the memory has by default, and by which the destination knows it. */
  private static final String ID = "pc.ram";

  public MemoryBacking {
    if (file.isPresent() && hugePages.isPresent()) {
      throw new IllegalArgumentException("memory that is to be compared lies in a file of ordinary pages, not in huge pages of "
          + hugePages.get());
    }
  }

  /** The same in this file. */
  MemoryBacking withFile(String path) {
    return new MemoryBacking(Optional.of(path), preallocated, hugePages);
  }

  /** What is added to the value of {@code -machine}. */
  String machineOption() {
    return equals(PLAIN) ? "" : ",memory-backend=" + ID;
  }

  /** Further arguments for memory of that size; {@link IllegalArgumentException} if it is not a whole number of huge pages. */
  List<String> arguments(DataSize size) {
    if (equals(PLAIN)) {
      return List.of();
    }
    List<String> backend = new ArrayList<>();
    if (file.isPresent()) {
      backend.add("memory-backend-file,mem-path=" + Hypervisor.value(file.get()) + ",share=on");
    } else if (hugePages.isPresent()) {
      if (size.bytes() % hugePages.get().bytes() != 0) {
        throw new IllegalArgumentException("a guest's memory of " + size + " is not a whole number of huge pages of "
            + hugePages.get());
      }
      backend.add("memory-backend-memfd,hugetlb=on,hugetlbsize=" + hugePages.get().bytes());
    } else {
      backend.add("memory-backend-ram");
    }
    backend.add("id=" + ID);
    backend.add("size=" + size.bytes());
    if (preallocated) {
      backend.add("prealloc=on");
    }
    return List.of("-object", String.join(",", backend));
  }
}
