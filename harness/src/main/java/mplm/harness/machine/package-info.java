// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One hypervisor process on one host. {@link mplm.harness.machine.Machine} starts it, talks to it and cleans up after it,
 * {@link mplm.harness.machine.Placement} binds it to CPUs and memory nodes, {@link mplm.harness.machine.Watch} ends it when it
 * hangs, {@code Fate} says what became of one that is no more.
 */
package mplm.harness.machine;
