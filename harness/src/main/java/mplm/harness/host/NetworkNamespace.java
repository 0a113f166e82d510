// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.engine.unit.Patience;

/** Opens sockets in a network namespace other than the controller's: a socket stays in the namespace that it was made in. */
final class NetworkNamespace {
  private static final int O_RDONLY_CLOEXEC = 02000000;
  private static final int CLONE_NEWNET = 0x40000000;

  static {
    Native.register(NetworkNamespace.class, "c");
  }

  private NetworkNamespace() {}

  private static native int open(String path, int flags) throws LastErrorException;

  private static native int setns(int fd, int type) throws LastErrorException;

  private static native int close(int fd) throws LastErrorException;

  /** What the call gives when it is made in the namespace, by a thread that lives as long as the call. */
  static <T> T call(Path namespace, Callable<T> call) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              int fd = open(namespace.toString(), O_RDONLY_CLOEXEC);
              try {
                setns(fd, CLONE_NEWNET);
              } finally {
                close(fd);
              }
              return call.call();
            });
    Thread thread = new Thread(task, "in " + namespace);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new HostException("link", "namespace " + namespace, e.getCause());
    } catch (TimeoutException e) {
      throw new HostException("link", "namespace " + namespace + ": nothing " + Patience.within(ANSWER));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException("link", "interrupted");
    }
  }
}
