// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mplm.engine.guest.Hypervisor;
import mplm.engine.guest.SerialLine;
import mplm.engine.guest.SerialLog;
import mplm.engine.migration.StreamKey;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpEvent;
import mplm.engine.qmp.QmpException;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.Channel;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.NotRecorded;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.host.Output;
import mplm.harness.host.RemoteProcess;
import mplm.harness.record.CpuRecord;

/**
 * One QEMU on one host, with its QMP and its guest's serial port. Closing it kills it, brings its logs into the trial's folder and
 * removes all that it left on the host.
 */
public final class Machine implements AutoCloseable {
  private static final String ERROR = "error: ";
  /** Time, program and what it says. */
  private static final Pattern MESSAGE = Pattern.compile("\\S+Z \\S*qemu-system-\\S+: (.*)");
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  /** For a host that answers anything at all. */
  private static final Duration PRESENT = Patience.of(Duration.ofSeconds(15));
  private static final Duration LOOK = Duration.ofMillis(500);
  /** A hypervisor that is stopped for less is let alone. */
  private static final Duration STOPPED = Duration.ofSeconds(4);
  /** A mapping in /proc/PID/smaps: its permissions, its size, its resident part, of huge pages too, KiB. */
  private static final Pattern MAPPING = Pattern.compile(
      "^[0-9a-f]+-[0-9a-f]+ (\\S{4}) .*\\n(?:Size: +(\\d+) kB\\n)(?:.*\\n)*?Rss: +(\\d+) kB\\n"
          + "(?:.*\\n)*?Shared_Hugetlb: +(\\d+) kB\\nPrivate_Hugetlb: +(\\d+) kB$", Pattern.MULTILINE);

  private static final int SIGKILL = 9;

  /** What makes a host kill a process, as far as it tells the reason. */
  private static final Map<Integer, String> SIGNALS = Map.of(6, "6 (SIGABRT)",
      7, "7 (SIGBUS: the host has no memory left for the guest's)", 9, "9 (SIGKILL)", 11, "11 (SIGSEGV)", 15, "15 (SIGTERM)");

  /** $1 folder: whether so much as a trial's logs can be written there. */
  private static final String ROOM =
      "head -c 1048576 /dev/zero >\"$1/room\"; status=$?; rm -f -- \"$1/room\"; exit $status";

  /**
   * Where what a machine says goes.
   *
   * @param logs local folder, which must exist
   * @param qmp takes all QMP messages
   * @param serial takes all lines of the guest's serial port
   * @param cpu takes looks at the hypervisor's CPU time, which are made only if it is there
   */
  public record Records(Path logs, Consumer<QmpMessage> qmp, Consumer<SerialLine> serial, Optional<CpuRecord> cpu) {
    /** The hypervisor's own logs alone. */
    public static Records logs(Path logs) {
      return new Records(logs, message -> {}, line -> {}, Optional.empty());
    }
  }

  private final Host host;
  private final Records records;
  private final String workFolder;
  private final Placement placement;
  private final Hypervisor hypervisor;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private long killsBefore;
  private RemoteProcess process;
  private QmpClient qmp;
  private Channel serialChannel;
  private SerialLog serial;

  private Machine(Host host, Function<String, Hypervisor> hypervisor, Records records) {
    this.host = host;
    this.records = records;
    this.workFolder = host.newFolder("trial");
    this.placement = new Placement(host);
    this.hypervisor = placement.of(hypervisor.apply(workFolder));
  }

