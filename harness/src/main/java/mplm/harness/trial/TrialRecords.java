// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import mplm.harness.echo.EchoProbe;
import mplm.harness.host.GuestAddress;
import mplm.harness.machine.Machine;
import mplm.harness.record.CpuRecord;
import mplm.harness.record.Journal;
import mplm.harness.record.QmpRecord;
import mplm.harness.record.SerialRecord;
import mplm.harness.record.TrialFolder;

/** The records of a trial while they are written, all by one clock, which begins with them. */
final class TrialRecords {
  /** The time from one datagram to the guest to the next: often enough for a downtime, seldom enough not to slow the guest down. */
  private static final Duration ECHO = Duration.ofMillis(10);

  private final String trial;
  private final TrialFolder folder;
  private final long begin = System.nanoTime();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Journal journal;
  private QmpRecord messages;

  /**
   * Makes the folder, and opens the journal.
   *
   * @param trial its name, for messages
   */
  TrialRecords(String trial, TrialFolder folder) throws IOException {
    this.trial = trial;
    this.folder = folder;
    folder.create();
    this.journal = opened(new Journal(folder.journal(), begin));
  }

  Journal journal() {
    return journal;
  }

  /** Those of the hypervisor on that side, {@link TrialFolder#SOURCE} or {@link TrialFolder#DESTINATION}; both share one of QMP. */
  Machine.Records of(String side) throws IOException {
    if (messages == null) {
      messages = opened(new QmpRecord(folder.qmp(), begin));
    }
    return new Machine.Records(folder.side(side), messages, opened(new SerialRecord(folder.serial(side), begin)),
        Optional.of(opened(new CpuRecord(folder.cpu(side), begin))));
  }

  /** Asks the guest for echoes and records them, until whoever called this closes it. */
  EchoProbe echoes(GuestAddress guest) throws IOException {
    return EchoProbe.start(guest.echo(), ECHO, folder.echo(), begin);
  }

  private <T extends AutoCloseable> T opened(T record) {
    open.push(record);
    return record;
  }

  /** Closes all but the journal: once that has its end, the rest is whole. */
  void closeRest() {
    close(1);
  }

  /** Closes what is still open. */
  void close() {
    close(0);
  }

  private void close(int but) {
    while (open.size() > but) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("the records of " + trial + " cannot be written: " + e.getMessage(), e);
      }
    }
  }
}
