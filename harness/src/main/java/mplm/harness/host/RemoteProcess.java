// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.engine.unit.Patience;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.Signal;

/**
 * A program that runs on a host in the foreground of an SSH channel and is killed with it. Its output is taken off the wire
 * at once, so it never blocks. Its exit status is unknown when the connection is lost. It is killed, too, when the host has not
 * heard from the controller for long.
 */
public final class RemoteProcess implements AutoCloseable {
  private static final int BUFFER = 8192;
  /** A line comes to the {@link Leash} this many times as often as it must. */
  private static final int LINES = 4;
  /** More of what a shell says instead of starting a program is not told. */
  private static final int SHELL_WORDS = 400;
  /** The exit status of what SIGKILL ended. */
  private static final int KILLED = 128 + 9;

  private final String host;
  private final String program;
  private final Connections.Place place;
  private final Session session;
  private final Session.Command command;
  private final CompletableFuture<Integer> pid = new CompletableFuture<>();
  /** Done when all of it has arrived. */
  private final CompletableFuture<Void> output;
  /** The beginning of what came on standard error. */
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Duration silence;
  /** By the clock that goes on while this machine is suspended. */
  private Instant lastSign;
  /** Before the last sign, and before the one before it: of a program that the host has killed for that, one more sign may be given. */
  private Duration gap = Duration.ZERO;
  private Duration gapBefore = Duration.ZERO;
  private Done done = (operation, start) -> {};

  /** Is told when it has been ended from here. */
  @FunctionalInterface
  interface Done {
    /** @param start of the operation, {@link System#nanoTime} */
    void tell(String operation, long start);
  }

