// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A client of QEMU's machine protocol over any pair of byte streams (an SSH channel, a Unix socket, a test's pipe). {@link
 * mplm.engine.qmp.QmpClient} sends commands, keeps {@link mplm.engine.qmp.QmpEvent}s with the time at which the controller saw
 * them, and hands every {@link mplm.engine.qmp.QmpMessage} to a recorder; its {@code QmpConnection} reads and writes. Every wait has a
 * time-out; {@link mplm.engine.qmp.QmpException} tells a refused command, a dead peer and "not yet" apart.
 */
package mplm.engine.qmp;
