// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Tables. A {@link mplm.harness.table.Schema} says what stands in one kind of CSV file, writes such files and reads them;
 * nothing else does. Each class that has a file has its schema, {@code command/Dictionary} lists them all, and {@link
 * mplm.harness.table.TrialsCsv} is that of {@code trials.csv}. {@link mplm.harness.table.TextTable} is a table for people.
 */
package mplm.harness.table;
