// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

/** A host, or the jump host before it, shows a key that is not known. */
public final class HostKeyRefused extends HostException {
  HostKeyRefused(String host, String what) {
    super(host, what);
  }
}
