// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Tables as files. {@link mplm.harness.table.Csv} reads and writes any, {@link mplm.harness.table.Columns} says what stands in
 * {@code trials.csv}.
 */
package mplm.harness.table;
