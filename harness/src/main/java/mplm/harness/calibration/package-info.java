// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How fast a guest dirties its memory here, measured on a {@link mplm.harness.rig.Rig} before a scaled experiment. {@link
 * mplm.harness.calibration.Calibration} is one measurement, {@link mplm.harness.calibration.Calibrations} keeps them in the
 * cache.
 */
package mplm.harness.calibration;
