// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Simulations in number, and what they are worth. A {@link mplm.harness.simulation.Sweep} combines guests, links and methods, and
 * {@link mplm.harness.simulation.AllCores} computes them. Against a run of real trials, a {@link mplm.harness.simulation.Judge}
 * simulates each {@link mplm.harness.simulation.RealPoint} (a method on a guest) from the trace that belongs to its guest, under
 * {@link mplm.harness.simulation.Overheads} that are known, or that an {@link mplm.harness.simulation.OverheadFit} finds on one half
 * of the points; the {@link mplm.harness.simulation.ErrorTable} says how far off that is. {@link mplm.harness.simulation.BestPossible} is
 * what nobody can do better, of a sweep, of a point, or, for the report of a run, {@link mplm.harness.simulation.BestOfRun}.
 */
package mplm.harness.simulation;
