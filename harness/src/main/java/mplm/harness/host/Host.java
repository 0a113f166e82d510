// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mplm.engine.unit.Durations;
import mplm.engine.unit.Patience;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.xfer.FileSystemFile;

/**
 * A machine reached over SSH. Nothing is retried but the opening of a socket that is not there yet; every wait has a
 * time-out; every failure is a {@link HostException}. Arguments are passed as they are, no shell looks into them. Thread-safe.
 */
public final class Host implements AutoCloseable {
  /**
   * A file in each folder that the kit has made below the work folder: a folder without it is not the kit's, unless it is a trial's and
   * empty.
   */
  static final String MARK = ".mplm";

  /** $1 path: removes it, the mark last, for a removal may be killed halfway and is the next one's to end. */
  static final String REMOVE =
      """
      if [ -d "$1" ]; then find "$1" -mindepth 1 -maxdepth 1 ! -name .mplm -exec rm -rf -- {} + || exit; fi
      rm -rf -- "$1"
      """;

  /** Is told of each operation over SSH when it is done, such as {@code run sh}, and what it took. */
  @FunctionalInterface
  public interface Listener {
    /** One is done, by any thread. */
    void done(String operation, Duration took);
  }

  /** Longer than a busy controller is away, and than its own patience with a connection that does not answer. */
  private static final Duration SILENCE = Patience.of(Duration.ofSeconds(60));

  private final HostConfig config;
  private final Duration silence;
  private final Connections connections;
  private final Store store;
  private volatile Listener listener = (operation, took) -> {};

  private Host(HostConfig config, Duration silence) {
    this.config = config;
    this.silence = silence;
    this.connections = new Connections(config);
    this.store = new Store(this);
  }

  /** Connects and logs in. A host that shows another key than the configured one is refused with both fingerprints. */
  public static Host connect(HostConfig config) {
    return connect(config, SILENCE);
  }

  /** @param silence for which what runs there lives on without a sign of this process: whole seconds */
  static Host connect(HostConfig config, Duration silence) {
    Host host = new Host(config, silence);
    host.connections.place().close();
    return host;
  }

  public String name() {
    return config.name();
  }

  public HostConfig config() {
    return config;
  }

  /** Tells this one from now on, instead of the one before. */
  public void tell(Listener other) {
    listener = other;
  }

  /**
   * Runs a program to its end, with empty standard input. Any exit status is returned; a program that takes longer than the
   * time-out is killed and is a {@link HostException}, as is a connection that is lost before it ends.
   */
  public Output run(Duration timeout, String... argv) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    long start = System.nanoTime();
    try (RemoteProcess process = new RemoteProcess(name(), connections.place(), silence, out, err, argv)) {
      if (!process.await(timeout)) {
        throw new HostException(name(), argv[0] + " did not end " + Patience.within(timeout));
      }
      int status =
          process.exitStatus().orElseThrow(() -> new HostException(name(), "connection lost while " + argv[0] + " ran"));
      return new Output(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      done("run " + argv[0], start);
    }
  }

  /** Runs a program that has to succeed, as {@link #run} does: its standard output, or a {@link HostException} with its last words. */
  public String check(Duration timeout, String... argv) {
    Output output = run(timeout, argv);
    if (output.exitStatus() != 0) {
      throw new HostException(
          name(), argv[0] + " ended with status " + output.exitStatus() + ": " + output.stderr().strip());
    }
    return output.stdout();
  }