  /**
   * Starts it; the streams get what it prints until it ends and are the caller's to close after that.
   *
   * @param silence for which it lives on without a sign of this process, in whole seconds
   */
  RemoteProcess(String host, Connections.Place place, Duration silence, OutputStream out, OutputStream err, String... argv) {
    this.host = host;
    this.program = argv[0];
    this.place = place;
    this.silence = silence;
    Session opened = null;
    try {
      opened = place.session(SSHClient::startSession);
      command = opened.exec(Leash.command(silence, argv));
      lastSign = Instant.now();
      session = opened;
    } catch (IOException e) {
      if (opened != null) {
        abandon(opened);
      }
      place.close();
      throw new HostException(host, "cannot start " + program, e);
    }
    CompletableFuture<Void> stdout = drain("stdout", command.getInputStream(), in -> {
      pid.complete(readPid(in));
      copy(host, program, in, out);
    });
    CompletableFuture<Void> stderr = drain("stderr", command.getErrorStream(), in -> copy(host, program, in, new FilterOutputStream(err) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        said.write(bytes, from, Math.min(length, Math.max(0, SHELL_WORDS - said.size())));
        out.write(bytes, from, length);
      }
    }));
    output = CompletableFuture.allOf(stdout, stderr).whenComplete((done, failure) -> count());
    giveSign(silence.dividedBy(LINES));
  }

  /** Again and again until it ends. Each in a thread of its own: on a connection that stalls, a write may not come back. */
  private void giveSign(Duration every) {
    CompletableFuture.delayedExecutor(every.toMillis(), TimeUnit.MILLISECONDS, sign -> thread("sign", sign)).execute(() -> {
      if (isAlive()) {
        try {
          OutputStream in = command.getOutputStream();
          in.write('\n');
          in.flush();
          count();
          giveSign(every);
        } catch (IOException e) {
          return; // it was ended, or its connection is lost
        }
      }
    });
  }

  /** A sign was given, or none is needed any more. */
  private synchronized void count() {
    Instant now = Instant.now();
    gapBefore = gap;
    gap = Duration.between(lastSign, now);
    lastSign = now;
  }

  /** For how long this process gave it no sign, when that was so long that the host killed it; empty while it runs, too. */
  public synchronized Optional<Duration> killedUnheard() {
    Duration unheard = gap.compareTo(gapBefore) > 0 ? gap : gapBefore;
    return exitStatus().orElse(0) == KILLED && unheard.compareTo(silence) >= 0 ? Optional.of(unheard) : Optional.empty();
  }

  /** What the shell said instead of the process id: nothing, or a colon and its words, in one line. */
  private String shell() {
    String words = said.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    return pid.isCompletedExceptionally() && !words.isEmpty() ? ": " + words : "";
  }

  /** Process id on the host. */
  public int pid() {
    try {
      return pid.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      output.handle((done, failure) -> done).completeOnTimeout(null, ANSWER.toMillis(), TimeUnit.MILLISECONDS).join();
      throw new HostException(host, program + " was not started" + shell(), e.getCause());
    } catch (TimeoutException e) {
      throw new HostException(host, program + " was not started " + Patience.within(ANSWER));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** True until it has ended or the connection is lost. */
  public boolean isAlive() {
    return command.isOpen() && command.getExitStatus() == null && command.getExitSignal() == null;
  }

  /** 0 to 255, 128 + N after signal N; empty while it runs and when the connection was lost before it ended. */
  public OptionalInt exitStatus() {
    Integer status = command.getExitStatus();
    return status == null ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** Name of the signal that ended the shell which holds it, such as {@code KILL}; empty while it lives and if none did. */
  public Optional<String> shellKilledBy() {
    return Optional.ofNullable(command.getExitSignal()).map(Signal::toString);
  }

  /** True when it has ended, or the connection is lost, and all of its output has arrived within the time. */
  public boolean await(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      output.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      command.join(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ConnectionException e) {
      return !command.isOpen();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof NotRecorded here ? here : new HostException(host, "lost the output of " + program + shell(), e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Has it killed if it runs, and does not wait for that. */
  public void kill() {
    try {
      command.getOutputStream().close(); // end of input: the leash kills it
    } catch (IOException e) {
      // the connection is lost, so sshd ends the input there
    }
  }

  /** Kills it if it runs and waits for its end; {@link HostException} when it does not end. */
  @Override
  public void close() {
    long start = System.nanoTime();
    try {
      if (isAlive()) {
        kill();
        if (!await(ANSWER)) {
          throw new HostException(host, program + " was killed, and did not end " + Patience.within(ANSWER));
        }
      }
    } finally {
      abandon(session);
      place.close();
      done.tell("end " + program, start);
    }
  }

  void tell(Done listener) {
    done = listener;
  }

  /** Closes what gets the output when all of it has arrived. */
  void closeAtEnd(OutputStream out) {
    output.whenComplete((done, failure) -> {
      try {
        out.close();
      } catch (IOException e) {
        throw new HostException(host, "output of " + program, e);
      }
    });
  }

  /** All of it, and if that cannot be written then to nowhere: a program whose output nobody takes would stand still. */
  static void copy(String host, String program, InputStream in, OutputStream out) throws IOException {
    byte[] bytes = new byte[BUFFER];
    NotRecorded failure = null;
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      try {
        if (failure == null) {
          out.write(bytes, 0, n);
        }
      } catch (IOException e) {
        failure = new NotRecorded(host, program, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private interface Drain {
    void from(InputStream in) throws IOException;
  }

  private CompletableFuture<Void> drain(String stream, InputStream in, Drain drain) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    thread(stream, () -> {
      try {
        drain.from(in);
        done.complete(null);
      } catch (IOException | RuntimeException e) {
        pid.completeExceptionally(e);
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private void thread(String what, Runnable task) {
    Thread thread = new Thread(task, host + " " + program + " " + what);
    thread.setDaemon(true); // it ends with the channel
    thread.start();
  }

  /** Skips what the login shell's start-up files print, to the end of the leash's line. */
  private static int readPid(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c != '\n') {
        line.write(c);
        continue;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      int mark = text.indexOf(Leash.MARK);
      if (mark >= 0) {
        return Integer.parseInt(text.substring(mark + Leash.MARK.length()));
      }
      line.reset();
    }
    throw new IOException("the remote shell ended first" + (line.size() == 0 ? "" : ": " + line));
  }

  private static void abandon(Session session) {
    try {
      session.close();
    } catch (IOException e) {
      // the connection is lost and the channel with it
    }
  }

  private HostException interrupted() {
    Thread.currentThread().interrupt();
    return new HostException(host, "interrupted while waiting for " + program);
  }
}
