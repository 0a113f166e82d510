// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import mplm.harness.input.BadInput;

/** What a host said cannot be written down here, such as when the controller's disk is full: no fault of the host. */
public final class NotRecorded extends HostException {
  /** Which host's, of which program. */
  public NotRecorded(String host, String program, IOException e) {
    super("controller", "what " + program + " on " + host + " says cannot be recorded: " + BadInput.reason(e));
  }
}
