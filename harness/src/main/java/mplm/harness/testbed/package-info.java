// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Two hosts and a link on the machine at hand. A testbed is made for one command: it writes a hosts file, runs the command where
 * those hosts can be reached, with the file's path in the environment variable {@code MPLM_HOSTS}, and is gone when the command
 * ends. Each {@link mplm.harness.testbed.Kind} has a shell script in {@code harness/testbed}, two of them the same one; here is what
 * picks a kind, starts it and cleans up.
 */
package mplm.harness.testbed;
