// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mplm.engine.unit.Patience;

/** A host that is this process's alone until it is closed, the process ends, however it ends, or the host hears no more of it. */
public final class Reservation implements AutoCloseable {
  private static final int HELD = 75;

  /** $1 work folder. Ends at once if another run holds the lock, which is gone with this process. */
  private static final String RESERVE =
      """
      umask 077
      mkdir -p -- "$1" || exit 1
      if [ -n "$(find "$1/." -prune -perm /022)" ]; then
        echo "$1 can be written by others: name a folder of its own, such as $1/mplm" >&2; exit 1
      fi
      exec 9>>"$1/lock" || exit 1
      flock -n -E 75 9 || exit
      echo mplm-reserved
      exec sleep infinity
      """;

  /** The same of all that this machine sends: there is one lock per network namespace, and no file of it. */
  private static final String RESERVE_NETWORK =
      """
      exec 9</proc/self/ns/net || exit 1
      flock -w 5 -E 75 9 || exit # of one that was killed just now it is about to be free
      echo mplm-reserved
      exec sleep infinity
      """;

  /** $1 work folder, $2 memory file: lists what a run that was killed left, one per line. */
  private static final String LEFT =
      """
      for file in "$1"/trial-* "$2"; do
        if [ -e "$file/.mplm" ] || { [ "$file" = "$2" ] && [ -e "$file" ]; }; then printf '%s\\n' "$file" | tr '\\n' ' '; echo; fi
      done
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) echo "process ${process#/proc/}" ;; esac
      done
      """;

  /**
   * $1 work folder, $2 memory file, $3 {@link Host#REMOVE}. A hypervisor of the store is a run's, and that run is gone. An empty folder
   * is one that was killed before it had its mark, or after.
   */
  private static final String SWEEP =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$1"/store/*) kill -KILL "${process#/proc/}" ;; esac
      done
      for folder in "$1"/trial-*; do
        if [ -e "$folder/.mplm" ]; then sh -c "$3" mplm "$folder"; fi
      done
      for folder in "$1"/trial-??????; do
        if [ -d "$folder" ] && [ ! -L "$folder" ]; then rmdir -- "$folder" 2>/dev/null; fi
      done
      rm -f -- "$2"
      """;

  /**
   * $1 work folder: removes what the kit puts there, and folders if nothing else is in them. What the store has of the kit bears a
   * hash in its name.
   */
  private static final String CLEAR =
      """
      hex='[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
      hash=$hex$hex$hex$hex$hex$hex$hex$hex
      if [ -d "$1/store" ]; then
        find "$1/store" -mindepth 1 -maxdepth 1 \\( -name "$hash-*" -o -name ".$hash.*" \\) -exec rm -rf -- {} +
        rmdir -- "$1/store"
      fi
      if [ ! -s "$1/lock" ]; then rm -f -- "$1/lock" || exit; fi
      if [ -d "$1" ]; then rmdir -- "$1"; fi
      """;

  private final Host host;
  private final RemoteProcess lock;

  private Reservation(Host host, RemoteProcess lock) {
    this.host = host;
    this.lock = lock;
  }

  /**
   * Takes the host's work folder.
   *
   * @param log local file for what the host says meanwhile
   * @throws HostException another run has it, or it cannot be used
   */
  public static Reservation take(Host host, Path log) throws IOException {
    String work = host.config().workFolder();
    return new Reservation(host, hold(host, log, "reserve " + work, "is in use by another run (" + work + "/lock)", RESERVE, work));
  }

  /** Holds what {@code tc} limits on the host until it is closed: a limit of two runs would be that of the last one, and end with the first. */
  static RemoteProcess holdNetwork(Host host) {
    try {
      Path log = Files.createTempFile("mplm-reserve", ".log");
      try {
        return hold(host, log, "hold its network", "another run limits a link of this machine by tc: wait until it ends, or set link.shaping:"
            + " max-bandwidth", RESERVE_NETWORK);
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      throw new HostException(host.name(), "cannot hold its network", e);
    }
  }

  private static RemoteProcess hold(Host host, Path log, String what, String held, String script, String... more) throws IOException {
    RemoteProcess lock = host.start(log, Stream.concat(Stream.of("sh", "-c", script, "mplm"), Stream.of(more)).toArray(String[]::new));
    try {
      for (long end = System.nanoTime() + ANSWER.toNanos(); !Files.readString(log).contains("mplm-reserved"); pause(host)) {
        if (!lock.isAlive()) {
          lock.await(ANSWER);
          throw new HostException(host.name(), lock.exitStatus().orElse(0) == HELD ? held
              : "cannot " + what + ": " + Files.readString(log).strip());
        }
        if (System.nanoTime() - end > 0) {
          throw new HostException(host.name(), "cannot " + what + " " + Patience.within(ANSWER));
        }
      }
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Does what {@link #take(Host, Path)} does, with a log of no interest. */
  public static Reservation take(Host host) throws IOException {
    Path log = Files.createTempFile("mplm-reserve", ".log");
    try {
      return take(host, log);
    } finally {
      Files.delete(log);
    }
  }

  /** False once the connection that holds it is lost, or the host has heard nothing of this process for too long. */
  public boolean isHeld() {
    return lock.isAlive();
  }

  /** What runs that were killed left: folders, memory files, processes; the store of provided files is none of it. */
  public List<String> leftovers() {
    return host.run(ANSWER, "sh", "-c", LEFT, "mplm", host.config().workFolder(), host.config().memoryFile())
        .stdout().lines().map(String::strip).toList();
  }

  /** Removes {@link #leftovers}, and folders of trials that are empty: they are not told of, for nothing is in them. */
  public void sweep() {
    host.check(ANSWER, "sh", "-c", SWEEP, "mplm", host.config().workFolder(), host.config().memoryFile(), Host.REMOVE);
  }

  /** Removes all that the kit has put on the host, and the work folder if nothing else is in it. Says what stays, if anything. */
  public List<String> clear() {
    sweep();
    Output output = host.run(ANSWER, "sh", "-c", CLEAR, "mplm", host.config().workFolder());
    return output.exitStatus() == 0 ? new ArrayList<>() : output.stderr().strip().lines().toList();
  }

  private static void pause(Host host) {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException(host.name(), "interrupted while it was reserved");
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
