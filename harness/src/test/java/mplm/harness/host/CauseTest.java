// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Messages as hosts, sshj, the kernel and failed trials gave them, and what the remedy has to name: each cause has one. */
public class CauseTest {
  @DataProvider
  public Object[][] messages() {
    return new Object[][] {
      {"source: nowhere port 22: no address is known for this name: correct it, or give the address", "address in the hosts file"},
      {"source: no SSH connection to 127.0.0.1 port 1: Connection refused", "start sshd"},
      {"source: no SSH connection to 10.9.9.9 port 22: No route to host", "routes"},
      {"source: no SSH connection to 10.9.9.9 port 22: Connect timed out", "firewall"},
      {"source: no SSH connection to a port 22: Unable to reach a settlement: [curve25519-sha256] and [diffie-hellman-group1-sha1]",
        "KexAlgorithms"},
      {"source: a port 22 does not let ann in with /k: Exhausted available authentication methods", "authorized_keys"},
      {"source: a port 22 takes /k, and asks for more before it lets ann in: keyboard-interactive", "AuthenticationMethods"},
      {"source: a port 22 closed the connection when ann logged in with a key of the SSH agent: Too many authentication failures", "ssh-add -D"},
      {"source: a port 22 closed the connection when ann logged in with /k, and said: Access denied: you have no active jobs on this node:"
          + " Broken transport; encountered EOF", "salloc"},
      {"source: no SSH connection to a port 22: Server closed connection during identification exchange", "PerSourcePenalties"},
      {"source: no SSH connection to a port 22: Connection reset", "MaxStartups"},
      {"source: the SSH connection was lost: Connection reset", "log of sshd"},
      {"source: cannot start sh: sshd opens no session: open failed", "MaxSessions"},
      {"source: is in use by another run (/w/lock)", "wait for the other run"},
      {"source: cannot reserve /w: /w can be written by others: name a folder of its own, such as /w/mplm", "only this user writes"},
      {"source: cannot reserve /w: flock: 9: No locks available", "has locks"},
      {"source: cannot reserve /w: mplm: 7: flock: not found", "util-linux"},
      {"source: cannot write 224MiB to /dev/shm/mplm-1: head: write error: No space left on device", "--shm-size"},
      {"destination: QEMU was killed by signal 7 (SIGBUS: the host has no memory left for the guest's), and only 0MiB are free in /dev/shm",
        "--shm-size"},
      {"source: sh was not started within 10 s", "login shell"},
      {"source: cannot reserve /w: mkdir: cannot create directory '/w': No space left on device", "make room"},
      {"source: store /w/store: Read-only file system", "can be written"},
      {"source: cannot reserve /w: mkdir: cannot create directory '/w': Permission denied", "may make and write"},
      {"source: store /w/store: /w/store/1-qemu-system-x86_64: Permission denied", "noexec"},
      {"source: the SSH connection was lost", "log of sshd"},
      {"source: the SSH agent has no key", "ssh-add"},
      {"controller: what qemu-system-x86_64 on source says cannot be recorded: /r/qemu-output.log: No space left on device", "make room"},
      {"source: QEMU was killed by signal 9 (SIGKILL) (source: closed the connection)", "dmesg"},
      {"source: QEMU was killed by signal 9 (SIGKILL), because the controller stood still for 75.0 s", "systemd-inhibit"},
      {"destination: QEMU was killed by signal 6 (SIGABRT): qemu: error: x", "qemu-output.log"},
      {"source: QEMU was killed by signal 6 (SIGABRT): qemu_thread_create: Resource temporarily unavailable", "ulimit -u"},
      {"source: sh ended with status 2: sh: 1: Cannot fork", "ulimit -u"},
      {"source: sh was not started: mplm: 3: Cannot fork: the remote shell ended first", "ulimit -u"},
      {"source: sh was not started: Password change required but no TTY available.: the remote shell ended first", "what it asks for"},
      {"migration link: no connection from source to destination came about for 10s", "migration_address of the destination"},
      {"source: cannot provide /x/qemu-system-x86_64: SFTP does not begin: Indicated packet length 1852795251 too large", "Subsystem sftp"},
      {"source: nobody listens on /w/trial-x/qmp within 120s, or its sshd denies AllowStreamLocalForwarding or AllowTcpForwarding",
        "DisableForwarding"},
      {"source: 10.0.0.1 does not let ann in with a key of the SSH agent: nobody answers as the SSH agent at /tmp/s: Connection refused", "ssh-add"},
      {"source: 10.0.0.1 does not let ann in with a key of the SSH agent: Exhausted available authentication methods", "authorized_keys"},
      {"source: QEMU ended with status 126: exec: /w/store/00-qemu-system-x86_64: Permission denied", "noexec"},
      {"source: taskset ended with status 1: taskset: failed to set pid 7's affinity: Invalid argument", "mplm doctor"},
      {"source: QEMU was told to end: terminating on signal 15 from pid 812 (earlyoom) (source: closed the connection)", "earlyoom"},
      {"source: cannot reserve /w: flock: 9: Function not implemented", "locks"},
      {"destination: has its work folder /home/ann/mplm in common with source", "of its own for each"},
      {"source: cannot reserve /w: mplm: 3: Cannot fork", "ulimit -u"},
      {"source: QEMU was killed by signal 5: GLib: creating thread 'worker': Error creating thread: Resource temporarily unavailable", "ulimit -u"},
      {"source: sh ended with status 254: bash: fork: retry: Resource temporarily unavailable", "ulimit -u"},
      {"source: QEMU was killed by signal 5: GLib: ../../../glib/gmem.c:106: failed to allocate 4294967296 bytes", "smaller guests"},
      {"source: QEMU was killed by signal 5: GLib: ../main.c:1: no loop", "qemu-output.log"},
      {"source: QEMU was stopped (SIGSTOP) and did not go on for 4 s", "stops processes"},
      {"source: the guest reset itself, as after a panic of its kernel or a triple fault (source: closed the connection)", "serial.log"},
      {"destination: QEMU ended with status 1: qemu-system-x86_64: x", "says why in qemu-output.log"},
      {"source: the guest failed: mg: class C needs 3410 MiB", "class, memory and iterations"},
      {"source: Unable to write to socket: Broken pipe; destination: QEMU ended with status 1: load of migration failed",
        "cut the migration stream"},
      {"source: the SSH connection was lost, and QEMU with it; destination: QEMU ended with status 1: load of migration failed", "log of sshd"},
      {"the controller stood still for 8.0 s (stopped, suspended or paused) while it measured: nothing that it measured holds",
        "systemd-inhibit"},
      {"migration link: no progress, nothing more got through from source to destination for 10s, 4096 bytes before", "large packets"},
      {"post-copy broke and could not go on: source: Postcopy migration is paused by the user", "large packets"},
      {"destination: migrate-set-capabilities was refused: Postcopy is not supported: Userfaultfd not available: Operation not permitted",
        "sysctl vm.unprivileged_userfaultfd=1"},
      {"source: no result of repetition 1 within 120s | the suite says how long is waited: finish_within", "in the suite"},
      {"source: 'query-status' was not answered within 120s (MPLM_PATIENCE=2 waits twice as long)", "only slow"},
      {"destination: QEMU was killed by signal 7 (SIGBUS: the host has no memory left for the guest's): qemu: error: x", "smaller guests"},
      {"source: Failed to connect to '10.10.0.2:43210': Connection refused", "migration_address of the destination"},
      {"source: Failed to connect to '10.10.0.2:43210': No route to host; destination: failed", "migration_address of the destination"},
      {"source: Unable to write to socket: Connection reset by peer", "cut the migration stream"},
      {"source: Channel error; destination: QEMU was killed by signal 9 (SIGKILL)", "dmesg"},
      {"source refused migrate-set-capabilities: dirty-limit requires KVM with accelerator property 'dirty-ring-size' set",
        "leave the method out"},
      {"source: qemu-system-x86_64: Could not access KVM kernel module: Permission denied", "otherwise"},
      {"memory differs in 1 blocks: 0x200000 (1 pages: 0x200010)", "keep the run's folder"},
      {"the program's verification: unsuccessful", "keep the run's folder"},
      {"its records make no sense: Unexpected character", "--resume makes the trial again"},
      {"source: does not answer over SSH: switched off, crashed or cut off (destination: closed the connection)", "is back"},
      {"source: the moon is full", "otherwise"},
    };
  }

  @Test(dataProvider = "messages")
  public void eachCauseHasItsOwnRemedy(String message, String remedy) {
    assertThat(Cause.remedy(message, "otherwise")).contains(remedy);
    if (!message.contains("another run")) { // which is what people wait for in vain
      assertThat(Cause.remedy(message, "otherwise")).doesNotContain("other run");
    }
  }

  @Test
  public void eachCauseIsInTheTableAndNoTwoHaveOneRemedy() {
    List<Cause> told = Stream.of(messages()).map(row -> Cause.of((String) row[0])).flatMap(Optional::stream).distinct().toList();
    assertThat(told).containsExactlyInAnyOrder(Cause.values());
    assertThat(Stream.of(Cause.values()).map(Cause::remedy)).doesNotHaveDuplicates().allSatisfy(remedy -> assertThat(remedy).isNotBlank());
  }
}
