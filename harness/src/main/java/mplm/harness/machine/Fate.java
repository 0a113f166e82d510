// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.qmp.QmpEvent;
import mplm.engine.unit.Durations;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.MemoryLimit;
import mplm.harness.host.NotRecorded;
import mplm.harness.host.RemoteProcess;

/** What became of a hypervisor that is no more: from its exit status, its last words, its events and its host's kernel. */
final class Fate {
  /** What comes after it follows from it. */
  private static final Pattern REASON = Pattern.compile("(error: |terminating on signal ).*");
  /** What QEMU and GLib say after time and program, and a shell that may not execute it; and what both and the C library say, without them, as they abort it. */
  private static final Pattern MESSAGE = Pattern.compile("(?:(?:\\S+Z )?\\S*qemu(?:-system-\\S+)?: |mplm: (?:line )?\\d+: (?=.*/store/)"
      + "|(?=taskset: |(?:[\\w-]+:)?ERROR:\\S+:\\d+:|\\*\\*\\* .* (?:detected \\*\\*\\*|\\*\\*\\*: terminated)"
      + "|\\w*(?:alloc|free|_chunk|consolidate)\\(\\): |double free or corruption|corrupted (?:size|double-linked)|The futex facility))(.*)");
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int SIGBUS = 7;
  private static final int SIGKILL = 9;
  /** Less free space of shared memory than this is what a guest's file ended for. */
  private static final long LITTLE = 16L << 20;

  /** What makes a host kill a process, as far as it tells the reason. */
  private static final Map<Integer, String> SIGNALS = Map.of(6, "6 (SIGABRT)",
      7, "7 (SIGBUS: the host has no memory left for the guest's)", 9, "9 (SIGKILL)", 11, "11 (SIGSEGV)", 15, "15 (SIGTERM)");

  private final Host host;
  private final Path log;
  private long killsBefore;
  private List<MemoryLimit> limitsBefore = List.of();

  /** @param log local file with all that the hypervisor wrote to its standard output and error */
  Fate(Host host, Path log) {
    this.host = host;
    this.log = log;
  }

  /** The hypervisor is started next. */
  void beforeStart() {
    killsBefore = memoryKills();
    limitsBefore = MemoryLimit.of(host);
  }

  /** What {@link Machine#fate} says. */
  Optional<String> of(RemoteProcess process, List<QmpEvent> events) {
    boolean lost = false;
    try {
      if (!process.await(LAST_WORDS)) {
        return Optional.empty();
      }
    } catch (NotRecorded e) {
      return Optional.of(e.getMessage());
    } catch (HostException e) {
      lost = true; // it ends amid the output
    }
    OptionalInt status = process.exitStatus();
    if (lost || status.isEmpty()) {
      String lostWhat = process.shellKilledBy().map(signal -> "session was lost, whose shell was killed by signal " + signal + ",")
          .orElse("connection was lost,");
      return Optional.of(host.name() + ": the SSH " + lostWhat + " and QEMU with it");
    }
    if (status.orElseThrow() == 0) {
      return events.stream().anyMatch(event -> isShutdown(event, "host-signal")) ? Optional.of(host.name() + ": QEMU was told to end" + lastWords())
          : events.stream().anyMatch(event -> isShutdown(event, "guest-reset"))
              ? Optional.of(host.name() + ": the guest reset itself, as after a panic of its kernel or a triple fault") : Optional.empty();
    }
    int signal = status.orElseThrow() - 128;
    return Optional.of(host.name() + ": QEMU " + (signal > 0
        ? "was killed by signal " + SIGNALS.getOrDefault(signal, Integer.toString(signal)) + (signal == SIGKILL ? killed(process) : signal == SIGBUS ? sharedMemory() : "")
        : "ended with status " + status.orElseThrow()) + lastWords());
  }

  /** Who killed it, in words, as far as that is known. The kernel tells of all that it killed on the host, so that comes last. */
  private String killed(RemoteProcess process) {
    Optional<String> limit = Optional.empty();
    boolean kills = false;
    try {
      kills = memoryKills() > killsBefore;
      limit = kills ? MemoryLimit.reached(limitsBefore, MemoryLimit.of(host)).map(MemoryLimit::file) : limit;
    } catch (HostException e) {
      // the signal remains
    }
    String killed = kills ? ", while the host was out of memory and its kernel killed for that" : "";
    return limit.map(file -> ", because all memory was taken that the limit in " + file + " allows").or(() -> process.killedUnheard()
        .map(length -> String.format(Locale.ROOT, ", because the controller stood still for %.1f s", Durations.seconds(length))))
        .orElse(killed);
  }

  /** Whether the file system of shared memory is full, in words: a container's is small, and the host's kernel has memory then. */
  private String sharedMemory() {
    try {
      String free = host.run(ANSWER, "df", "-B1", "--output=avail", "/dev/shm").stdout().lines().reduce("", (before, line) -> line).strip();
      return free.matches("\\d{1,18}") && Long.parseLong(free) < LITTLE ? ", and only " + (Long.parseLong(free) >> 20) + "MiB are free in /dev/shm" : "";
    } catch (HostException e) {
      return ""; // the signal remains
    }
  }

  /** How many processes the host's kernel has killed for want of memory (Linux 4.13 and later count them); 0 if it does not tell. */
  private long memoryKills() {
    String count = host.run(ANSWER, "sed", "-n", "s/^oom_kill //p", "/proc/vmstat").stdout().strip();
    return count.matches("\\d{1,18}") ? Long.parseLong(count) : 0;
  }

  /** A guest of the kit powers off when it is done; no way but a fault leads it to a reset, and nobody of the kit sends a signal but KILL. */
  private static boolean isShutdown(QmpEvent event, String reason) {
    return event.name().equals("SHUTDOWN") && event.data().path("reason").asText().equals(reason);
  }

  private String lastWords() {
    try {
      return lastWords(new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList()).map(words -> ": " + words).orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What QEMU calls an error, or the signal that it was told to end by, else its last message; nothing if it said nothing. What a shell says of its end is not QEMU's. */
  static Optional<String> lastWords(List<String> lines) {
    return lines.stream().map(REASON::matcher).filter(Matcher::find).map(Matcher::group).findFirst()
        .or(() -> lines.stream().map(MESSAGE::matcher).filter(Matcher::matches).map(line -> line.group(1))
            .reduce((before, after) -> after));
  }
}
