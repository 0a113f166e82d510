// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mplm.engine.unit.Patience;
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
  /** A host that is there answers a connection at once. */
  private static final Duration CONNECT = Patience.of(Duration.ofSeconds(10));

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
    final SSHClient jump;
    int channels;

    /** @param jump what carries it, for it alone; null if it is direct */
    Connection(SSHClient client, SSHClient jump) {
      this.client = client;
      this.jump = jump;
    }

    boolean isLost() {
      return !client.isConnected() || jump != null && !jump.isConnected();
    }

    void end() {
      disconnect(client);
      if (jump != null) {
        disconnect(jump);
      }
    }
  }

  synchronized Place place() {
    if (closed) {
      throw new HostException(config.name(), "is closed");
    }
    connections.stream().filter(Connection::isLost).toList().forEach(lost -> {
      lost.end();
      connections.remove(lost);
    });
    Connection connection =
        connections.stream().filter(c -> c.channels < CHANNELS).findFirst().orElseGet(this::open);
    connection.channels++;
    return new Place(connection);
  }

  synchronized int count() {
    return connections.size();
  }

  /** Breaks all of them as a network does, for tests: reset, without a word. */
  synchronized void tear() throws IOException {
    for (Connection connection : connections) {
      Socket socket = (connection.jump != null ? connection.jump : connection.client).getSocket();
      socket.setSoLinger(true, 0);
      socket.close();
    }
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
      connection.end();
    }
  }

  private Connection open() {
    List<SSHClient> chain = new ArrayList<>();
    try {
      SSHClient jump = null;
      if (config.jump() != null) {
        jump = logIn(config.jump(), null, true, chain);
      }
      Connection connection = new Connection(logIn(config.login(), jump, false, chain), jump);
      connections.add(connection);
      return connection;
    } catch (HostException e) {
      chain.forEach(Connections::disconnect);
      throw e;
    }
  }

  /**
   * Connects and logs in.
   *
   * @param jump a connection through which to connect, or null
   * @param jumps whether this is the jump host itself
   * @param chain gets the client, which is to be disconnected after a failure
   */
  private SSHClient logIn(Login login, SSHClient jump, boolean jumps, List<SSHClient> chain) {
    SSHClient client = newClient();
    chain.add(0, client);
    HostKey.Verifier verifier = new HostKey.Verifier(login.hostKey());
    client.addHostKeyVerifier(verifier);
    String where = (jumps ? "jump host " : "") + login.where();
    try {
      if (jump == null) {
        client.connect(login.address(), login.port());
        client.getSocket().setTcpNoDelay(true); // or a command takes 40 ms more, waiting for an acknowledgement
      } else {
        where += " through the jump host " + config.jump().where();
        client.connectVia(jump.newDirectConnection(login.address(), login.port()));
      }
      if (login.agent()) {
        Agent.logIn(client, login.user());
      } else {
        client.authPublickey(login.user(), login.key().toString());
      }
      return client;
    } catch (IOException e) {
      if (verifier.refusal() != null) {
        throw new HostKeyRefused(config.name(), (jumps ? "jump host: " : "") + verifier.refusal());
      }
      String with = login.agent() ? "a key of the SSH agent" : login.key().toString();
      if (e instanceof UnknownHostException) {
        throw new HostException(config.name(), where + ": no address is known for this name: correct it, or give the address");
      }
      throw e instanceof UserAuthException
          ? new HostException(config.name(), where + " does not let " + login.user() + " in with " + with, e)
          : new HostException(config.name(), "no SSH connection to " + where, e);
    }
  }

  private static SSHClient newClient() {
    DefaultConfig ssh = new DefaultConfig();
    ssh.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
    SSHClient client = new SSHClient(ssh);
    client.setConnectTimeout((int) CONNECT.toMillis());
    int milliseconds = (int) ANSWER.toMillis();
    client.setTimeout(milliseconds);
    client.getTransport().setTimeoutMs(milliseconds);
    client.getConnection().setTimeoutMs(milliseconds);
    KeepAliveRunner keepAlive = (KeepAliveRunner) client.getConnection().getKeepAlive();
    keepAlive.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
    keepAlive.setMaxAliveCount(KEEP_ALIVE_MISSES);
    keepAlive.setDaemon(true);
    return client;
  }

  private static void disconnect(SSHClient client) {
    try {
      client.disconnect();
    } catch (IOException e) {
      // it is gone already, which is what is wanted
    }
  }
}
