// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.unit.DataSize;

/**
 * The file {@code cpu.txt} of one side: lines {@code SECONDS TEXT}, seconds after the trial began, where the texts are those of
 * {@code /proc/PID/stat} of the hypervisor, which counts ended threads too, of {@code /proc/PID/task/TID/stat} of all threads that it
 * has, and the line {@code VmHWM} of its {@code /proc/PID/status}, look after look, each look ended by an empty text. As an output
 * stream it takes what the host's sampling loop, {@link #SAMPLER}, prints, and tells meanwhile whether the hypervisor is at work.
 */
public final class CpuRecord extends OutputStream {
  /** $1 process id: a look per second, for as long as it is there. The sleep does not hold the output of a killed loop open. */
  public static final String SAMPLER = """
      while cat /proc/"$1"/stat 2>/dev/null; do
        cat /proc/"$1"/task/*/stat 2>/dev/null
        while read -r key value; do case $key in VmHWM:) echo "$key $value";; esac; done 2>/dev/null </proc/"$1"/status
        echo
        sleep 1 >/dev/null 2>&1
      done""";

  /** A process or thread of which nothing more than id, name, state and times is read; a name may hold spaces and brackets. */
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
   * @param whole whether that includes threads which have ended, as it does not in records of before the process was looked at
   * @param peakMemory most of the host's memory that it has held so far; empty in records of before it was looked at
   */
  public record Look(long time, Duration vcpus, Duration others, boolean whole, Optional<DataSize> peakMemory) {}

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

  /** The time for which all looks have shown all threads stopped, by a signal or a debugger; zero if the last one did not. */
  public synchronized Duration stoppedFor() {
    return Duration.ofNanos(lastLook - stoppedAt.orElse(lastLook));
  }

  /** The time for which all looks have shown the same CPU time: the hypervisor did nothing at all. */
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

  /** The looks in order; one that was cut off is left out. None if there is no such file. */
  public static List<Look> read(Path file) throws IOException {
    List<Look> looks = new ArrayList<>();
    List<Matcher> stats = new ArrayList<>();
    Optional<DataSize> peak = Optional.empty();
    for (Seconds.Line line : Seconds.lines(file)) {
      Matcher stat = STAT.matcher(line.text());
      Matcher memory = PEAK.matcher(line.text());
      if (memory.matches()) {
        peak = Optional.of(new DataSize(1024 * Long.parseLong(memory.group(1))));
      } else if (stat.matches()) {
        stats.add(stat);
      } else if (line.text().isEmpty()) {
        looks.add(look(line.time(), stats, peak));
        stats.clear();
      }
    }
    return looks;
  }

  private static Look look(long time, List<Matcher> stats, Optional<DataSize> peak) {
    // the first thread has the process's id
    boolean whole = stats.size() > 1 && stats.get(0).group(1).equals(stats.get(1).group(1));
    // QEMU names them CPU 0/KVM, CPU 1/TCG
    long vcpus = stats.stream().filter(stat -> stat.group(2).startsWith("CPU ")).mapToLong(CpuRecord::ticks).sum();
    long all = whole ? ticks(stats.get(0)) : stats.stream().mapToLong(CpuRecord::ticks).sum();
    // the process was looked at a moment before its threads
    return new Look(time, Duration.ofNanos(vcpus * TICK_NS), Duration.ofNanos(Math.max(0, all - vcpus) * TICK_NS), whole, peak);
  }
}
