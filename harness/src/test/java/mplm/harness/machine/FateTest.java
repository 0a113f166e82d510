// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What is quoted of a hypervisor that has ended, from what it and the libraries below it wrote. */
public class FateTest {
  private static final String QEMU = "2026-11-30T22:22:25.613163Z qemu-system-x86_64: ";

  /** Each as a hypervisor of Debian 12 or 13 writes it, before what the shell says of it. */
  @DataProvider
  public Object[][] words() {
    return new Object[][] {
      {QEMU + "error: failed to set MSR 0x10a to 0xc000069\nqemu-system-x86_64: ../src/kvm.c:3877: kvm_buf_set_msrs: Assertion `x' failed.",
          "error: failed to set MSR 0x10a to 0xc000069"},
      {QEMU + "load of migration failed: Input/output error", "load of migration failed: Input/output error"},
      // a shell that may not execute it
      {"mplm: 1: exec: /var/tmp/mplm/store/00-qemu-system-x86_64: Permission denied",
          "exec: /var/tmp/mplm/store/00-qemu-system-x86_64: Permission denied"},
      {"mplm: line 1: /var/tmp/mplm/store/00-qemu-system-x86_64: Permission denied",
          "/var/tmp/mplm/store/00-qemu-system-x86_64: Permission denied"},
      {QEMU + "terminating on signal 15 from pid 812 (earlyoom)\n" + QEMU + "failed to save SaveStateEntry with id(name): 1(ram): -5", "terminating on signal 15 from pid 812 (earlyoom)"},
      // what was to start it on the CPUs of a NUMA node
      {"taskset: failed to set pid 0's affinity: Invalid argument", "taskset: failed to set pid 0's affinity: Invalid argument"},
      // assert() of the C library, which knows no time
      {QEMU + "warning: x\n/usr/bin/qemu-system-x86_64: ../src/util/iov.c:31: iov_copy: Assertion `offset == 0' failed.",
          "../src/util/iov.c:31: iov_copy: Assertion `offset == 0' failed."},
      // g_assert() of GLib
      {"**\nERROR:../src/accel/tcg/cpu-exec.c:1012:cpu_exec_longjmp_cleanup: assertion failed: (cpu == current_cpu)\nBail out! "
          + "ERROR:../src/accel/tcg/cpu-exec.c:1012:cpu_exec_longjmp_cleanup: assertion failed: (cpu == current_cpu)",
          "ERROR:../src/accel/tcg/cpu-exec.c:1012:cpu_exec_longjmp_cleanup: assertion failed: (cpu == current_cpu)"},
      {QEMU + "GLib: ../../../glib/gmem.c:106: failed to allocate 4294967296 bytes\nTrace/breakpoint trap",
          "GLib: ../../../glib/gmem.c:106: failed to allocate 4294967296 bytes"},
      {"**\nblockdev:ERROR:../src/block.c:7:bdrv_x: assertion failed: (bs)", "blockdev:ERROR:../src/block.c:7:bdrv_x: assertion failed: (bs)"},
      // QEMU's own threads and locks
      {"qemu: qemu_thread_create: Resource temporarily unavailable", "qemu_thread_create: Resource temporarily unavailable"},
      // the C library's watch over memory and locks
      {"*** stack smashing detected ***: terminated", "*** stack smashing detected ***: terminated"},
      {"malloc(): corrupted top size", "malloc(): corrupted top size"},
      {"free(): invalid pointer", "free(): invalid pointer"},
      {"*** longjmp causes uninitialized stack frame ***: terminated", "*** longjmp causes uninitialized stack frame ***: terminated"},
      {"munmap_chunk(): invalid pointer", "munmap_chunk(): invalid pointer"},
      {"The futex facility returned an unexpected error code.", "The futex facility returned an unexpected error code."},
      {"double free or corruption (!prev)", "double free or corruption (!prev)"},
      {"corrupted size vs. prev_size", "corrupted size vs. prev_size"},
      {"Fatal glibc error: pthread_mutex_lock.c:450 (__pthread_mutex_lock_full): assertion failed: e != ESRCH",
          "error: pthread_mutex_lock.c:450 (__pthread_mutex_lock_full): assertion failed: e != ESRCH"},
    };
  }

  @Test(dataProvider = "words")
  public void aHypervisorThatCrashedIsQuoted(String log, String quoted) {
    assertThat(Fate.lastWords((log + "\nAborted (core dumped)\nmplm: 6: kill: No such process").lines().toList())).contains(quoted);
  }

  /** Neither the shell's words, nor those of the user's start-up files. */
  @Test
  public void aHypervisorThatSaidNothingIsNotQuoted() {
    assertThat(Fate.lastWords(List.of("bash: warning: setlocale: LC_ALL: cannot change locale", "Welcome to the cluster.",
        "ERROR: ld.so: object '/x.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.",
        "ERROR: Unable to locate a modulefile for 'gcc'", "setup(): no profile", "the history file is corrupted", "Aborted",
        "mplm: 6: kill: No such process"))).isEqualTo(Optional.empty());
  }
}
