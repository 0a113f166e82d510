// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import mplm.engine.migration.Route;

/** A link of this process between two QEMUs: as slow as the test wants, overheard, and cut when it is closed. */
public final class SlowRelay implements Route, AutoCloseable {
  private final int bytesPerSecond;
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new ArrayList<>();
  private volatile boolean silent;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  public SlowRelay(int bytesPerSecond) throws IOException {
    this.bytesPerSecond = bytesPerSecond;
  }

  @Override
  public InetSocketAddress to(InetSocketAddress destination) {
    daemon(() -> {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(destination.getHostString(), destination.getPort());
        synchronized (sockets) {
          sockets.addAll(List.of(near, far));
        }
        daemon(() -> copy(far, near, OutputStream.nullOutputStream()));
        daemon(() -> copy(near, far, heard));
      }
    });
    return InetSocketAddress.createUnresolved(server.getInetAddress().getHostAddress(), server.getLocalPort());
  }

  /** From now on nothing gets through, and nobody is told. */
  public void goSilent() {
    silent = true;
  }

  /** What went to the destination so far. */
  public byte[] heard() {
    return heard.toByteArray();
  }

  private void copy(Socket from, Socket to, OutputStream listener) throws IOException, InterruptedException {
    byte[] buffer = new byte[Math.max(1, bytesPerSecond / 50)];
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      while (silent) {
        Thread.sleep(20);
      }
      listener.write(buffer, 0, n);
      out.write(buffer, 0, n);
      Thread.sleep(20L * n / buffer.length);
    }
    to.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (sockets) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private static void daemon(Task task) {
    Thread thread = new Thread(() -> {
      try {
        task.run();
      } catch (IOException | InterruptedException e) {
        // the link was cut, by the test or by an end of it: that is what the test looks at
        Thread.currentThread().interrupt();
      }
    }, "slow relay");
    thread.setDaemon(true);
    thread.start();
  }
}
