// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.machine;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import mplm.engine.guest.Hypervisor;
import mplm.engine.guest.SerialLine;
import mplm.engine.guest.SerialLog;
import mplm.engine.migration.StreamKey;
import mplm.engine.qmp.QmpClient;
import mplm.engine.qmp.QmpException;
import mplm.engine.qmp.QmpMessage;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Patience;
import mplm.harness.host.Channel;
import mplm.harness.host.Host;
import mplm.harness.host.HostException;
import mplm.harness.host.LinkConfig.Protection;
import mplm.harness.host.NotRecorded;
import mplm.harness.host.Output;
import mplm.harness.host.RemoteProcess;
import mplm.harness.record.CpuRecord;

/**
 * One QEMU on one host, with its QMP and its guest's serial port. Closing it kills it, brings its logs into the trial's folder and
 * removes all that it left on the host.
 */
public final class Machine implements AutoCloseable {
  /** The time that a host has to answer anything at all. */
  private static final Duration PRESENT = Patience.of(Duration.ofSeconds(15));
  private static final Duration LOOK = Duration.ofMillis(500);
  /** A hypervisor that is stopped for less is let alone. */
  private static final Duration STOPPED = Duration.ofSeconds(4);
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
  private final Fate fate;
  private RemoteProcess process;
  private QmpClient qmp;
  private Channel serialChannel;
  private SerialLog serial;

  private Machine(Host host, Function<String, Hypervisor> hypervisor, Records records) {
    this.host = host;
    this.records = records;
    this.workFolder = host.newFolder("trial");
    this.placement = new Placement(host);
    try {
      this.hypervisor = placement.of(hypervisor.apply(workFolder));
    } catch (RuntimeException e) {
      host.remove(workFolder); // nobody has this machine to close it
      throw e;
    }
    this.fate = new Fate(host, log());
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
      try {
        machine.close();
      } catch (RuntimeException then) {
        e.addSuppressed(then);
      }
      throw e;
    }
  }

  private void start(Optional<SerialLog> before) throws IOException, InterruptedException {
    checkRoom("");
    fate.beforeStart();
    process = host.start(log(), placement.commandLine(hypervisor.argv()).toArray(String[]::new));
    opened.push(process);
    records.cpu().ifPresent(
        out -> opened.push(host.start(out, "sh", "-c", CpuRecord.SAMPLER, "mplm", Integer.toString(process.pid()))));
    try {
      Channel qmpChannel = open(hypervisor.qmpSocket());
      try {
        qmp = QmpClient.open(host.name(), qmpChannel.in(), qmpChannel.out(), records.qmp(), ANSWER);
        opened.push(qmp);
      } finally {
        opened.push(qmpChannel); // also if nothing greets there
      }
      placement.pin(qmp);
      serialChannel = open(hypervisor.serialSocket());
    } catch (HostException | QmpException e) {
      if (isStopped()) {
        throw new IOException(stopped(), e);
      }
      throw new IOException(fate().orElse(e.getMessage()), e);
    }
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
    return process == null ? Optional.empty() : fate.of(process, qmp == null ? List.of() : qmp.events());
  }

  /** What is done with a machine. */
  @FunctionalInterface
  public interface Use<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Does something with it. If that fails, and the hypervisor is no more, the failure says first what became of it. */
  public <T> T use(Use<T> use) throws IOException, InterruptedException {
    try {
      return use.run();
    } catch (IOException | HostException e) {
      Optional<String> what = e instanceof NotRecorded ? Optional.empty() : fate();
      if (what.isPresent()) {
        String told = String.valueOf(e.getMessage()).split(SerialLog.LAST_LINES, 2)[0];
        throw new IOException(what.orElseThrow() + " (" + told + ")", e);
      }
      throw e;
    }
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

  /** What {@link CpuRecord#idleFor} says. */
  Duration idleFor() {
    return records.cpu().map(CpuRecord::idleFor).orElse(Duration.ZERO);
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
    return Smaps.guestMemory(smaps, hypervisor.shape().memory())
        .orElseThrow(() -> new HostException(host.name(), "the guest's memory is not among the mappings of QEMU"));
  }

  @Override
  public void close() {
    Deque<AutoCloseable> ends = new ArrayDeque<>();
    ends.push(() -> host.remove(workFolder));
    ends.push(() -> {
      if (process != null) {
        checkRoom(", QEMU's are cut off");
      }
    });
    ends.push(() -> host.fetch(Map.of(hypervisor.serialLog(), records.logs().resolve("serial.log"),
        hypervisor.qemuLog(), records.logs().resolve("qemu.log"))));
    while (!opened.isEmpty()) {
      ends.addFirst(opened.removeLast());
    }
    // each of them whatever the others do: a hypervisor that stays would be at work beside the next trial's
    Exception trouble = null;
    for (AutoCloseable end : ends) {
      try {
        end.close();
      } catch (Exception e) {
        if (trouble == null) {
          trouble = e;
        } else {
          trouble.addSuppressed(e);
        }
      }
    }
    if (trouble instanceof RuntimeException known) {
      throw known;
    }
    if (trouble != null) {
      throw new HostException(host.name(), "closing QEMU", trouble);
    }
  }
}
