// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.result;

import java.util.OptionalDouble;

/**
 * How fast the guest dirtied its memory during the live stage, in pages per second. Under MPLM: unique pages of each epoch. Under
 * stock pre-copy: QEMU's own rate, of pages that had been sent or were not known as dirty.
 *
 * @param average over the live stage
 * @param withoutFirst the same without the first epoch, in which a program touches much for the first time; MPLM alone
 */
public record DirtyRate(double average, OptionalDouble withoutFirst) {}
