// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

/**
 * What a finished command left.
 *
 * @param exitStatus 0 to 255; 128 + N when signal N ended it
 * @param stdout all of it, as UTF-8
 * @param stderr all of it, as UTF-8
 */
public record Output(int exitStatus, String stdout, String stderr) {}
