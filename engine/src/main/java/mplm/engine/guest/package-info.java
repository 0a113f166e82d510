// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The guest as the controller sees it: its {@link mplm.engine.guest.GuestShape}, the command line of the {@link
 * mplm.engine.guest.Hypervisor} that runs it, and what it says on its serial port. There it writes one-line records, {@code @mplm
 * KIND key=value ... t=SECONDS}, among whatever its kernel prints; {@link mplm.engine.guest.SerialLog} picks them out and stamps
 * them with the controller's clock, and {@link mplm.engine.guest.GuestPause} derives from heartbeats how long the guest stood
 * still.
 */
package mplm.engine.guest;
