// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import mplm.engine.migration.StreamKey;
import mplm.harness.echo.EchoProbe;
import mplm.harness.host.GuestAddress;
import mplm.harness.machine.Machine;
import mplm.harness.machine.Watch;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.Outcome;
import mplm.harness.rig.Rig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two hypervisors of a trial and what looks at them from aside: started one by one, ended all at once. */
final class TrialMachines {
  private static final Logger LOG = LoggerFactory.getLogger(TrialMachines.class);

  private final Rig rig;
  private final TrialGuest guest;
  private final TrialRecords records;
  private final Ending ending;
  private Presence presence;
  private Watch watch;
  private Machine source;
  private Machine destination;
  private EchoProbe echo;
  private Optional<StreamKey> key = Optional.empty();

  TrialMachines(Rig rig, TrialGuest guest, TrialRecords records, Ending ending) {
    this.rig = rig;
    this.guest = guest;
    this.records = records;
    this.ending = ending;
  }

  /** Begins to look at the controller, and at each hypervisor from its start on. */
  void watch() {
    presence = new Presence(records.journal()::absent);
    watch = new Watch(fault -> ending.set(Outcome.FAILED, withAbsent(fault)));
  }

  /** The one in which the guest begins to boot. */
  Machine startSource() throws IOException, InterruptedException {
    source = Machine.start(rig.source().host(), guest::atSource, records.of(TrialFolder.SOURCE), Optional.empty());
    watch.add(source);
    source.resume();
    return source;
  }

  /** The one that waits for the guest, which is asked for echoes from now on if it has a network. */
  Machine startDestination() throws IOException, InterruptedException {
    Optional<GuestAddress> address = rig.hosts().guestAddress();
    if (address.isPresent()) {
      echo = records.echoes(address.get());
    } else {
      records.journal().noEcho(rig.hosts().noGuestNetwork().orElseThrow());
    }
    destination = Machine.start(rig.destination().host(), work -> guest.atDestination(source.hypervisor(), work),
        records.of(TrialFolder.DESTINATION), Optional.of(source.serial()));
    watch.add(destination);
    key = Machine.key(rig.hosts().link().protection(), source, destination);
    return destination;
  }

  /** Made for one migration to the destination; empty if the hosts protect none. */
  Optional<StreamKey> key() {
    return key;
  }

  /** Whether the guest is being moved, and a source that sends nothing of it is stuck. */
  void moving(boolean is) {
    watch.moving(source, is);
  }

  /** Whether the guest said a record of that kind at the source, if it ever was there. */
  boolean heardAtSource(String kind) {
    return source != null && source.serial().records().stream().anyMatch(record -> record.kind().equals(kind));
  }

  private Stream<Machine> started() {
    return Stream.of(source, destination).filter(Objects::nonNull);
  }

  /** What went wrong, after what became of the hypervisors and hosts that are not there any more: they are why. */
  String withFates(String why) {
    List<String> fates = started().map(Machine::fate).flatMap(Optional::stream).toList();
    return fates.isEmpty() ? withAbsent(why) : because(fates, why);
  }

  private String withAbsent(String why) {
    List<String> absent = started().parallel().map(Machine::absence).flatMap(Optional::stream).toList();
    return absent.isEmpty() ? why : because(absent, why);
  }

  private static String because(List<String> causes, String why) {
    return String.join("; ", causes) + " (" + why + ")";
  }

  /**
   * Ends both hypervisors whatever they are at, brings their logs here, and leaves nothing on the hosts.
   *
   * @return false if an interrupt broke a part of it off, for then nothing is known of that
   */
  boolean end() {
    // an interrupt ends the trial, not its tidying
    boolean interrupted = Thread.interrupted();
    boolean whole = true;
    for (AutoCloseable part : new AutoCloseable[] {watch, presence, echo, destination, source, guest::removeMemoryFiles}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        LOG.debug("{}: tearing down", guest.planned().name(), e);
        if (Thread.interrupted() || e instanceof InterruptedException) {
          interrupted = true;
          whole = false;
        } else {
          ending.set(Outcome.FAILED, "tearing down: " + e.getMessage());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return whole;
  }
}
