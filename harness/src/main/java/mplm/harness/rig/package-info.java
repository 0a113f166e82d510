// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Two hosts that are provided, reserved and joined by a link, ready for migrations. {@link mplm.harness.rig.Rig} is that pair;
 * {@link mplm.harness.rig.UsableKvm} finds out whether KVM boots a guest there, {@link mplm.harness.rig.Environment} records
 * what of the machines may explain a difference, {@link mplm.harness.rig.MigrationGoodput} measures the link.
 */
package mplm.harness.rig;
