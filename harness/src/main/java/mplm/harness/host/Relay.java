// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import mplm.engine.unit.Bandwidth;

/**
 * Takes connections on a free port of 127.0.0.1 and forwards them to one destination. All connections together get the rate
 * towards the destination; the way back is not limited. It holds one chunk per connection and small socket buffers: when the
 * rate is used up it stops reading, and the sender waits as it would on a slow link.
 */
final class Relay implements AutoCloseable {
  private static final int CHUNK = 16 * 1024;
  private static final int SOCKET_BUFFER = 128 * 1024;
  private static final int CONNECT_MS = 10_000;
  private static final int ACCEPTOR_MS = 1_000;
  private static final int LINGER_S = 0; // a torn connection is a reset, not a clean end

  private final InetSocketAddress destination;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Bucket bucket = new Bucket();
  private final Thread acceptor;

  Relay(InetSocketAddress destination, Bandwidth rate) {
    this.destination = destination;
    bucket.rate = rate;
    try {
      listener = new ServerSocket();
      listener.setReceiveBufferSize(SOCKET_BUFFER);
      listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
    } catch (IOException e) {
      throw new HostException("link", "relay cannot listen", e);
    }
    acceptor = daemon("relay accept", this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  void limit(Bandwidth rate) {
    bucket.rate = rate;
  }

  /** Stops listening and tears the connections. */
  @Override
  public void close() {
    closeQuietly(listener);
    try {
      acceptor.join(ACCEPTOR_MS); // the port is open for as long as it is in accept
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sockets.forEach(Relay::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket from = listener.accept();
        sockets.add(from);
        daemon("relay to " + destination, () -> connect(from));
      } catch (SocketException e) {
        return; // closed
      } catch (IOException e) {
        throw new HostException("link", "relay cannot accept", e);
      }
    }
  }

  private void connect(Socket from) {
    Socket to = new Socket();
    sockets.add(to);
    try {
      to.setSendBufferSize(SOCKET_BUFFER);
      to.connect(destination, CONNECT_MS);
      from.setTcpNoDelay(true);
      to.setTcpNoDelay(true);
    } catch (IOException e) {
      tear(from, to);
      return;
    }
    daemon("relay back from " + destination, () -> forward(to, from, null));
    forward(from, to, bucket);
  }

  /** Until the end of the stream, which is passed on; an error tears both connections. */
  private void forward(Socket from, Socket to, Bucket limit) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        if (limit != null) {
          limit.take(count);
        }
        out.write(chunk, 0, count);
      }
      to.shutdownOutput();
      if (from.isOutputShutdown()) {
        finish(from, to);
      }
    } catch (IOException e) {
      tear(from, to);
    }
  }

  private void finish(Socket... ended) {
    for (Socket socket : ended) {
      closeQuietly(socket);
      sockets.remove(socket);
    }
  }

  private void tear(Socket... broken) {
    for (Socket socket : broken) {
      try {
        socket.setSoLinger(true, LINGER_S);
      } catch (SocketException e) {
        // closed already
      }
    }
    finish(broken);
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // nothing can be done about it and nobody reads it any more
    }
  }

  private static Thread daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true); // ends when its sockets are closed
    thread.start();
    return thread;
  }

  /** Lets bytes pass at the rate; time that was not used is kept up to the burst. */
  private static final class Bucket {
    private static final long BURST_NS = 10_000_000;

    private volatile Bandwidth rate;
    private long free = System.nanoTime();

    void take(int bytes) {
      Bandwidth limit = rate;
      if (limit == null) {
        return;
      }
      long until;
      synchronized (this) {
        free = Math.max(free, System.nanoTime() - BURST_NS) + Math.round(bytes * 8e9 / limit.bitsPerSecond());
        until = free;
      }
      for (long wait = until - System.nanoTime(); wait > 0; wait = until - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
    }
  }
}
