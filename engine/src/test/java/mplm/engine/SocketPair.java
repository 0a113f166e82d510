// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Two connected sockets of this process: {@code near} for what is tested, {@code far} for the peer that the test plays. */
public record SocketPair(Socket near, Socket far) implements AutoCloseable {
  public static SocketPair open() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket near = new Socket(server.getInetAddress(), server.getLocalPort());
      return new SocketPair(near, server.accept());
    }
  }

  @Override
  public void close() throws IOException {
    far.close();
    near.close();
  }
}
