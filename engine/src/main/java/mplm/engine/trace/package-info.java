// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Dirty traces: which pages a guest dirtied, interval by interval. A {@link mplm.engine.trace.Trace} is a recorded {@link
 * mplm.engine.trace.TraceFile}, or a {@link mplm.engine.trace.SyntheticTrace}; both are streamed, no more than one interval is in
 * memory. A {@link mplm.engine.trace.HeldTrace} is one that is all in memory. Files are written by QEMU's {@code mplm-record-start}
 * ({@code engine/recorder}) and by {@link mplm.engine.trace.TraceWriter}.
 *
 * <p>Pages are of 4096 bytes and numbered through all RAM blocks in QEMU's order. A page is <em>used</em> if it holds something
 * other than zeros when the trace begins; all others are <em>zero pages</em>, until they are dirtied, and pages that were dirtied
 * with zeros are zero pages again. A page counts once in an interval, however often it is written.
 *
 * <h2>The file</h2>
 * One gzip stream. First five lines of ASCII text, in this order, each ended by a line feed:
 *
 * <pre>
 * mplm-trace 2              the format and its version
 * page-size 4096            bytes
 * pages 262144              the guest's memory, 1 to 2147483647 pages
 * interval-ms 100           nominal length of an interval, 1 to 60000
 * source mg.W, 2 vCPUs      what was recorded, and how
 * </pre>
 *
 * Then numbers, each in bytes of 7 bits, the lowest first, with bit 7 set in all but its last (LEB128, at most 9 bytes):
 *
 * <pre>
 * trace    = set interval* 0 COUNT      the used pages, the intervals, the end with the count of intervals
 * interval = MICROSECONDS set set       its real length, at least 1; the pages that were dirtied; those of them that are zero pages
 *                                       at its end
 * set      = RUNS (GAP LENGTH)*         pages in ascending order: GAP of them are not in the set, the LENGTH (&gt; 0) behind are
 * </pre>
 *
 * Version 1 has no such second set, and is read as if it were empty. A file is checked as a whole before it is used; what is wrong
 * with it is one line, an {@link java.lang.IllegalArgumentException}.
 */
package mplm.engine.trace;
