// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One message of a conversation, as it is recorded.
 *
 * @param peer name of the QEMU
 * @param sent whether it went to QEMU; else it came from there
 * @param nanoTime {@link System#nanoTime} of the controller
 * @param body the whole message
 */
public record QmpMessage(String peer, boolean sent, long nanoTime, JsonNode body) {
  /** One line: {@code source > {...}} for a sent message, {@code source < {...}} for a received one. */
  @Override
  public String toString() {
    return peer + (sent ? " > " : " < ") + body;
  }
}
