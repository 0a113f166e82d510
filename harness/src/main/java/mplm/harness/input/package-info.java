// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Files that people write, and the environment. A file is read into records, strictly: an unknown key, a missing one, a value of another type or
 * out of range is {@link mplm.harness.input.BadInput}, one line that says where it stands and what is allowed. The command
 * line ends with exit code 2 on it, before anything has been started.
 */
package mplm.harness.input;
