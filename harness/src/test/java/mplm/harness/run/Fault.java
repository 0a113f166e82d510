// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mplm.harness.result.Outcome;

/**
 * One fault at one moment of a trial, and what has to come of it.
 *
 * @param what happens
 * @param where {@code source}, {@code destination} or {@code link}
 * @param when of the trial
 * @param outcome of the trial
 * @param reason pattern of its row; null if it has none
 */
record Fault(What what, String where, When when, Outcome outcome, String reason) {
  /** The kinds. */
  enum What {
    SSH_LOST, SHELL_KILLED, KILLED, TERMINATED, STOPPED, CUT, CUT_AND_RESTORED, DISK_FULL, MEMORY_FULL, STORE_DAMAGED, AWAY_AND_BACK,
    POWER_CUT, PANIC, REBOOT, CONTROL_LINK_DOWN, MIGRATION_LINK_DOWN, OUT_OF_MEMORY, CLOCK_STEPPED, NOTHING;

    /** Whether the machine is gone with all that ran on it. */
    boolean endsTheMachine() {
      return this == POWER_CUT || this == PANIC || this == REBOOT;
    }

    /** Whether it takes rights on the hosts that only root has, or a link that is the kernel's. */
    boolean needsNamespaces() {
      return this == CUT || this == CUT_AND_RESTORED || this == DISK_FULL || this == MEMORY_FULL;
    }
  }

  /** The moments. */
  enum When {
    /** After the trial before. */
    BETWEEN,
    /** The guest boots. */
    BOOT,
    /** The guest runs while its memory is sent. */
    LIVE,
    /** The guest is stopped and the rest of its memory is sent. */
    FINAL,
    /** The guest runs at the destination, and more than half of its memory is there. */
    POSTCOPY
  }

