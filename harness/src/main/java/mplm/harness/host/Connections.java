// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.userauth.UserAuthException;

/**
 * The SSH connections to one host. sshd refuses more than MaxSessions channels (10) on a connection, so a connection carries
 * at most {@link #CHANNELS} and another is opened when all are full. Thread-safe.
 */
final class Connections implements AutoCloseable {
  static final int CHANNELS = 6;
  static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int KEEP_ALIVE_SECONDS = 5;
  private static final int KEEP_ALIVE_MISSES = 3;

  private final HostConfig config;
  private final List<Connection> connections = new ArrayList<>();
  private boolean closed;

  Connections(HostConfig config) {
    this.config = config;
  }

  /** Room for one channel; closing it gives the room back. */
  final class Place implements AutoCloseable {
    private Connection connection;

    private Place(Connection connection) {
      this.connection = connection;
    }

    SSHClient client() {
      return connection.client;
    }

    @Override
    public void close() {
      synchronized (Connections.this) {
        if (connection != null) {
          connection.channels--;
          connection = null;
        }
      }
    }
  }

  private static final class Connection {
    final SSHClient client;
    int channels;

    Connection(SSHClient client) {
      this.client = client;
    }
  }

  synchronized Place place() {
    if (closed) {
      throw new HostException(config.name(), "is closed");
    }
    connections.removeIf(c -> !c.client.isConnected());
    Connection connection =
        connections.stream().filter(c -> c.channels < CHANNELS).findFirst().orElseGet(this::open);
    connection.channels++;
    return new Place(connection);
  }

  synchronized int count() {
    return connections.size();
  }

  /** Ends all of them at once; what ran in their channels is killed by its leash. */
  @Override
  public void close() {
    List<Connection> ending;
    synchronized (this) {
      closed = true;
      ending = List.copyOf(connections);
      connections.clear();
    }
    for (Connection connection : ending) {
      disconnect(connection.client);
    }
  }

  private Connection open() {
    DefaultConfig ssh = new DefaultConfig();
    ssh.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
    SSHClient client = new SSHClient(ssh);
    int milliseconds = (int) ANSWER.toMillis();
    client.setConnectTimeout(milliseconds);
    client.setTimeout(milliseconds);
    client.getTransport().setTimeoutMs(milliseconds);
    client.getConnection().setTimeoutMs(milliseconds);
    KeepAliveRunner keepAlive = (KeepAliveRunner) client.getConnection().getKeepAlive();
    keepAlive.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
    keepAlive.setMaxAliveCount(KEEP_ALIVE_MISSES);
    keepAlive.setDaemon(true);
    HostKey.Verifier verifier = HostKey.parse(config.hostKey()).new Verifier();
    client.addHostKeyVerifier(verifier);
    try {
      client.connect(config.address(), config.port());
      client.getSocket().setTcpNoDelay(true); // or a command takes 40 ms more, waiting for an acknowledgement
      client.authPublickey(config.user(), config.key().toString());
    } catch (IOException e) {
      disconnect(client);
      if (verifier.refusal() != null) {
        throw new HostException(config.name(), verifier.refusal());
      }
      String where = config.address() + " port " + config.port();
      throw e instanceof UserAuthException
          ? new HostException(config.name(), where + " does not let " + config.user() + " in with " + config.key(), e)
          : new HostException(config.name(), "no SSH connection to " + where, e);
    }
    Connection connection = new Connection(client);
    connections.add(connection);
    return connection;
  }

  private static void disconnect(SSHClient client) {
    try {
      client.disconnect();
    } catch (IOException e) {
      // it is gone already, which is what is wanted
    }
  }
}
