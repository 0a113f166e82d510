// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The machines that hypervisors run on, and the link between them. A {@link mplm.harness.host.Host} is reached over SSH with
 * its key known beforehand, and needs sshd, a POSIX shell, bash and coreutils, no more. Whatever is started there is tied to the
 * connection, and to signs of the controller: when it dies, however it dies, nothing goes on running for more than a minute.
 * A {@link mplm.harness.host.Link} gives the migration stream its rate. {@link mplm.harness.host.Hosts} is the file that names
 * all of them.
 */
package mplm.harness.host;
