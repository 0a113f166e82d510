// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.guest.GuestRecord;
import mplm.engine.guest.TraceEvent;
import mplm.engine.qmp.Conversation;
import mplm.engine.qmp.Conversation.Kind;
import mplm.engine.qmp.Conversation.Turn;
import mplm.engine.qmp.QmpMessage;
import mplm.harness.echo.Echo;

/**
 * All that a trial has recorded. Times are nanoseconds after the trial began, those of traces of their host's clock.
 *
 * @param journal the controller's own
 * @param messages of both hypervisors
 * @param echoes datagrams to the guest
 * @param source what else came from there
 * @param destination what else came from there; empty lists if the trial did not get so far
 */
public record RawTrial(Journal.Contents journal, List<QmpMessage> messages, List<Echo> echoes, Side source, Side destination) {

  /**
   * One side.
   *
   * @param guest records from the guest's serial port there
   * @param trace events of the hypervisor
   * @param cpu its CPU time
   */
  public record Side(List<GuestRecord> guest, List<TraceEvent> trace, List<CpuRecord.Look> cpu) {
    /** The guest's heartbeats. */
    public List<GuestRecord> heartbeats() {
      return guest("heartbeat");
    }

    /** The guest's records of one kind. */
    public List<GuestRecord> guest(String kind) {
      return guest.stream().filter(record -> record.kind().equals(kind)).toList();
    }
  }

  /** The messages with what they answer. */
  public List<Turn> turns() {
    return Conversation.of(messages);
  }

  /** When the migration was asked for; empty if it was not. */
  public Optional<Long> migrate() {
    return turns().stream().filter(turn -> turn.is(Kind.COMMAND, "migrate")).map(Turn::time).findFirst();
  }

  /** Reads a trial's folder; what is not in it is empty. */
  public static RawTrial read(TrialFolder folder) throws IOException {
    return new RawTrial(Journal.read(folder.journal()), QmpRecord.read(folder.qmp()),
        Files.exists(folder.echo()) ? Echo.read(folder.echo()) : List.of(), side(folder, TrialFolder.SOURCE), side(folder, TrialFolder.DESTINATION));
  }

  private static Side side(TrialFolder folder, String side) throws IOException {
    return new Side(SerialRecord.read(folder.serial(side)), trace(folder.qemuLog(side)), CpuRecord.read(folder.cpu(side)));
  }

  private static List<TraceEvent> trace(Path log) throws IOException {
    if (!Files.exists(log)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return TraceEvent.of(lines);
    }
  }
}
