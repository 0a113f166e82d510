// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import mplm.engine.unit.DataSize;

/**
 * What of a guest does not depend on the host.
 *
 * @param vcpus 1 to 255, what one machine without interrupt remapping takes
 * @param memory a positive multiple of 1 MiB
 */
public record GuestShape(int vcpus, DataSize memory) {
  public GuestShape {
    if (vcpus < 1 || vcpus > 255) {
      throw new IllegalArgumentException("a guest has 1 to 255 vCPUs, not " + vcpus);
    }
    if (memory.bytes() == 0 || memory.bytes() % (1 << 20) != 0) {
      throw new IllegalArgumentException("a guest's memory is a positive multiple of 1MiB, not " + memory);
    }
  }

  /** Such as {@code 2 vCPUs, 1GiB}. */
  @Override
  public String toString() {
    return vcpus + (vcpus == 1 ? " vCPU, " : " vCPUs, ") + memory;
  }
}
