// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.qmp;

import java.io.IOException;

/** What can go wrong in a conversation with a QEMU; the message names the peer and the command or event. */
public abstract sealed class QmpException extends IOException {
  private QmpException(String message, Throwable cause) {
    super(message, cause);
  }

  /** QEMU is well and answered the command with an error. */
  public static final class Refused extends QmpException {
    Refused(String peer, String command, String description) {
      super(peer + " refused " + command + ": " + description, null);
    }
  }

  /** The conversation is over: QEMU is gone, sent what is not QMP, or the client was closed. Waiting longer is of no use. */
  public static final class Died extends QmpException {
    Died(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Nothing came within the time-out; the conversation goes on. */
  public static final class NotYet extends QmpException {
    public NotYet(String message) {
      super(message, null);
    }
  }
}
