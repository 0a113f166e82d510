// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Quantities with their unit in the type: {@link mplm.engine.unit.Bandwidth} in bits per second, {@link mplm.engine.unit.DataSize}
 * in bytes, and the text form of {@link java.time.Duration}. No public door of the kit takes a bare number for any of them. Text is
 * a plain decimal number and a unit without a space, {@code 150Mbit/s}, {@code 1GiB}, {@code 0.3s}; what is printed parses back to
 * an equal value. A wrong text is an {@link java.lang.IllegalArgumentException} whose one-line message quotes it and says what is
 * allowed.
 */
package mplm.engine.unit;
