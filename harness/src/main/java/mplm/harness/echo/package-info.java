// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Downtime as a client of the guest sees it. An {@link mplm.harness.echo.EchoProbe} sends the guest numbered datagrams, which it
 * sends back; an {@link mplm.harness.echo.Echo} is one of them; {@link mplm.harness.echo.NetworkDowntime} is what a record of them
 * says. All times are the controller's.
 */
package mplm.harness.echo;
