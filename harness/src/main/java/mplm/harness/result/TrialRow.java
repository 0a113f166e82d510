// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;
import java.util.Optional;
import mplm.engine.migration.MigrationResult;
import mplm.engine.unit.DataSize;
import mplm.harness.suite.PlannedTrial;

/**
 * One trial as it came out, made or computed. What was not reached is empty.
 *
 * @param planned what was to be done
 * @param origin where the row comes from, with what only a trial has that was made
 * @param outcome how it ended
 * @param reason why it did not complete, one line; empty when it did
 * @param limit after which the migration is cancelled
 * @param migration the move
 * @param downtimes how long the guest stood still, seen in several ways
 * @param dirtyRate how fast the guest dirtied its memory meanwhile
 */
public record TrialRow(
    PlannedTrial planned,
    Origin origin,
    Outcome outcome,
    Optional<String> reason,
    Optional<Duration> limit,
    Optional<MigrationResult> migration,
    Downtimes downtimes,
    Optional<DirtyRate> dirtyRate) {

  /** What was measured; empty of a row that was computed. */
  public Optional<Origin.Measured> measured() {
    return origin instanceof Origin.Measured measured ? Optional.of(measured) : Optional.empty();
  }

  /** Where and with what the trial was made; only a trial that was made has it. */
  public Setting setting() {
    return measured().orElseThrow().setting();
  }

  /** What the trial's wall time went into; only a trial that was made has it. */
  public Times times() {
    return measured().orElseThrow().times();
  }

  /** The guest before it was moved. */
  public Optional<Guest> guest() {
    return measured().flatMap(Origin.Measured::guest);
  }

  /** What the comparison of both sides' memory found. */
  public Optional<MemoryVerdict> memory() {
    return measured().flatMap(Origin.Measured::memory);
  }

  /** The guest's verdict on the repetition that was moved. */
  public Optional<Verification> verification() {
    return measured().flatMap(Origin.Measured::verification);
  }

  /** Wall time of that repetition. */
  public Optional<Duration> program() {
    return measured().flatMap(Origin.Measured::program);
  }

  /** What the migration cost the program. */
  public Optional<LostTime.Parts> lost() {
    return measured().map(Origin.Measured::lost).flatMap(LostTime::parts);
  }

  /** The trial's name, and among several pairs where it took place, such as {@code MG mg.W mplm #1 on west}. */
  public String name() {
    return planned.name() + measured().flatMap(Origin.Measured::pair).map(where -> " on " + where).orElse("");
  }

  /**
   * The guest when its working set stood.
   *
   * @param ready its own clock at that moment: since its kernel started
   * @param resident of its program
   * @param used pages of its memory that the source host has had to provide
   */
  public record Guest(Duration ready, DataSize resident, DataSize used) {}

  /** QEMU's rate limits, bytes per second; 0 is none. */
  public record Parameters(long maxBandwidth, long availSwitchoverBandwidth) {}

  /**
   * What the program said at the destination.
   *
   * @param result {@code successful}, {@code failed} or {@code not-applicable}
   * @param error largest relative error, as the program printed it
   * @param repetition from 1
   */
  public record Verification(String result, String error, int repetition) {}

  /**
   * CPU time that each hypervisor used during the migration for all but its vCPUs: threads of the migration, encryption, devices. By
   * looks one second apart, of which the outermost lie outside the migration.
   */
  public record CpuTime(Optional<Duration> source, Optional<Duration> destination) {
    /** What is known of a guest that was not moved. */
    public static final CpuTime NONE = new CpuTime(Optional.empty(), Optional.empty());

    /** The CPU time of both. */
    public Optional<Duration> sum() {
      return source.flatMap(one -> destination.map(one::plus));
    }
  }

  /** Most of its host's memory that the hypervisor held at each side; empty if it was not there long enough to be looked at. */
  public record PeakMemory(Optional<DataSize> source, Optional<DataSize> destination) {}

  /**
   * Wall time of the trial and of those parts that are not the harness's own.
   *
   * @param boot from starting the source to the guest's {@code boot} record
   * @param warmUp from there until the working set stood, the program's pace was known and its moment had come
   * @param migration from the command to its end
   * @param memoryCheck digests on both hosts
   * @param finish the guest's program at the destination, to its verification
   * @param all from the first act to the last
   * @param ssh in operations over SSH, with the look before at whether the hosts are ready, without digests; empty if it was not
   *     recorded
   */
  public record Times(Duration boot, Duration warmUp, Duration migration, Duration memoryCheck, Duration finish, Duration all,
      Optional<Duration> ssh) {
    /** What the harness itself took: all but boot, warm-up, migration, and what of memory check and guest was asked for. */
    public Duration overhead() {
      return all.minus(boot).minus(warmUp).minus(migration).minus(memoryCheck).minus(finish);
    }
  }
}
