// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

/**
 * A line that came from a guest's serial port, record or not, as it is recorded.
 *
 * @param arrival {@link System#nanoTime} of the controller at its end
 * @param text without its end; a line that began at the source and ended at the destination is whole
 */
public record SerialLine(long arrival, String text) {}
