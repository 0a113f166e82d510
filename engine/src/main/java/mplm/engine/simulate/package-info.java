// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Migrations that are computed, not done: a {@link mplm.engine.simulate.Simulation} replays a {@link mplm.engine.trace.Trace} under
 * {@link mplm.engine.simulate.Conditions} and says in a {@link mplm.engine.simulate.Simulated} what a {@link
 * mplm.engine.migration.Method} would have come to; a {@link mplm.engine.simulate.Bound} says what the best possible one would.
 *
 * <h2>What is simulated</h2>
 * <ul>
 *   <li>The link carries a page or a zero page in a fixed time each; the sender works for a fixed time on each, and is ahead of the
 *       link by a buffer at most. A page of the running guest is sent as a zero page if it was one when the trace's interval began
 *       and is not written in it, for what a page that is holds within is not known; one of the stopped guest if it is one.
 *   <li>A page is one of the guest's, of 4 KiB. QEMU's MPLM sends it alone whatever the host's page; stock pre-copy sends all that
 *       is pending of a host page once it begins with one, which is simulated for host pages of 4 KiB only.
 *   <li>MPLM is the very C scheduler of {@code engine/scheduler}. Stock pre-copy is QEMU's: pages in cyclic order, calls of
 *       some 50 ms, the bandwidth of the last 100 ms or more times {@code downtime-limit} as threshold, and a fetch as soon as what
 *       is pending is below it. What of that depends on QEMU's version is a {@link mplm.engine.simulate.SwitchoverRule}. An
 *       orchestrator looks each 100 ms or more, between two calls, and {@code downtime-limit} is then what its rule says.
 *   <li>Every fetch reports what was written since the one before, as under TCG. KVM's log is cleared in chunks (1 GiB) just before
 *       a page of the chunk is sent; what is written before that is not reported again.
 *   <li>A page that was dirtied in an interval of the trace was written once in it, at a moment that its number and the interval's
 *       give, evenly spread. When the trace ends it begins again.
 *   <li>The guest is as fast as it was when the trace was recorded.
 * </ul>
 */
package mplm.engine.simulate;
