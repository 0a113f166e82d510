// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.connection.Connection;
import net.schmizz.sshj.connection.channel.direct.AbstractDirectChannel;

/** OpenSSH's channel to a Unix socket on the server (its PROTOCOL file, section 2.4), which sshj does not have. */
final class UnixSocketChannel extends AbstractDirectChannel {
  private final String path;

  UnixSocketChannel(Connection connection, String path) {
    super(connection, "direct-streamlocal@openssh.com");
    this.path = path;
  }

  @Override
  protected SSHPacket buildOpenReq() {
    return super.buildOpenReq().putString(path).putString("").putUInt32(0); // the last two are reserved
  }
}
