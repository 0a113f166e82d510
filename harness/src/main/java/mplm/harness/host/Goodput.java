// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import mplm.engine.unit.Bandwidth;

/**
 * What one TCP connection carries, counted where it arrives. The first half second is not counted: it fills buffers and the
 * token bucket's burst.
 */
final class Goodput {
  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final Duration COUNT = Duration.ofMillis(1500);
  private static final int ANSWER_MS = 10_000;
  private static final int CHUNK = 64 * 1024;

  private Goodput() {}

  static ServerSocket listen(String address) throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName(address));
  }

  static Socket connect(InetSocketAddress target) throws IOException {
    Socket socket = new Socket();
    socket.connect(target, ANSWER_MS);
    return socket;
  }

  /**
   * Sends for two seconds.
   *
   * @param listener a socket that listens at the destination
   * @param connector from its port, a connection from the source
   */
  static Bandwidth measure(Supplier<ServerSocket> listener, IntFunction<Socket> connector) {
    try (ServerSocket listening = listener.get();
        Socket sender = connector.apply(listening.getLocalPort())) {
      listening.setSoTimeout(ANSWER_MS);
      try (Socket receiver = listening.accept()) {
        receiver.setSoTimeout(ANSWER_MS);
        Thread sending = new Thread(() -> send(sender), "goodput sender");
        sending.setDaemon(true);
        sending.start();
        read(receiver.getInputStream(), SETTLE);
        return read(receiver.getInputStream(), COUNT);
      }
    } catch (IOException e) {
      throw new HostException("link", "goodput cannot be measured", e);
    }
  }

  /** Ends with the measurement, which closes the socket. */
  private static void send(Socket socket) {
    byte[] chunk = new byte[CHUNK];
    try {
      while (true) {
        socket.getOutputStream().write(chunk);
      }
    } catch (SocketException e) {
      // closed: the measurement is over
    } catch (IOException e) {
      throw new HostException("link", "goodput sender", e);
    }
  }

  private static Bandwidth read(InputStream in, Duration duration) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long start = System.nanoTime();
    long bytes = 0;
    long elapsed = 0;
    while (elapsed < duration.toNanos()) {
      int count = in.read(chunk);
      if (count < 0) {
        throw new IOException("the sender ended early");
      }
      bytes += count;
      elapsed = System.nanoTime() - start;
    }
    return new Bandwidth(Math.max(1, Math.round(bytes * 8 * 1e9 / elapsed)));
  }
}
