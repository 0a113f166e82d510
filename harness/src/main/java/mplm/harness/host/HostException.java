// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

/** A host or the link does not do what it was asked. The message is one line that begins with the host's name. */
public class HostException extends RuntimeException {
  public HostException(String host, String what) {
    super(host + ": " + what);
  }

  public HostException(String host, String what, Throwable cause) {
    super(host + ": " + what + (cause.getMessage() == null ? "" : ": " + cause.getMessage()), cause);
  }
}
