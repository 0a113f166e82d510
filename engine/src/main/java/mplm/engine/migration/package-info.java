// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * One migration of a guest from one QEMU to another: how ({@link mplm.engine.migration.Method}), the act ({@link
 * mplm.engine.migration.Migration}), what is seen on the way ({@link mplm.engine.migration.Progress}) and what came out ({@link
 * mplm.engine.migration.MigrationResult}). Times that are compared are of one clock: the controller's, or the source QEMU's.
 */
package mplm.engine.migration;
