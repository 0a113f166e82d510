// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the paper claims, as rules over rows. {@link mplm.harness.claim.Claim} has each claim with its rule and tolerances in words,
 * decided before looking; one class each applies a rule and leaves {@link mplm.harness.claim.Finding}s. {@link
 * mplm.harness.claim.Distance} says how far a measured value is from the published one, which decides nothing.
 */
package mplm.harness.claim;
