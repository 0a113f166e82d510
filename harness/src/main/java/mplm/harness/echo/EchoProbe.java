// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends the guest a datagram every few milliseconds and records when each came back. A datagram, or its reply, may be lost or held
 * up on the way; none is sent twice. What falls into a pause of this process is left out. Closing it writes the record.
 */
public final class EchoProbe implements AutoCloseable {
  private static final int PAYLOAD = Long.BYTES + Integer.BYTES;
  private static final Duration ENDING = Duration.ofSeconds(10);

  private final InetSocketAddress guest;
  private final Duration interval;
  private final Path file;
  private final long begin;
  private final DatagramChannel channel;
  private final Selector arrival;
  /** Tells this probe's replies from late ones to another. */
  private final long mark = ThreadLocalRandom.current().nextLong();

  private final List<Echo> echoes = new ArrayList<>();
  private final List<Thread> threads;
  private volatile boolean ended;
  private volatile IOException failure;

  private EchoProbe(InetSocketAddress guest, Duration interval, Path file, long begin) throws IOException {
    this.guest = guest;
    this.interval = interval;
    this.file = file;
    this.begin = begin;
    this.channel = DatagramChannel.open();
    this.arrival = Selector.open();
    channel.configureBlocking(false).register(arrival, SelectionKey.OP_READ);
    this.threads = List.of(new Thread(() -> run(this::send), "echo sender"), new Thread(() -> run(this::receive), "echo receiver"));
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Starts at once, whether the guest answers yet or not.
   *
   * @param guest where datagrams are sent back
   * @param interval from one to the next
   * @param file to write when closed
   * @param begin of the trial, {@link System#nanoTime}
   */
  public static EchoProbe start(InetSocketAddress guest, Duration interval, Path file, long begin) throws IOException {
    return new EchoProbe(guest, interval, file, begin);
  }

  /** The record so far. */
  public List<Echo> echoes() {
    synchronized (echoes) {
      return List.copyOf(echoes);
    }
  }

  /** Ends and writes the record. {@link IOException} if it cannot be written, or ended early since the network refused. */
  @Override
  public void close() throws IOException {
    ended = true;
    arrival.wakeup();
    try {
      for (Thread thread : threads) {
        thread.join(ENDING.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.close();
    arrival.close();
    Echo.SCHEMA.write(file, echoes());
    if (failure != null) {
      throw new IOException("echo to the guest at " + guest.getAddress().getHostAddress() + ": " + failure.getMessage(), failure);
    }
  }

  private interface Loop {
    void run() throws IOException;
  }

  /** Either loop ends the other when it fails. */
  private void run(Loop loop) {
    try {
      loop.run();
    } catch (IOException e) {
      failure = e;
      ended = true;
      arrival.wakeup();
    }
  }

  private void send() throws IOException {
    for (long due = System.nanoTime(); !ended; ) {
      ByteBuffer payload = ByteBuffer.allocate(PAYLOAD).putLong(mark);
      synchronized (echoes) {
        payload.putInt(echoes.size());
        echoes.add(new Echo(echoes.size(), System.nanoTime() - begin, OptionalLong.empty()));
      }
      // none sent when many wait for the guest's hardware address already: that one is lost
      channel.send(payload.flip(), guest);
      long now = System.nanoTime();
      while (due - now <= 0) {
        due += interval.toNanos();
      }
      while (due - now > 0 && !ended) {
        LockSupport.parkNanos(due - now);
        now = System.nanoTime();
      }
    }
  }

  private void receive() throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(PAYLOAD + 1);
    while (!ended) {
      arrival.select();
      arrival.selectedKeys().clear();
      while (channel.receive(payload.clear()) != null) {
        long now = System.nanoTime() - begin;
        if (payload.flip().remaining() == PAYLOAD && payload.getLong() == mark) {
          answer(payload.getInt(), now);
        }
      }
    }
  }

  private void answer(int n, long at) {
    synchronized (echoes) {
      if (n >= 0 && n < echoes.size() && echoes.get(n).received().isEmpty()) {
        echoes.set(n, echoes.get(n).answered(at));
      }
    }
  }
}