  /**
   * Starts it and connects.
   *
   * @param hypervisor the command line for a work folder on the host
   * @param records where what it says goes
   * @param before the guest's port at the host from which it comes
   */
  public static Machine start(Host host, Function<String, Hypervisor> hypervisor, Records records, Optional<SerialLog> before)
      throws IOException, InterruptedException {
    Machine machine = new Machine(host, hypervisor, records);
    try {
      machine.start(before);
      return machine;
    } catch (IOException | InterruptedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private void start(Optional<SerialLog> before) throws IOException, InterruptedException {
    checkRoom("");
    killsBefore = memoryKills();
    process = host.start(log(), placement.commandLine(hypervisor.argv()).toArray(String[]::new));
    opened.push(process);
    records.cpu().ifPresent(
        out -> opened.push(host.start(out, "sh", "-c", CpuRecord.SAMPLER, "mplm", Integer.toString(process.pid()))));
    try {
      Channel qmpChannel = open(hypervisor.qmpSocket());
      qmp = QmpClient.open(host.name(), qmpChannel.in(), qmpChannel.out(), records.qmp(), ANSWER);
      opened.push(qmp);
      opened.push(qmpChannel);
      placement.pin(qmp);
    } catch (HostException | QmpException e) {
      if (isStopped()) {
        throw new IOException(stopped(), e);
      }
      throw new IOException(fate().orElse(e.getMessage()), e);
    }
    serialChannel = open(hypervisor.serialSocket());
    serial = before.map(source -> SerialLog.openAfter(source, host.name(), serialChannel.in(), records.serial()))
        .orElseGet(() -> SerialLog.open(host.name(), serialChannel.in(), records.serial()));
    opened.push(serial);
    opened.push(serialChannel);
  }

  private Path log() {
    return records.logs().resolve("qemu-output.log");
  }

  /** A full file system does not hurt QEMU, which writes its logs and traces there and does not tell that it cannot. */
  private void checkRoom(String consequence) {
    Output room = host.run(ANSWER, "sh", "-c", ROOM, "mplm", workFolder);
    if (room.exitStatus() != 0) {
      throw new HostException(host.name(), "no room for logs in " + workFolder + consequence + ": " + room.stderr().strip());
    }
  }

  /**
   * What became of the hypervisor, or of a guest whose reset ended it, if it is no more and did not just end with its guest; it has a
   * moment to end.
   */
  public Optional<String> fate() {
    boolean lost = false;
    try {
      if (process == null || !process.await(LAST_WORDS)) {
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
      return qmp == null || qmp.events().stream().noneMatch(Machine::isReset) ? Optional.empty()
          : Optional.of(host.name() + ": the guest reset itself, as after a panic of its kernel or a triple fault");
    }
    int signal = status.orElseThrow() - 128;
    return Optional.of(host.name() + ": QEMU " + (signal > 0
        ? "was killed by signal " + SIGNALS.getOrDefault(signal, Integer.toString(signal)) + (signal == SIGKILL ? outOfMemory() : "")
        : "ended with status " + status.orElseThrow()) + lastWords());
  }

  /** Whether the host's kernel killed a process for want of memory since the hypervisor was started, in words. */
  private String outOfMemory() {
    try {
      return memoryKills() > killsBefore ? ", while the host's kernel was out of memory and killed for that" : "";
    } catch (HostException e) {
      return ""; // the signal remains
    }
  }

  /** How many processes the host's kernel has killed for want of memory (Linux 4.13 and later count them); 0 if it does not tell. */
  private long memoryKills() {
    String count = host.run(ANSWER, "sed", "-n", "s/^oom_kill //p", "/proc/vmstat").stdout().strip();
    return count.matches("\\d{1,18}") ? Long.parseLong(count) : 0;
  }

  /** A guest of the kit powers off when it is done; no way but a fault leads it to a reset. */
  private static boolean isReset(QmpEvent event) {
    return event.name().equals("SHUTDOWN") && event.data().path("reason").asText().equals("guest-reset");
  }

  /**
   * Whether its host is gone, if nothing is known of the hypervisor's end: a machine that lost its power, its kernel or its cable says
   * nothing of that.
   */
  public Optional<String> absence() {
    try {
      host.run(PRESENT, "true");
      return Optional.empty();
    } catch (HostException e) {
      return Optional.of(host.name() + ": does not answer over SSH: switched off, crashed or cut off");
    }
  }

  /** Has the hypervisor killed, and does not wait for that. */
  void kill() {
    process.kill();
  }

  /** Whether something holds the hypervisor up, which then answers nothing; false without a record of its CPU time. */
  boolean isStopped() {
    return records.cpu().map(CpuRecord::stoppedFor).orElse(Duration.ZERO).compareTo(STOPPED) >= 0;
  }

  /** What is said of one that is. */
  String stopped() {
    return host.name() + ": QEMU was stopped (SIGSTOP) and did not go on for " + STOPPED.toSeconds() + " s";
  }

  /** As {@link CpuRecord#idleFor}. */
  Duration idleFor() {
    return records.cpu().map(CpuRecord::idleFor).orElse(Duration.ZERO);
  }

  /** What QEMU calls an error, else its last message; nothing if it said nothing. What a shell says of its end is not QEMU's. */
  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log());
      return lines.stream().filter(line -> line.contains(ERROR)).map(line -> ": " + line.substring(line.indexOf(ERROR))).findFirst()
          .or(() -> lines.stream().map(MESSAGE::matcher).filter(Matcher::matches).map(line -> ": " + line.group(1))
              .reduce((before, after) -> after))
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A hypervisor that is no more will not listen any more. */
  private Channel open(String socket) {
    for (long end = System.nanoTime() + ANSWER.toNanos(); ; ) {
      try {
        return host.connectUnix(socket, LOOK);
      } catch (HostException e) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }

  public Host host() {
    return host;
  }

  public Hypervisor hypervisor() {
    return hypervisor;
  }

  public QmpClient qmp() {
    return qmp;
  }

  public SerialLog serial() {
    return serial;
  }

  /** A key made for one migration between these two, in their work folders, with which it goes; empty without protection. */
  public static Optional<StreamKey> key(Protection protection, Machine source, Machine destination) {
    if (protection == Protection.NONE) {
      return Optional.empty();
    }
    String key = StreamKey.fresh();
    for (Machine machine : List.of(source, destination)) {
      machine.host.write(machine.workFolder + "/" + StreamKey.FILE, key);
    }
    return Optional.of(new StreamKey(source.workFolder, destination.workFolder));
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Lets the guest run. */
  public void resume() throws IOException, InterruptedException {
    qmp.execute("cont", ANSWER);
  }

  /** Tells the guest to finish and verify what it is at, and to power off. */
  public void tellToStop() throws IOException {
    serialChannel.out().write(SerialLog.STOP.getBytes(StandardCharsets.US_ASCII));
    serialChannel.out().flush();
  }

  /** How much of the guest's memory the host has had to provide so far. */
  public DataSize usedMemory() {
    String smaps = host.check(ANSWER, "cat", "/proc/" + process.pid() + "/smaps");
    long memory = hypervisor.shape().memory().bytes() / 1024;
    long used = 0;
    for (Matcher mapping = MAPPING.matcher(smaps); mapping.find(); ) {
      // translated code lies in a mapping as large, but that is executable
      if (mapping.group(1).startsWith("rw-") && Long.parseLong(mapping.group(2)) >= memory) {
        used = Math.max(used,
            Long.parseLong(mapping.group(3)) + Long.parseLong(mapping.group(4)) + Long.parseLong(mapping.group(5)));
      }
    }
    if (used == 0) {
      throw new HostException(host.name(), "the guest's memory is not among the mappings of QEMU");
    }
    return new DataSize(used * 1024);
  }

  @Override
  public void close() {
    try {
      while (!opened.isEmpty()) {
        opened.pop().close();
      }
      host.fetch(Map.of(hypervisor.serialLog(), records.logs().resolve("serial.log"),
          hypervisor.qemuLog(), records.logs().resolve("qemu.log")));
      if (process != null) {
        checkRoom(", QEMU's are cut off");
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new HostException(host.name(), "closing QEMU", e);
    } finally {
      host.remove(workFolder);
    }
  }
}
