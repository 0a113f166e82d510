// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.trace.HeldTrace;
import mplm.engine.trace.Trace;
import mplm.engine.trace.TraceFile;
import mplm.harness.input.BadInput;
import mplm.harness.record.TraceStamp;
import mplm.harness.suite.Experiment;

/** Recorded traces, to be found by their guest. */
public final class TraceLibrary {
  /** A trace and what it is of. */
  private record Entry(Path file, TraceStamp stamp) {}

  private final List<Entry> entries = new ArrayList<>();

  /**
   * Holds trace files, and those in folders; {@link BadInput} if there is none, or one is not there or has no stamp.
   */
  public TraceLibrary(List<Path> places) throws IOException {
    for (Path place : places) {
      List<Path> files = List.of(place);
      if (Files.isDirectory(place)) {
        try (Stream<Path> inside = Files.list(place)) {
          files = inside.filter(file -> file.toString().endsWith(TraceStamp.TRACE)).sorted().toList();
        }
      }
      for (Path file : files) {
        if (!Files.exists(file)) {
          throw new BadInput(file + ": no such file");
        }
        if (!Files.exists(TraceStamp.file(file))) {
          throw new BadInput(file + ": there is no " + TraceStamp.file(file).getFileName() + " beside it, which says of what guest it is;"
              + " mplm record makes both");
        }
        entries.add(new Entry(file, TraceStamp.of(file)));
      }
    }
    if (entries.isEmpty()) {
      throw new BadInput(places.stream().map(Path::toString).collect(Collectors.joining(", ")) + ": no trace in it, mplm record makes them");
    }
  }

  /** All of them, those of a folder by name. */
  public List<Path> files() {
    return entries.stream().map(Entry::file).toList();
  }

  /** The trace of a guest. */
  public Optional<Path> of(Experiment experiment, String kernelArguments, Accelerator accelerator) {
    return entries.stream().filter(entry -> entry.stamp.accelerator() == accelerator
        && entry.stamp.isOf(experiment.vcpus(), experiment.memory(), kernelArguments)).map(Entry::file).findFirst();
  }

  /** What the traces are of, in one line. */
  public String contents() {
    return String.join("; ", entries.stream().map(entry -> entry.file.getFileName() + " (" + entry.stamp.benchmark() + "."
        + entry.stamp.problemClass() + ", " + entry.stamp.vcpus() + " vCPUs, " + entry.stamp.memory() + ", "
        + entry.stamp.kernelArguments() + ", " + entry.stamp.accelerator() + ")").toList());
  }

  /** Reads a trace; {@link BadInput} in one line if it is none. */
  public static TraceFile read(Path trace) {
    try {
      return new TraceFile(trace);
    } catch (NoSuchFileException e) {
      throw new BadInput(trace + ": no such file");
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage());
    } catch (IOException e) {
      throw new BadInput(trace + ": cannot be read: " + e.getMessage());
    }
  }

  /** Reads all of a trace; {@link BadInput} if it is too long for that, or damaged. */
  static HeldTrace hold(Trace trace) throws IOException {
    try {
      return HeldTrace.of(trace);
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage());
    }
  }
}