  /** The command line of a program that may be in a folder which ordinary users do not search, as ip and tc are on Debian. */
  static String[] sbin(List<String> argv) {
    List<String> line = new ArrayList<>(List.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; exec \"$@\"", "mplm"));
    line.addAll(argv);
    return line.toArray(String[]::new);
  }

  /**
   * Starts a program that runs until it ends, is closed, loses its connection, or hears no more of this process, whichever is first.
   *
   * @param log local file that gets its standard output and standard error
   */
  public RemoteProcess start(Path log, String... argv) {
    try {
      return start(Files.newOutputStream(log), argv);
    } catch (IOException e) {
      throw new HostException(name(), "cannot write " + log, e);
    }
  }

  /** Starts a program as {@link #start(Path, String...)} does; {@code out} is closed when all has arrived. */
  public RemoteProcess start(OutputStream out, String... argv) {
    long start = System.nanoTime();
    RemoteProcess process = new RemoteProcess(name(), connections.place(), silence, out, out, argv);
    process.closeAtEnd(out);
    try {
      process.pid();
    } catch (HostException e) {
      try {
        process.close(); // it may begin yet
      } catch (HostException then) {
        e.addSuppressed(then);
      }
      throw e;
    }
    process.tell(this::done);
    done("start " + argv[0], start);
    return process;
  }

  /**
   * Puts a file, or a flat folder of files, on the host unless it is there, and says where it is. It is addressed by its
   * contents and verified on the host; the executable bit is kept; only the owner can read it.
   */
  public String provide(Path file) {
    return provide(file, Transfer.UNSEEN);
  }

  /** Provides a folder as {@link #provide(Path)} does. */
  public String provide(Path file, Transfer transfer) {
    return store.provide(file, transfer);
  }

  /** Whether all that was provided is there still, with the contents that it had. */
  public boolean keepsProvided() {
    return store.isIntact();
  }

  /** sshd starts its server by the user's login shell, and what its start-up files print is no answer of the server. */
  static SFTPClient sftp(Connections.Place place) throws IOException {
    try {
      return place.session(SSHClient::newSFTPClient);
    } catch (IOException e) {
      boolean began = place.client().isConnected() && !(e.getCause() instanceof OpenFailException);
      throw began ? new IOException("SFTP does not begin: " + e.getMessage(), e) : e;
    }
  }

  /** Copies files from the host, by their paths there; what is not there, or empty, is left out. */
  public void fetch(Map<String, Path> files) {
    long start = System.nanoTime();
    try (Connections.Place place = connections.place();
        SFTPClient sftp = sftp(place)) {
      sftp.getFileTransfer().setPreserveAttributes(false);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        FileAttributes found = sftp.statExistence(file.getKey());
        if (found != null && found.getSize() > 0) {
          sftp.get(file.getKey(), new FileSystemFile(file.getValue().toFile()));
        }
      }
    } catch (IOException e) {
      // either side's disk or folder may be why
      String which = files.entrySet().stream().map(file -> file.getKey() + " to " + file.getValue()).collect(Collectors.joining(", "));
      throw new HostException(name(), "cannot fetch " + which, e);
    } finally {
      done("fetch", start);
    }
  }

  /** Writes a new file that only its owner can read. What is in it is never an argument, which all users of a host can see. */
  public void write(String remotePath, String text) {
    FileAttributes ownerOnly = new FileAttributes.Builder().withPermissions(0600).build();
    long start = System.nanoTime();
    try (Connections.Place place = connections.place();
        SFTPClient sftp = sftp(place);
        RemoteFile file = sftp.open(remotePath, EnumSet.of(OpenMode.WRITE, OpenMode.CREAT, OpenMode.EXCL), ownerOnly)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      file.write(0, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new HostException(name(), "cannot write " + remotePath, e);
    } finally {
      done("write", start);
    }
  }

  /** Makes an owner-only folder below the work folder, with nothing in it but the {@link #MARK}; its name begins with the prefix. */
  public String newFolder(String prefix) {
    String script = "umask 077; mkdir -p -- \"$1\" && folder=$(mktemp -d -- \"$1/$2-XXXXXX\")"
        + " && : >\"$folder/" + MARK + "\" && printf '%s\\n' \"$folder\"";
    return check(ANSWER, "sh", "-c", script, "mplm", config.workFolder(), prefix).strip();
  }

  /** Whether the other one's work folder is this one's, as on a network file system. */
  public boolean sharesWorkFolder(Host other) {
    String folder = newFolder("trial");
    try {
      return other.run(ANSWER, "test", "-e", other.config.workFolder() + folder.substring(folder.lastIndexOf('/'))).exitStatus() == 0;
    } finally {
      remove(folder);
    }
  }

  /** What is said of a host whose work folder is the other's. */
  public static HostException sameWorkFolder(HostConfig config, String other) {
    return new HostException(config.name(), "has its work folder " + config.workFolder() + " in common with " + other);
  }

  /** Removes a file or folder below the work folder with all that is in it. */
  public void remove(String remotePath) {
    if (!remotePath.startsWith(config.workFolder() + "/") || remotePath.contains("/../") || remotePath.endsWith("/..")) {
      throw new IllegalArgumentException(remotePath + " is not below " + config.workFolder());
    }
    check(ANSWER, "sh", "-c", REMOVE, "mplm", remotePath);
  }

  /** Connects to a Unix socket on the host, and waits for it to be there for as long as the time-out. */
  public Channel connectUnix(String remotePath, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    Connections.Place place = connections.place();
    while (true) {
      long start = System.nanoTime();
      UnixSocketChannel channel = new UnixSocketChannel(place.client().getConnection(), remotePath);
      try {
        channel.open();
        done("connect", start);
        return new Channel(place, channel);
      } catch (OpenFailException e) {
        if (System.nanoTime() > end) {
          place.close();
          throw new HostException(name(), "nobody listens on " + remotePath + " within " + Durations.print(timeout)
              + ", or its sshd denies AllowStreamLocalForwarding or AllowTcpForwarding");
        }
        pause(place, remotePath);
      } catch (IOException e) {
        place.close();
        throw new HostException(name(), "cannot connect to " + remotePath, e);
      }
    }
  }

  /** Ends the connections; whatever was started over them and still runs is killed. */
  @Override
  public void close() {
    connections.close();
  }

  Connections connections() {
    return connections;
  }

  private void done(String operation, long start) {
    listener.done(operation, Duration.ofNanos(System.nanoTime() - start));
  }

  private void pause(Connections.Place place, String remotePath) {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      place.close();
      throw new HostException(name(), "interrupted while waiting for " + remotePath);
    }
  }
}
