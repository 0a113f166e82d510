// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The commands of {@code mplm}, one class each: options, their checks, and a call of the package that does the work. {@link
 * mplm.harness.command.ExitCode} says how they end.
 */
package mplm.harness.command;
