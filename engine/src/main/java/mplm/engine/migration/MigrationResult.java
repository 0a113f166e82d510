// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import mplm.engine.qmp.QmpMessage;

/**
 * What one migration came to.
 *
 * @param method how it was done
 * @param outcome how it ended
 * @param reason why it failed or was cancelled, one line; empty when completed
 * @param elapsed from the command to the end state, or to the last look before a QEMU died, by the controller's clock
 * @param totalTime QEMU's {@code total-time}; empty unless completed
 * @param downtime QEMU's {@code downtime}; empty unless completed
 * @param setupTime QEMU's {@code setup-time}; empty unless completed
 * @param stop arrival of the source's {@code STOP}, {@link System#nanoTime}; empty unless completed with a running guest
 * @param resume arrival of the destination's {@code RESUME}; empty unless the guest then ran there
 * @param last the last look before the end state that showed RAM counters: what remained, the dirty page rate
 * @param looks all looks in order, about ten per second
 * @param end the end state; its RAM counters and MPLM figures are those of {@code last} where QEMU shows none any more
 * @param postcopy its part in which the guest ran at the destination and pages were missing; empty without one, or unless completed
 */
public record MigrationResult(
    Method method,
    Outcome outcome,
    Optional<String> reason,
    Duration elapsed,
    Optional<Duration> totalTime,
    Optional<Duration> downtime,
    Optional<Duration> setupTime,
    OptionalLong stop,
    OptionalLong resume,
    Optional<Progress> last,
    List<Progress> looks,
    Progress end,
    Optional<PostcopyPhase> postcopy) {

  /** How a migration ended. */
  public enum Outcome {
    /** The guest is at the destination. */
    COMPLETED,
    /** It was cancelled at its time limit; the guest is at the source. */
    NOT_CONVERGED,
    /** It broke. */
    FAILED,
    /** It broke in post-copy: the guest cannot go on at either side. */
    LOST
  }

  /** A migration without post-copy. */
  public MigrationResult(Method method, Outcome outcome, Optional<String> reason, Duration elapsed, Optional<Duration> totalTime,
      Optional<Duration> downtime, Optional<Duration> setupTime, OptionalLong stop, OptionalLong resume, Optional<Progress> last,
      List<Progress> looks, Progress end) {
    this(method, outcome, reason, elapsed, totalTime, downtime, setupTime, stop, resume, last, looks, end, Optional.empty());
  }

  /**
   * The same again from recorded messages.
   *
   * @param held whether the guest was to stand still when it had arrived
   * @param outcome and {@code reason}: how it ended, which the messages alone do not tell
   * @param messages of both QEMUs in order of time, in any clock; {@code stop} and {@code resume} are of that clock
   * @return empty if no migration was begun
   */
  public static Optional<MigrationResult> of(
      Method method, boolean held, Outcome outcome, Optional<String> reason, List<QmpMessage> messages) {
    return MigrationAccount.of(method, held, messages)
        .map(account -> outcome == Outcome.COMPLETED ? account.completed() : account.result(outcome, reason.orElse("no reason given")));
  }

  /** The time from {@code STOP} to {@code RESUME} by the controller's clock; empty unless both came. */
  public Optional<Duration> downtimeSeen() {
    return stop.isPresent() && resume.isPresent()
        ? Optional.of(Duration.ofNanos(resume.getAsLong() - stop.getAsLong()))
        : Optional.empty();
  }
}
