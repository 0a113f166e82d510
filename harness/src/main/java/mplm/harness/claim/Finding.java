// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.claim;

/**
 * A claim's rule applied to one experiment, or to all together.
 *
 * @param claim which
 * @param experiment its name; {@code all} where the rule compares experiments
 * @param measured what the rule looked at, with units, one line; or why it could not
 * @param verdict what it said
 */
public record Finding(Claim claim, String experiment, String measured, Verdict verdict) {}
