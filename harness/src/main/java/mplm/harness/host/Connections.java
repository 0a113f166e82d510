// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import mplm.engine.unit.Patience;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;

/**
 * The SSH connections to one host. sshd refuses more than MaxSessions (10, if its settings name no other) sessions on a connection, so a
 * connection carries at most {@link #CHANNELS} channels, or what sshd has shown that it allows, and another is opened when all are full.
 * Thread-safe.
 */
final class Connections implements AutoCloseable {
  static final int CHANNELS = 6;
  /** After so many connections in which it opens no session, sshd is taken at its word. */
  private static final int MOST_FULL = 8;
  /** A host that is there answers a connection at once. */
  private static final Duration CONNECT = Patience.of(Duration.ofSeconds(10));

  /** Characters of the end of what sshd says before a login. */
  private static final int BANNER = 300;

  private static final int KEEP_ALIVE_SECONDS = 5;
  private static final int KEEP_ALIVE_MISSES = 3;

  private final HostConfig config;
  private final List<Connection> connections = new ArrayList<>();
  private boolean closed;
  /** Whether sshd has ever opened one: if it refuses then, that connection is full. */
  private volatile boolean hadSession;

  Connections(HostConfig config) {
    this.config = config;
  }

  /** How a session begins. */
  @FunctionalInterface
  interface Opening<S> {
    S in(SSHClient client) throws IOException;
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

    /** Opens a session: in another connection if sshd allows no more of them in this one. */
    <S> S session(Opening<S> opening) throws IOException {
      Set<Connection> full = new HashSet<>();
      while (true) {
        try {
          S session = opening.in(client());
          hadSession = true;
          return session;
        } catch (OpenFailException e) {
          if (!hadSession || full.size() == MOST_FULL) {
            throw new IOException("sshd opens no session: " + e.getMessage(), e);
          }
          moveOn(full);
        }
      }
    }

    /** What was closed a moment ago may still count, so one session is always tried again later. */
    private void moveOn(Set<Connection> full) {
      synchronized (Connections.this) {
        full.add(connection);
        connection.room = Math.max(1, connection.channels - 1);
        close();
        connection = take(full);
      }
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
    int room = CHANNELS;

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
    return new Place(take(Set.of()));
  }

  /** @param full connections that are known to be */
  private Connection take(Set<Connection> full) {
    if (closed) {
      throw new HostException(config.name(), "is closed");
    }
    connections.stream().filter(Connection::isLost).toList().forEach(lost -> {
      lost.end();
      connections.remove(lost);
    });
    Connection connection = connections.stream().filter(one -> !full.contains(one) && one.channels < one.room).findFirst().orElseGet(this::open);
    connection.channels++;
    return connection;
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
    boolean connected = false;
    AtomicReference<String> ended = new AtomicReference<>();
    // a reason is known of what sshd said, and not of a connection that broke
    client.getTransport().setDisconnectListener((reason, message) -> ended.compareAndSet(null, reason != DisconnectReason.UNKNOWN
        || !client.getUserAuth().getBanner().isBlank() ? message : null));
    try {
      if (jump == null) {
        client.connect(login.address(), login.port());
        client.getSocket().setTcpNoDelay(true); // or a command takes 40 ms more, waiting for an acknowledgement
      } else {
        where += " through the jump host " + config.jump().where();
        client.connectVia(jump.newDirectConnection(login.address(), login.port()));
      }
      connected = true;
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
      if (e instanceof UnknownHostException) {
        throw new HostException(config.name(), where + ": no address is known for this name: correct it, or give the address");
      }
      throw connected ? notLetIn(client, login, where, ended.get(), e) : new HostException(config.name(), "no SSH connection to " + where, e);
    }
  }

  /** @param ended why the connection was, as sshd said or as it was seen here; null if it was not */
  private HostException notLetIn(SSHClient client, Login login, String where, String ended, IOException why) {
    String with = login.agent() ? "a key of the SSH agent" : login.key().toString();
    if (client.getUserAuth().hadPartialSuccess()) {
      String more = String.join(", ", client.getUserAuth().getAllowedMethods());
      return new HostException(config.name(), where + " takes " + with + ", and asks for more before it lets " + login.user() + " in: " + more);
    }
    // sshj offers an RSA key once per kind of its signatures
    boolean tired = !login.agent() && ended != null && ended.contains("Too many authentication failures");
    if (ended == null || tired) {
      Throwable broken = why;
      while (broken != null && !(broken instanceof TransportException)) {
        broken = broken.getCause();
      }
      if (!tired && (broken != null || !(why instanceof UserAuthException))) {
        return new HostException(config.name(), "no SSH connection to " + where, broken == null ? why : broken);
      }
      String refused = where + " does not let " + login.user() + " in with " + with;
      return tired ? new HostException(config.name(), refused) : new HostException(config.name(), refused, why);
    }
    // what PAM says to one whom it does not admit comes last; before it may come what sshd says to all
    String said = client.getUserAuth().getBanner().strip().replaceAll("\\s+", " ");
    said = said.substring(Math.max(0, said.length() - BANNER));
    return new HostException(config.name(), where + " closed the connection when " + login.user() + " logged in with " + with
        + (said.isEmpty() ? "" : ", and said: " + said) + ": " + ended);
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
