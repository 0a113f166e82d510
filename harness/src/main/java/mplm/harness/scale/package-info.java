// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The paper's experiments in proportion, for machines of any speed: from how fast a guest dirties its memory here ({@link
 * mplm.harness.scale.WorkingSet}) and the paper's dimensionless numbers ({@link mplm.harness.scale.Proportions}) to epoch, link and
 * maximum tolerable downtimes ({@link mplm.harness.scale.Scaling}). By computing alone: nothing is measured here.
 */
package mplm.harness.scale;
