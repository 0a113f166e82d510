// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import mplm.engine.guest.Accelerator;
import mplm.engine.unit.DataSize;

/**
 * What a recorded dirty trace is of, and what the recording cost: the file {@code NAME.json} beside {@code NAME.trace.gz}.
 *
 * @param command by which it was recorded
 * @param recorded when, ISO 8601, UTC
 * @param benchmark the guest's program
 * @param problemClass its size
 * @param vcpus of the guest
 * @param memory of the guest
 * @param kernelArguments of the guest, but for its address; with vCPUs and memory they say which guest it is
 * @param accelerator of the hypervisor
 * @param testbed kind of testbed, or {@code none} for real hosts
 * @param interval from one fetch of the dirty log to the next, as asked for
 * @param length of all intervals together
 * @param engine what the hypervisor was built from
 * @param guest what the guest's image was built from
 * @param host what may explain a difference from another machine
 * @param figures what the recorder said of itself, microseconds and pages
 * @param iterationsWithout iterations of the program that were seen while it was not recorded
 * @param iterationsRecorded and while it was
 * @param slowdown how much longer the median iteration was while it was recorded, as a share; null if too few were seen
 */
public record TraceStamp(
    @JsonProperty(required = true) String command,
    @JsonProperty(required = true) String recorded,
    @JsonProperty(required = true) String benchmark,
    @JsonProperty(value = "class", required = true) String problemClass,
    @JsonProperty(required = true) int vcpus,
    @JsonProperty(required = true) DataSize memory,
    @JsonProperty(required = true) String kernelArguments,
    @JsonProperty(required = true) Accelerator accelerator,
    @JsonProperty(required = true) String testbed,
    @JsonProperty(required = true) Duration interval,
    @JsonProperty(required = true) Duration length,
    @JsonProperty(required = true) Map<String, String> engine,
    @JsonProperty(required = true) Map<String, String> guest,
    @JsonProperty(required = true) Map<String, String> host,
    @JsonProperty(required = true) Map<String, Long> figures,
    @JsonProperty(required = true) int iterationsWithout,
    @JsonProperty(required = true) int iterationsRecorded,
    Double slowdown) {
  /** How the file of a trace ends that has a stamp beside it. */
  public static final String TRACE = ".trace.gz";

  /** Writes it, whole or not at all. */
  public void write(Path file) throws IOException {
    RecordFile.write(file, this);
  }

  /** Reads that of a trace; {@link mplm.harness.input.BadInput} if it has none. */
  public static TraceStamp of(Path trace) {
    return RecordFile.read(file(trace), TraceStamp.class);
  }

  /** Where that of a trace is. */
  public static Path file(Path trace) {
    return trace.resolveSibling(trace.getFileName().toString().replaceFirst("(\\.trace)?\\.gz$|$", ".json"));
  }

  /** Whether it is of that guest; {@code arguments} are its kernel's. */
  public boolean isOf(int otherVcpus, DataSize otherMemory, String arguments) {
    return vcpus == otherVcpus && memory.equals(otherMemory) && kernelArguments.equals(withoutAddress(arguments));
  }

  /** A guest's address, which is its host's matter, is none of its kernel's arguments here. */
  public static String withoutAddress(String arguments) {
    return arguments.replaceFirst(" mplm\\.address=\\S+", "");
  }
}
