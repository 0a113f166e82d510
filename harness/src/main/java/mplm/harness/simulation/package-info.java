// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Simulations in number, and what they are worth. {@link mplm.harness.simulation.AllCores} computes many at once; a {@link
 * mplm.harness.simulation.HeatMap} shows knobs over links. Against a run of real trials, each {@link
 * mplm.harness.simulation.RealPoint} (a method on a guest) is simulated from the trace that belongs to its guest, under {@link
 * mplm.harness.simulation.Overheads} that an {@link mplm.harness.simulation.OverheadFit} finds on one half of the points; the {@link
 * mplm.harness.simulation.ErrorTable} judges them on the other half.
 */
package mplm.harness.simulation;
