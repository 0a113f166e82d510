// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.time.Duration;
import java.util.Optional;

/**
 * What a migration cost the guest's program: by how much later it reached where it would have been without, when its speed was back.
 *
 * @param parts empty if that cannot be told
 * @param missing why not; empty if it was told, or if no migration completed
 */
public record LostTime(Optional<Parts> parts, Optional<String> missing) {
  /** What is known of a guest that did not complete a move. */
  public static final LostTime NONE = new LostTime(Optional.empty(), Optional.empty());

  /**
   * The parts, which add up; one that is slightly below zero is within the error.
   *
   * @param before slowed down while memory was sent and the guest ran at the source
   * @param blackout stood still
   * @param after slowed down at the destination, until its speed was back
   * @param error half the 95 % prediction interval of the sum (Student), as the program's iterations varied before the migration
   */
  public record Parts(Duration before, Duration blackout, Duration after, Duration error) {
    /** All of it. */
    public Duration all() {
      return before.plus(blackout).plus(after);
    }
  }

  /** It cannot be told, for that reason. */
  public static LostTime unknown(String why) {
    return new LostTime(Optional.empty(), Optional.of(why));
  }
}
