// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

/**
 * What a scheduler has counted since its start.
 *
 * @param epochs epochs begun, the first included
 * @param dirtyPages pages in the dirty set now
 * @param nondirtyPages pages in the non-dirty set now
 * @param dirtySent pages sent from the dirty set
 * @param nondirtySent pages sent from the non-dirty set
 * @param visits pages that both pointers looked at
 * @param fetched dirtied pages that all fetches reported
 * @param end why the live stage is over
 */
public record Stats(
    long epochs,
    long dirtyPages,
    long nondirtyPages,
    long dirtySent,
    long nondirtySent,
    long visits,
    long fetched,
    End end) {

  /** Why the live stage is over; names as in {@code query-migrate}. */
  public enum End {
    NONE("none"),
    NONDIRTY_EMPTY("nondirty-empty"),
    REQUESTED("requested"),
    PLANNED("planned"),
    BUDGET("budget");

    private final String text;

    End(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
