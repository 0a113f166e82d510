// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import mplm.engine.simulate.PrecopyModel;
import mplm.engine.unit.DataSize;

/**
 * One look at a migration.
 *
 * @param elapsed since the migration was asked for, by the controller's clock
 * @param status QEMU's word: setup, active, device, postcopy-active, completed, failing, failed, cancelling, cancelled ...
 * @param ram counters; empty in the states in which QEMU does not show them
 * @param mplm MPLM's figures; empty for stock pre-copy
 */
public record Progress(Duration elapsed, String status, Optional<Ram> ram, Optional<MplmFigures> mplm) {

  /**
   * The {@code ram} object of {@code query-migrate}. QEMU shows 0 for {@code remaining} and {@code dirtyPagesRate} once it
   * completed.
   *
   * @param transferred bytes on the wire
   * @param remaining of the guest's memory
   * @param total the guest's memory
   * @param normalPages pages sent whole
   * @param duplicatePages pages of zeros, sent as a few bytes
   * @param dirtySyncCount fetches of the dirty log; since QEMU 11.1 without that of the stopped guest
   * @param dirtyPagesRate pages per second between the last fetches
   * @param mbps 10^6 bits per second, as QEMU last measured its own throughput
   */
  public record Ram(
      DataSize transferred,
      DataSize remaining,
      DataSize total,
      long normalPages,
      long duplicatePages,
      long dirtySyncCount,
      long dirtyPagesRate,
      double mbps) {

    static Ram of(JsonNode ram) {
      return new Ram(
          new DataSize(ram.required("transferred").asLong()),
          new DataSize(ram.required("remaining").asLong()),
          new DataSize(ram.required("total").asLong()),
          ram.required("normal").asLong(),
          ram.required("duplicate").asLong(),
          ram.required("dirty-sync-count").asLong(),
          ram.required("dirty-pages-rate").asLong(),
          ram.required("mbps").asDouble());
    }
  }

  /** A look at a simulated migration, of which no pages are told apart and no rate is measured. */
  static Progress simulated(PrecopyModel.Look look) {
    return new Progress(look.elapsed(), "active", Optional.of(new Ram(new DataSize(look.transferred()), new DataSize(look.remaining()),
        new DataSize(look.total()), 0, 0, look.fetches(), 0, 0)), Optional.empty());
  }

  static Progress of(JsonNode info, Duration elapsed) {
    return new Progress(
        elapsed,
        info.path("status").asText("none"),
        Optional.ofNullable(info.get("ram")).map(Ram::of),
        Optional.ofNullable(info.get("mplm")).map(MplmFigures::of));
  }

  /** Whether the guest has left the source, or is about to, and pages of it have not: to cancel now would be to lose it. */
  public boolean inPostcopy() {
    return status.startsWith("postcopy-");
  }

  /**
   * Whether the source is in post-copy and has not yet heard that the destination has the guest's devices, a state that QEMU has since
   * 10.2. If it fails then, the guest goes on at the source.
   */
  public boolean beforePostcopy() {
    return status.equals("postcopy-device");
  }

  /** Whether the guest is stopped and the last of it is on its way: after a cancel it might run on both sides. */
  boolean leaving() {
    return status.equals("device");
  }

  /** Whether it is about to have failed, since QEMU 11.0; the source may still have to let the guest go on. */
  boolean failing() {
    return status.equals("failing");
  }

  /** Whether the migration is over, well or not. */
  public boolean ended() {
    return switch (status) {
      case "completed", "failed", "cancelled" -> true;
      default -> false;
    };
  }
}
