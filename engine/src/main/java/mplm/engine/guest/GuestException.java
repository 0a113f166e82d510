// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.guest;

import java.io.IOException;

/** Why a record of the guest did not come; the message holds the last lines of its serial port. */
public abstract sealed class GuestException extends IOException {
  private GuestException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The guest itself reported an error. */
  public static final class Failed extends GuestException {
    Failed(String message) {
      super(message, null);
    }
  }

  /** Its serial port was closed; nothing will come any more. */
  public static final class Died extends GuestException {
    Died(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** It did not come within the time-out, and may still come. */
  public static final class NotYet extends GuestException {
    NotYet(String message) {
      super(message, null);
    }
  }
}
