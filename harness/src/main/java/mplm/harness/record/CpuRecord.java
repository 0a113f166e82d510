// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.unit.DataSize;

/**
 * The file {@code cpu.txt} of one side: lines {@code SECONDS TEXT}, seconds after the trial began, where the texts are those of
 * {@code /proc/PID/task/TID/stat} of all threads of the hypervisor and the line {@code VmHWM} of its {@code /proc/PID/status}, look
 * after look, each look ended by an empty text. As an output stream it takes what the host's sampling loop, {@link #SAMPLER}, prints, and tells meanwhile whether the hypervisor is at work.
 */
public final class CpuRecord extends OutputStream {
  /** $1 process id: a look a second, for as long as the process is there. */
  public static final String SAMPLER = """
      while cat /proc/"$1"/task/*/stat 2>/dev/null; do
        while read -r key value; do case $key in VmHWM:) echo "$key $value";; esac; done 2>/dev/null </proc/"$1"/status
        echo
        sleep 1
      done""";

  /** A thread of which nothing more than id, name, state and times is read; a name may hold spaces and brackets. */
  private static final Pattern STAT = Pattern.compile("(\\d+) \\((.*)\\) (\\S)(?: \\S+){10} (\\d+) (\\d+) .*");

  private static final Pattern PEAK = Pattern.compile("VmHWM: (\\d+) kB");

  /** Fixed in Linux's interface to user space on x86. */
  private static final long TICK_NS = 10_000_000;

  private final Writer writer;
  private final long begin;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private long ticks;
  private boolean allStopped = true;
  private long ticksBefore = -1;
  private long lastLook;
  private OptionalLong stoppedAt = OptionalLong.empty();
  private long usedAt;

  /**
   * One look at all threads of a hypervisor.
   *
   * @param time nanoseconds after the trial began
   * @param vcpus CPU time that its vCPU threads have used so far
   * @param others CPU time of all its other threads
   * @param peakMemory most of the host's memory that it has held so far; empty in records of before it was looked at
   */
  public record Look(long time, Duration vcpus, Duration others, Optional<DataSize> peakMemory) {}

  /** A new file; {@code begin} is when the trial began, {@link System#nanoTime}. */
  public CpuRecord(Path file, long begin) throws IOException {
    this.writer = new BufferedWriter(Files.newBufferedWriter(file));
    this.begin = begin;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    if (b != '\n') {
      line.write(b);
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8);
    long now = System.nanoTime();
    writer.write(Seconds.of(now - begin) + " " + text + "\n");
    line.reset();
    watch(text, now);
  }

  private void watch(String text, long now) {
    Matcher stat = STAT.matcher(text);
    if (stat.matches()) {
      ticks += ticks(stat);
      allStopped &= stat.group(3).equals("T");
    } else if (text.isEmpty()) {
      lastLook = now;
      stoppedAt = !allStopped ? OptionalLong.empty() : stoppedAt.isPresent() ? stoppedAt : OptionalLong.of(now);
      usedAt = ticks == ticksBefore ? usedAt : now;
      ticksBefore = ticks;
      ticks = 0;
      allStopped = true;
    }
  }

  /** For how long all looks have shown all threads stopped, by a signal or a debugger; zero if the last one did not. */
  public synchronized Duration stoppedFor() {
    return Duration.ofNanos(lastLook - stoppedAt.orElse(lastLook));
  }

  /** For how long all looks have shown the same CPU time: the hypervisor did nothing at all. */
  public synchronized Duration idleFor() {
    return Duration.ofNanos(lastLook - usedAt);
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }

  private static long ticks(Matcher stat) {
    return Long.parseLong(stat.group(4)) + Long.parseLong(stat.group(5));
  }

  private static Duration sum(Map<String, Long> nanoseconds) {
    return Duration.ofNanos(nanoseconds.values().stream().mapToLong(Long::longValue).sum());
  }

  /**
   * The looks in order; one that was cut off is left out. A thread that has ended, as the one that migrates does, counts with what
   * it had used at the last look that saw it. None if there is no such file.
   */
  public static List<Look> read(Path file) throws IOException {
    List<Look> looks = new ArrayList<>();
    if (Files.exists(file)) {
      Map<String, Long> vcpus = new HashMap<>();
      Map<String, Long> others = new HashMap<>();
      Optional<DataSize> peak = Optional.empty();
      for (String text : Files.readAllLines(file)) {
        int space = text.indexOf(' ');
        Matcher stat = STAT.matcher(text.substring(space + 1));
        Matcher memory = PEAK.matcher(text.substring(space + 1));
        if (memory.matches()) {
          peak = Optional.of(new DataSize(1024 * Long.parseLong(memory.group(1))));
        } else if (stat.matches()) {
          long used = ticks(stat) * TICK_NS;
          // QEMU names them CPU 0/KVM, CPU 1/TCG
          (stat.group(2).startsWith("CPU ") ? vcpus : others).put(stat.group(1), used);
        } else if (space == text.length() - 1) {
          looks.add(new Look(Seconds.nanos(new BigDecimal(text.substring(0, space))), sum(vcpus), sum(others), peak));
        }
      }
    }
    return looks;
  }
}
