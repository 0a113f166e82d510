// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.util.Optional;

/**
 * What {@code /dev/kvm} of the controller's own machine says when it is asked (Linux, Documentation/virt/kvm/api.rst).
 *
 * @param apiVersion 12 since Linux 2.6.22
 * @param manualProtect whether the dirty log is cleared by request, chunk by chunk
 * @param initiallySet whether the dirty log can begin with all pages dirty
 * @param dirtyRingBytes the largest dirty ring; 0 if there is none
 */
record KvmDevice(int apiVersion, boolean manualProtect, boolean initiallySet, int dirtyRingBytes) {
  private static final String PATH = "/dev/kvm";
  private static final int O_RDWR_CLOEXEC = 02000002;
  private static final long GET_API_VERSION = 0xAE00;
  private static final long CHECK_EXTENSION = 0xAE03;
  private static final long CAP_MANUAL_DIRTY_LOG_PROTECT2 = 168;
  private static final long CAP_DIRTY_LOG_RING = 192;
  private static final int MANUAL_PROTECT_ENABLE = 1;
  private static final int INITIALLY_SET = 2;

  /** libc; a record has no native methods. */
  private static final class C {
    static {
      Native.register(C.class, "c");
    }

    static native int open(String path, int flags) throws LastErrorException;

    static native int ioctl(int fd, long request, long argument) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;
  }

  /** Empty if it is not there or may not be opened. */
  static Optional<KvmDevice> ask() {
    try {
      int fd = C.open(PATH, O_RDWR_CLOEXEC);
      try {
        int protect = C.ioctl(fd, CHECK_EXTENSION, CAP_MANUAL_DIRTY_LOG_PROTECT2);
        return Optional.of(new KvmDevice(C.ioctl(fd, GET_API_VERSION, 0), (protect & MANUAL_PROTECT_ENABLE) != 0,
            (protect & INITIALLY_SET) != 0, C.ioctl(fd, CHECK_EXTENSION, CAP_DIRTY_LOG_RING)));
      } finally {
        C.close(fd);
      }
    } catch (LastErrorException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "API " + apiVersion + ", manual dirty-log protect: " + (manualProtect ? "yes" : "no") + ", initially set: "
        + (initiallySet ? "yes" : "no") + ", dirty ring: " + (dirtyRingBytes > 0 ? "yes" : "no");
  }
}
