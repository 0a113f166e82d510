// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.unit.Patience;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.result.Outcome;
import mplm.harness.support.SmallDisk;

/**
 * Makes faults from outside of the product, over SSH connections of its own, at moments that the run's own output and the
 * hypervisors' traces tell; after each trial it undoes its fault and looks what is left on the hosts. It is where the run's output
 * goes.
 */
final class FaultInjector extends PrintStream {
  private static final Pattern LINE = Pattern.compile("\\[(\\d+)/\\d+\\] .*? #1: (.*)");
  private static final Duration BROKEN = Patience.of(Duration.ofSeconds(13));
  private static final Duration MOMENT = Patience.of(Duration.ofMinutes(1));
  private static final Duration SOON = Patience.of(Duration.ofSeconds(20));

  /** $1 work folder, $2 signal: to the hypervisor of a trial there. */
  private static final String SIGNAL =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) kill -"$2" "${process#/proc/}" ;; esac
      done
      """;

  /** $1 work folder: the shell that holds the hypervisor of a trial there. */
  private static final String KILL_SHELL =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) kill -KILL "$(sed 's/.*) . \\([0-9]*\\) .*/\\1/' "$process/stat")" ;; esac
      done
      """;

  /**
   * Sets $master, the sshd of this host (not that of the machine which a testbed is on), and $sessions, those of all sessions but
   * the one that this runs in.
   */
  private static final String SESSIONS =
      """
      parent() { sed 's/.*) . \\([0-9]*\\) .*/\\1/' "/proc/$1/stat" 2>/dev/null; }
      mine=' ' master= process=$$
      while [ "${process:-1}" -gt 1 ]; do
        case $(cat "/proc/$process/comm") in
          sshd*) mine="$mine$process " master=$process ;;
          *) if [ "$master" ]; then break; fi ;;
        esac
        process=$(parent "$process")
      done
      sessions=
      # OpenSSH 10 has two processes for root's connections, too, and the one that holds it outlives the other
      for level in 1 2; do
        for process in /proc/[0-9]*; do
          # no program for each: on a busy machine that takes longer than what is left of a stage
          { read -r line <"$process/stat"; } 2>/dev/null || continue
          process=${process#/proc/}
          case "$mine$sessions " in *" $process "*) continue ;; esac
          case $line in *'(sshd'*) line=${line##*) ? } ;; *) continue ;; esac
          case " $master$sessions " in *" ${line%% *} "*) sessions="$sessions $process" ;; esac
        done
      done
      """;

  /** $1 work folder: until the guest is at the destination, and 45 of the some 77 MB of its memory have left. */
  private static final String SECOND_HALF =
      """
      sent() { awk '$1 == "mig:" { print $10 }' /proc/net/dev; }
      until grep -qs src-downtime-end "$1"/trial-*/qemu.log; do sleep 0.05; done
      begin=$(sent)
      until [ $(($(sent) - begin)) -ge 45000000 ]; do sleep 0.05; done
      """;

  /** $1 seconds: nobody gets in meanwhile, and nobody stays. */
  private static final String AWAY = SESSIONS + "kill -STOP $master; kill -KILL $sessions; sleep \"$1\"; kill -CONT $master";

  /** $1 work folder: the engine's binary with a byte more; a file that runs cannot be written to. */
  private static final String DAMAGE =
      "cd \"$1/store\" && for file in *-qemu-system-x86_64; do\n"
          + "cp -p \"$file\" other && printf x >>other && mv other \"$file\"; done";

  /** $1 work folder, $2 memory file: what a trial must not leave. */
  private static final String LEFT =
      """
      for file in "$1"/trial-* "$2"; do if [ -e "$file" ]; then echo "$file"; fi; done
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) echo "process ${process#/proc/}" ;; esac
      done
      """;

  /** $1 work folder: the hypervisor of a trial there is what the kernel takes when it has no memory left. */
  private static final String OUT_OF_MEMORY =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) echo 1000 >"$process/oom_score_adj" ;; esac
      done
      echo f >/proc/sysrq-trigger
      """;

  /** $1 for the kernel's SysRq, when this command has ended: the machine ends with it. */
  private static final String SYSRQ =
      "setsid sh -c 'sleep 0.3; echo \"$1\" >/proc/sysrq-trigger' sysrq \"$1\" </dev/null >/dev/null 2>&1 &";

  /** $1 folder of a trial: what is still there of it, the hypervisor among it. */
  private static final String LEFT_OF_TRIAL =
      """
      if [ -e "$1" ]; then echo "$1"; fi
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in
          */store/*) if tr '\\0' ' ' <"$process/cmdline" | grep -q "$1/"; then echo "process ${process#/proc/}"; fi ;;
        esac
      done
      """;

  private final Hosts hosts;
  private final List<Fault> faults;
  private final Path run;
  private final Map<String, Host> own = new LinkedHashMap<>();
  private final Map<String, List<String>> left = new LinkedHashMap<>();
  private final List<String> said = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  /** The folders of trials whose machine was gone when they ended. They are looked for when the hosts are ready again. */
  private final List<String> folders = new ArrayList<>();
  private Thread acting;

  /**
   * For one run.
   *
   * @param faults one per trial, in the order of the run
   * @param run the testbed's folder
   */
  FaultInjector(Hosts hosts, List<Fault> faults, Path run) {
    super(OutputStream.nullOutputStream());
    this.hosts = hosts;
    this.faults = faults;
    this.run = run;
    own.put("source", Host.connect(hosts.source()));
    own.put("destination", Host.connect(hosts.destination()));
  }

  /** What each trial left on the hosts, by its experiment. */
  Map<String, List<String>> left() {
    return left;
  }

  /** All lines of the run. */
  List<String> said() {
    return said;
  }

  /** Why a fault could not be made. */
  List<Throwable> broken() {
    return broken;
  }

  @Override
  public void println(String line) {
    System.out.println(line);
    said.add(line);
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    int number = Integer.parseInt(matcher.group(1));
    Fault fault = faults.get(number - 1);
    String stage = matcher.group(2);
    if (stage.equals("booting") && number > 1) {
      lookAgain(faults.get(number - 2));
    }
    if (stage.equals("booting") && fault.when() == Fault.When.BOOT || stage.equals("migrating") && isOnTheWay(fault)) {
      if (fault.what() == Fault.What.MEMORY_FULL || fault.what() == Fault.What.CUT && fault.when() == Fault.When.BOOT
          || fault.what() == Fault.What.DISK_FULL && fault.when() == Fault.When.BOOT) {
        act(fault); // before the guest takes any
      } else {
        acting = new Thread(() -> {
          await(fault.when());
          act(fault);
        }, fault.name());
        acting.setUncaughtExceptionHandler((thread, e) -> broken.add(new AssertionError(thread.getName(), e)));
        acting.start();
      }
    }
    if (Arrays.stream(Outcome.values()).anyMatch(outcome -> stage.startsWith(outcome.toString()))) {
      end(fault);
      if (number < faults.size() && faults.get(number).when() == Fault.When.BETWEEN) {
        act(faults.get(number));
      }
    }
  }

  private static boolean isOnTheWay(Fault fault) {
    return fault.when() == Fault.When.LIVE || fault.when() == Fault.When.FINAL || fault.when() == Fault.When.POSTCOPY;
  }

  private void await(Fault.When when) {
    String sign = switch (when) {
      case BOOT -> "until [ -S \"$(echo \"$1\"/trial-*/qmp.sock)\" ]; do sleep 0.05; done; sleep 1.5";
      case LIVE -> "until grep -qsE 'migration_bitmap_sync_end|mplm_start' \"$1\"/trial-*/qemu.log; do sleep 0.05; done; sleep 1";
      case FINAL -> "until grep -qs src-vm-stopped \"$1\"/trial-*/qemu.log; do sleep 0.05; done";
      case POSTCOPY -> SECOND_HALF;
      case BETWEEN -> ":";
    };
    own.get("source").check(MOMENT, "sh", "-c", sign, "injector", hosts.source().workFolder());
  }

  private void act(Fault fault) {
    switch (fault.what()) {
      case SSH_LOST -> on(fault, SESSIONS + "kill -KILL $sessions");
      case SHELL_KILLED -> on(fault, KILL_SHELL, work(fault));
      case KILLED -> on(fault, SIGNAL, work(fault), "KILL");
      case TERMINATED -> on(fault, SIGNAL, work(fault), "TERM");
      case STOPPED -> on(fault, SIGNAL, work(fault), "STOP");
      case CUT -> link("down");
      case CUT_AND_RESTORED -> {
        link("down");
        // in post-copy until its stream is made anew, which is when nothing got through for 10 s
        pause(fault.when() == Fault.When.POSTCOPY ? 1000 * BROKEN.toSeconds() : 2000);
        link("up");
      }
      case DISK_FULL -> on(fault, SmallDisk.FILL, work(fault));
      case MEMORY_FULL -> on(fault, "mount -o remount,size=8M /dev/shm");
      case STORE_DAMAGED -> on(fault, DAMAGE, work(fault));
      case AWAY_AND_BACK -> leave(fault.where(), Duration.ofSeconds(5));
      case POWER_CUT -> {
        rememberFolders();
        machine(fault).cutPower();
      }
      case PANIC -> {
        rememberFolders();
        on(fault, SYSRQ, "c");
      }
      case REBOOT -> {
        rememberFolders();
        on(fault, SYSRQ, "b");
      }
      case CONTROL_LINK_DOWN -> {
        rememberFolders();
        machine(fault).connected("control", false);
      }
      case MIGRATION_LINK_DOWN -> machine(fault).connected("migration", false);
      case OUT_OF_MEMORY -> on(fault, OUT_OF_MEMORY, work(fault));
      case CLOCK_STEPPED -> on(fault, "date -s '+1 hour'");
      case NOTHING -> { }
    }
  }

  /** Nobody can connect to that host for so long, and no connection stays but this one. Returns when it is gone. */
  void leave(String side, Duration time) {
    String seconds = Long.toString(time.toSeconds());
    Thread away = new Thread(() -> own.get(side).check(time.plus(SOON), "sh", "-c", AWAY, "injector", seconds), "away");
    away.setUncaughtExceptionHandler((thread, e) -> broken.add(e));
    away.start();
    pause(1000); // it has no connection to tell by; to be too early would find the host there, which the tests see
  }

  private void end(Fault fault) {
    try {
      if (acting != null) {
        acting.join(MOMENT.toMillis());
        acting = null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    switch (fault.what()) {
      case CUT -> link("up");
      case DISK_FULL -> on(fault, "rm -f \"$1/filler\"", work(fault));
      case MEMORY_FULL -> on(fault, "mount -o remount,size=50% /dev/shm");
      case POWER_CUT -> machine(fault).powerUp();
      case PANIC -> machine(fault).reset();
      case CONTROL_LINK_DOWN -> machine(fault).connected("control", true);
      case MIGRATION_LINK_DOWN -> machine(fault).connected("migration", true);
      case CLOCK_STEPPED -> on(fault, "date -s '-1 hour'");
      default -> { }
    }
    if (!folders.isEmpty()) {
      return; // a machine is not there to be looked at
    }
    List<String> found = new ArrayList<>();
    own.forEach((side, host) -> {
      String work = host.config().workFolder();
      host.check(SOON, "sh", "-c", LEFT, "injector", work, host.config().memoryFile()).lines()
          .forEach(line -> found.add(side + ": " + line));
    });
    left.put(fault.name(), found);
  }

  /** Before a machine is lost: what a trial has on both. */
  private void rememberFolders() {
    own.forEach((side, host) -> host.check(SOON, "sh", "-c", "ls -d \"$1\"/trial-* 2>/dev/null || :", "injector", host.config().workFolder()).lines()
        .forEach(folders::add));
  }

  /** When the run has its hosts again. */
  private void lookAgain(Fault before) {
    if (folders.isEmpty()) {
      return;
    }
    List<String> found = new ArrayList<>();
    for (String side : List.of("source", "destination")) {
      own.get(side).close();
      own.put(side, Host.connect(side.equals("source") ? hosts.source() : hosts.destination()));
      for (String folder : folders) {
        own.get(side).check(SOON, "sh", "-c", LEFT_OF_TRIAL, "injector", folder).lines()
            .forEach(line -> found.add(side + ": " + line));
      }
    }
    folders.clear();
    left.put(before.name(), found);
  }

  private EmulatedMachine machine(Fault fault) {
    return new EmulatedMachine(run, fault.where());
  }

  private String work(Fault fault) {
    HostConfig config = fault.where().equals("source") ? hosts.source() : hosts.destination();
    return config.workFolder();
  }

  private void on(Fault fault, String script, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "injector"));
    argv.addAll(List.of(arguments));
    own.get(fault.where()).check(SOON, argv.toArray(String[]::new));
  }

  private void link(String state) {
    try {
      Process process = new ProcessBuilder("nsenter", "--net=" + hosts.link().namespaces().resolve("destination"), "ip", "link",
          "set", "mig", state).inheritIO().start();
      if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("the link cannot be set " + state);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the link cannot be set " + state, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    own.values().forEach(Host::close);
  }
}
