// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static org.assertj.core.api.Assertions.assertThat;

import mplm.engine.unit.DataSize;
import org.testng.annotations.Test;

/** What a hypervisor's mappings say of its guest's memory. */
public class SmapsTest {
  private static final String CODE = mapping("7f0000000000-7f0040000000", "rwxp", 1048576, 900000, 0);

  @Test
  public void guestMemoryIsTheResidentPartOfAMappingThatIsAsLarge() {
    String smaps = mapping("560000000000-560000100000", "r--p", 1024, 1024, 0) + CODE
        + mapping("7f1000000000-7f1040000000", "rw-p", 1048576, 204800, 0) + mapping("7f2000000000-7f2000800000", "rw-p", 8192, 8192, 0);
    assertThat(Smaps.guestMemory(smaps, DataSize.parse("1GiB"))).contains(DataSize.parse("200MiB"));
  }

  @Test
  public void hugePagesCountThoughTheyAreNotResident() {
    String smaps = mapping("7f1000000000-7f1040000000", "rw-s", 1048576, 0, 409600);
    assertThat(Smaps.guestMemory(smaps, DataSize.parse("1GiB"))).contains(DataSize.parse("400MiB"));
  }

  @Test
  public void translatedCodeIsNoGuestMemory() {
    assertThat(Smaps.guestMemory(CODE, DataSize.parse("1GiB"))).isEmpty();
  }

  private static String mapping(String range, String permissions, int size, int resident, int huge) {
    return range + " " + permissions + " 00000000 00:00 0 \nSize: " + size + " kB\nKernelPageSize: 4 kB\nRss: " + resident
        + " kB\nPss: 0 kB\nShared_Hugetlb: 0 kB\nPrivate_Hugetlb: " + huge + " kB\nSwap: 0 kB\n";
  }
}