  /** All that make sense: a destination's hypervisor and the link have no part in a boot, a stopped guest needs no new memory. */
  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    for (When when : new When[] {When.BOOT, When.LIVE, When.FINAL}) {
      for (String side : when == When.BOOT ? List.of("source") : List.of("source", "destination")) {
        all.add(failing(What.SSH_LOST, side, when, side + ": the SSH connection was lost, and QEMU with it.*"));
        all.add(failing(What.KILLED, side, when, side + ": QEMU was killed by signal 9 \\(SIGKILL\\).*"));
        all.add(failing(What.STOPPED, side, when, side + ": QEMU was stopped \\(SIGSTOP\\) and did not go on for 4 s"));
      }
    }
    for (String side : List.of("source", "destination")) {
      all.add(failing(What.TERMINATED, side, When.LIVE, ".*" + side + ": QEMU was told to end: terminating on signal 15 from pid .*"));
      all.add(failing(What.SHELL_KILLED, side, When.LIVE,
          side + ": the SSH session was lost, whose shell was killed by signal KILL, and QEMU with it.*"));
    }
    all.add(failing(What.CUT, "link", When.BOOT, "source: .*(No route to host|unreachable).*"));
    all.add(failing(What.CUT, "link", When.LIVE, "migration link: no progress, nothing more got through .*"));
    all.add(failing(What.CUT, "link", When.FINAL, "migration link: no progress, source could send nothing .*"));
    all.add(new Fault(What.CUT_AND_RESTORED, "link", When.LIVE, Outcome.COMPLETED, null));
    all.add(new Fault(What.CUT_AND_RESTORED, "link", When.FINAL, Outcome.COMPLETED, null));
    all.add(failing(What.DISK_FULL, "source", When.BOOT, "source: no room for logs in .*: No space left on device"));
    all.add(failing(What.DISK_FULL, "destination", When.LIVE, ".*destination: no room for logs in .*: No space left on device"));
    String noMemory = ": QEMU was killed by signal 7 \\(SIGBUS: the host has no memory left for the guest's\\), and only \\d+MiB are free in /dev/shm.*";
    all.add(failing(What.MEMORY_FULL, "source", When.BOOT, "source" + noMemory));
    all.add(failing(What.MEMORY_FULL, "destination", When.LIVE, "destination" + noMemory));
    all.addAll(ofPostcopy());
    all.add(new Fault(What.STORE_DAMAGED, "destination", When.BETWEEN, Outcome.COMPLETED, null));
    all.add(new Fault(What.AWAY_AND_BACK, "source", When.BETWEEN, Outcome.COMPLETED, null));
    return all;
  }

  /** The faults of post-copy, in which the guest is on both hosts. */
  private static List<Fault> ofPostcopy() {
    String killed = ": QEMU was killed by signal 9 \\(SIGKILL\\).*";
    return List.of(losing(What.KILLED, "source", "source" + killed), losing(What.KILLED, "destination", "destination" + killed),
        losing(What.CUT, "link", "post-copy broke and could not go on: .*"),
        new Fault(What.CUT_AND_RESTORED, "link", When.POSTCOPY, Outcome.COMPLETED, null));
  }

  /**
   * Those of machines with power, a kernel and cables of their own, and at the end a trial without one, for the run goes on. The
   * kernel finds no hypervisor to kill at a destination where none is yet.
   */
  static List<Fault> ofMachines() {
    List<Fault> all = new ArrayList<>();
    for (When when : new When[] {When.LIVE, When.BOOT, When.FINAL}) {
      for (String side : List.of("source", "destination")) {
        for (What what : new What[] {What.POWER_CUT, What.PANIC, What.REBOOT, What.CONTROL_LINK_DOWN}) {
          all.add(failing(what, side, when, ".*" + side + ": .*"));
        }
        all.add(failing(What.MIGRATION_LINK_DOWN, side, when, "migration link: no progress.*|.*(No route to host|unreachable).*"));
        String noRoom = when == When.BOOT ? ".*mktemp: .*/trial-.*" : "no room for logs in .*";
        all.add(failing(What.DISK_FULL, side, when, ".*" + side + ": " + noRoom + ": No space left on device.*"));
        if (when != When.BOOT || side.equals("source")) {
          all.add(failing(What.OUT_OF_MEMORY, side, when, side + ": QEMU was killed by signal 9 \\(SIGKILL\\), while the host's kernel was out of memory .*"));
        }
        all.add(new Fault(What.CLOCK_STEPPED, side, when, Outcome.COMPLETED, null));
      }
    }
    all.add(new Fault(What.NOTHING, "both", When.BETWEEN, Outcome.COMPLETED, null));
    return all;
  }

  /** Neither side can go on, whatever broke. */
  private static Fault losing(What what, String where, String reason) {
    return new Fault(what, where, When.POSTCOPY, Outcome.LOST, reason);
  }

  private static Fault failing(What what, String where, When when, String reason) {
    return new Fault(what, where, when, Outcome.FAILED, reason);
  }

  /** Whether only a testbed of root has what it takes: post-copy takes userfaultfd. */
  boolean needsNamespaces() {
    return what.needsNamespaces() || when == When.POSTCOPY;
  }

  /** Such as {@code killed-source.live}; the name of its experiment. */
  String name() {
    return (what + "-" + where + "." + when).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the guest gets to the destination: what is wrong then is not the migration. */
  boolean letsTheGuestThrough() {
    return outcome == Outcome.COMPLETED || what == What.DISK_FULL && when != When.BOOT;
  }

  /**
   * Whether the guest may be heard at the destination of a trial that failed: while the controller waits for a host that it cannot hear,
   * the stream goes on.
   */
  boolean mayLetTheGuestThrough() {
    return what == What.CONTROL_LINK_DOWN && when != When.BOOT;
  }

  /** Whether it may do nothing: a destination that is rebooted while the guest boots at the source may be back before it is needed. */
  boolean mayPass() {
    return what == What.REBOOT && when == When.BOOT && where.equals("destination");
  }

  /** A final stage that begins at once and takes long, or a live stage that takes long. */
  String method() {
    return when == When.FINAL ? "precopy:100s" : when == When.POSTCOPY ? "postcopy:after=0pass" : "mplm";
  }

  String link() {
    return letsTheGuestThrough() && when != When.POSTCOPY ? "100Mbit/s" : "40Mbit/s";
  }

  @Override
  public String toString() {
    return name();
  }
}
