// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why a host cannot be used or a trial has failed, and what to do about it. A remedy belongs to a cause, not to the check or the trial
 * that met it: a full disk is a full disk wherever it shows. The first that fits counts.
 */
public enum Cause {
  NO_AGENT("the SSH agent (at|has no key)|SSH_AUTH_SOCK", "start an agent, set SSH_AUTH_SOCK to its socket and add a key (ssh-add; ssh-add -X"
      + " unlocks it), or name a key file in the hosts file"),
  NO_SUCH_NAME("no address is known for this name", "correct address in the hosts file, or give the number"),
  MIGRATION_PORT("Failed to connect to '|migration link: no connection", "let TCP through from the source to migration_address of the destination, on any port: mplm"
      + " doctor tries it"),
  REFUSED("Connection refused", "start sshd there, or correct port in the hosts file"),
  NO_WAY("No route to host|Network is unreachable", "correct address in the hosts file, or the routes of this machine"),
  SILENT("onnect timed out|Read timed out|Timeout expired", "is the host up, and does a firewall let the port through? try it with ssh"),
  NO_COMMON_ALGORITHM("Unable to reach a settlement|no common|Unable to negotiate", "sshd there and this kit have no algorithm in common:"
      + " let its sshd_config allow one that the message lists first (KexAlgorithms, HostKeyAlgorithms, Ciphers, MACs), or update it"),
  TOO_MANY_KEYS("Too many authentication failures", "sshd ends a login after a few wrong keys: name a key file in the hosts file in place of"
      + " the agent, or leave the agent the right key only (ssh-add -D, then ssh-add KEY)"),
  MORE_THAN_A_KEY("asks for more before it lets", "a run logs in with a key and nothing else: let sshd there take that from this machine"
      + " (AuthenticationMethods publickey in a Match block), or take a host that does"),
  TURNED_AWAY("no identification received|during identification exchange|no SSH connection to .*Connection reset", "sshd there, or what is before it, turns this machine away for a while:"
      + " after failed logins (PerSourcePenalties of OpenSSH 9.8 and later, fail2ban), or as too many log in at once (MaxStartups); wait a"
      + " minute, then try it with ssh"),
  NOT_LET_IN("does not let .* in with", "put the public key into ~/.ssh/authorized_keys of that user there; correct user and key in the"
      + " hosts file; ssh -v with both says more"),
  OPEN_TO_OTHERS("can be written by others", "set work_folder to a folder that only this user writes; it is made if it is not there"),
  NO_LOCKS("No locks available|flock: .*(not implemented|not supported)", "set work_folder to a file system that has locks, such as the host's own disk"),
  NO_FLOCK("flock: (command )?not found", "install flock there (package util-linux)"),
  SHARED_FOLDER("has its work folder .* in common with", "both hosts see one file system there, such as a home on NFS: name a work_folder"
      + " of its own for each host of each pair, best on its own disk"),
  IN_USE("is in use by another run", "wait for the other run, or give this one a work_folder of its own"),
  CONTROLLER_STOOD("the controller stood still", "keep this machine from being suspended or paused while a run goes on, such as by"
      + " systemd-inhibit, and make the trial again"),
  SHARED_MEMORY_FULL("to /dev/shm/[^:]*: .*No space left|free in /dev/shm", "a guest whose memory is compared is a file there, and so is the stream"
      + " that measures a link: make /dev/shm larger (docker run --shm-size 8g, or mount -o remount,size=8g /dev/shm as root)"),
  DISK_FULL("No space left on device|Disk quota exceeded", "make room on the file system that is named, here or there"
      + " (df -h says how full each is), and give the command again, a run with --resume"),
  READ_ONLY("Read-only file system", "name a folder on a file system that can be written: work_folder of that host, or --output here"),
  NOT_EXECUTABLE("Permission denied[^:]*qemu-system|qemu-system[^: ]*: Permission denied|cannot execute",
      "set work_folder to a file system that may execute (not noexec)"),
  NO_PROCESSES("(\\bv?fork\\b[^:/]*|thread_create|creating thread): ([Rr]esource temporarily unavailable|retry)|[Cc]annot fork",
      "this user may start no more processes or threads there: end some, or raise the limit (ulimit -u, or the pids.max of a"
      + " container or service)"),
  NO_SFTP("SFTP does not begin", "sshd there has to have a Subsystem sftp, and the start-up files of the user's login shell must print"
      + " nothing: sftp HOST shows the one, ssh HOST true the other"),
  NO_FORWARDING("denies AllowStreamLocalForwarding", "let sshd there allow it for this user, for QEMU's sockets are reached this way"
      + " (AllowStreamLocalForwarding and AllowTcpForwarding yes, DisableForwarding no, neither restrict nor no-port-forwarding before the key"
      + " in authorized_keys)"),
  ACCOUNT("[Pp]assword change required|[Pp]assword has expired|account has expired", "log in there with ssh, as that user, and do what it"
      + " asks for; an account that has expired is for the administrator to renew"),
  NOT_ADMITTED("closed the connection when .* logged in", "sshd there, or PAM behind it, does not admit this user now: see what it said"
      + " and its log; on a cluster take a job on that node first (salloc)"),
  NO_SESSION("sshd opens no session", "let sshd there open sessions for this user (MaxSessions at least 1)"),
  SHELL("was not started|command not found", "the user's login shell has to be a POSIX one, and its start-up files must end without a"
      + " question: as root, chsh -s /bin/sh USER, or take another user"),
  WORK_FOLDER("cannot reserve|belongs to somebody else", "set work_folder to a folder that this user may make and write"),
  OUT_OF_MEMORY("was killed by signal 9|has no memory left|Cannot allocate memory|[Oo]ut of memory|failed to allocate \\d+ bytes", "the kernel kills what has no memory: dmesg on that"
      + " host says so, or the memory.max of a container or service; take smaller guests, or raise the limit"),
  AFFINITY("'s affinity", "the hosts file names cpus or a numa_node that a session there may not use, as in a job or a container: name"
      + " others; mplm doctor tells which may be used"),
  TOLD_TO_END("QEMU was told to end", "something on that host ends programs, such as earlyoom for want of memory, a batch system or an"
      + " administrator: the message or that host's log names it"),
  CRASHED("was killed by signal (4|5|6|7|8|11)\\b", "the hypervisor crashed: keep the run's folder, its last words are in"
      + " qemu-output.log there"),
  STOPPED("was stopped \\(SIGSTOP\\)", "something on that host stops processes, such as a debugger or a batch system: let it spare"
      + " the hypervisor"),
  NO_USERFAULTFD("Userfaultfd not available", "as root there, sysctl vm.unprivileged_userfaultfd=1, or give the user /dev/userfaultfd"
      + " (setfacl -m u:USER:rw /dev/userfaultfd)"),
  NOT_TAKEN("refused migrate-set-(capabilities|parameters)", "this QEMU, or this host,"
      + " lacks what the method takes: leave the method out with --methods, or see docs/methods.md for what it needs"),
  NO_PROGRESS("migration link: no progress|post-copy broke", "look at the link: mplm doctor says whether it carries large packets; if it is slow and"
      + " shared, give it less to do"),
  SUITE_TIME("the suite says how long is waited", "raise the time that is named in the suite, or take a smaller class"),
  SLOW("MPLM_PATIENCE", "if the host is only slow, set MPLM_PATIENCE=2"),
  WRONG_MEMORY("memory differs in|the program's verification", "keep the run's folder, it names block and page: if the method under"
      + " test is not at fault, the host's memory is (memtest)"),
  RECORDS("its records make no sense", "something has changed the trial's folder: remove it, and mplm run --resume makes the trial again"),
  ABSENT("does not answer over SSH", "see whether that host is up and its cable is in; mplm run --resume goes on when it is back"),
  STREAM("Unable to (read from|write to) socket|Channel error", "the other side's hypervisor ended, or something on the way cut the"
      + " migration stream: qemu-output.log and qemu.log of both sides say more"),
  LOST("was lost|Broken transport|Connection reset", "see the host's log of sshd and its kernel's; is the connection steady?"),
  // last, since they tell how one side ended, and the other side may tell why
  GUEST_RESET("the guest reset itself", "its kernel panicked, or a vCPU did: the last lines of that side's serial.log say which; keep the run's"
      + " folder, and compare memory with --verify-memory"),
  QEMU_ENDED("QEMU ended with status", "QEMU says why in qemu-output.log of that side: keep the run's folder"),
  GUEST_FAILED("the guest failed:", "the guest says what it lacks: see class, memory and iterations in the suite");

  private final Pattern told;
  private final String remedy;

  Cause(String told, String remedy) {
    this.told = Pattern.compile(told, Pattern.DOTALL);
    this.remedy = remedy;
  }

  /** What helps against what the message tells; {@code otherwise} if that is of no cause that is known. */
  public static String remedy(String message, String otherwise) {
    return of(message).map(Cause::remedy).orElse(otherwise);
  }

  /** The cause that a message tells of; empty if none is known. */
  public static Optional<Cause> of(String message) {
    return Arrays.stream(values()).filter(cause -> cause.told.matcher(message).find()).findFirst();
  }

  /** Whether it is what a message tells of. */
  public boolean isToldBy(String message) {
    return of(message).filter(this::equals).isPresent();
  }

  /** What helps against it. */
  public String remedy() {
    return remedy;
  }
}
