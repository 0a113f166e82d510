// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a person at a terminal sees of a run: {@link mplm.harness.terminal.Display} while it goes on, as lines or as a bar,
 * {@link mplm.harness.terminal.Summary} at its end.
 */
package mplm.harness.terminal;
