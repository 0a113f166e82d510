// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the paper published and claims, and how results stand to it. {@link mplm.harness.paper.Published} are its values; {@link
 * mplm.harness.paper.Claim} has each claim with its rule and tolerances in words, decided before looking; one class each
 * applies a rule and leaves {@link mplm.harness.paper.Finding}s. {@link mplm.harness.paper.Distance} says how far a measured
 * value is from the published one, which decides nothing; {@link mplm.harness.paper.Size} whether the two can be compared at
 * all.
 */
package mplm.harness.paper;
