// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event of a QEMU.
 *
 * @param name such as {@code STOP}
 * @param data its arguments; a missing node if it has none
 * @param arrival {@link System#nanoTime} of the controller; QEMU's own time stamp is of another machine's clock and not kept
 */
public record QmpEvent(String name, JsonNode data, long arrival) {}
