// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mplm.engine.unit.Bandwidth;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

public class RelayTest {
  private static final int SECOND_MS = 1000;

  private ServerSocket destination;
  private Relay relay;
  private Socket in;
  private Socket out;

  @BeforeMethod
  public void connect() throws IOException {
    destination = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    destination.setSoTimeout(10 * SECOND_MS);
    relay = new Relay((InetSocketAddress) destination.getLocalSocketAddress(), null);
    in = new Socket();
    in.setSendBufferSize(64 * 1024);
    in.connect(relay.address(), 10 * SECOND_MS);
    out = destination.accept();
    in.setSoTimeout(10 * SECOND_MS);
    out.setSoTimeout(10 * SECOND_MS);
  }

  @AfterMethod(alwaysRun = true)
  public void close() throws IOException {
    in.close();
    out.close();
    relay.close();
    destination.close();
  }

  @Test
  public void bytesArriveUnchangedAndTheEndIsPassedOnEachWay() throws Exception {
    byte[] data = new byte[3_000_000];
    new Random(1).nextBytes(data);
    CompletableFuture<byte[]> there = CompletableFuture.supplyAsync(() -> readAll(out));
    in.getOutputStream().write(data);
    in.shutdownOutput();
    assertThat(there.get(10, TimeUnit.SECONDS)).isEqualTo(data);
    CompletableFuture<byte[]> back = CompletableFuture.supplyAsync(() -> readAll(in));
    out.getOutputStream().write(data);
    out.shutdownOutput();
    assertThat(back.get(10, TimeUnit.SECONDS)).isEqualTo(data);
  }

  /** Of some seconds: a reader that gets no CPU reads less, and none reads more. */
  private double best(double most) throws Exception {
    double best = 0;
    for (int second = 0; second < 3; second++) {
      double rate = measure(SECOND_MS);
      assertThat(rate).isLessThan(most);
      best = Math.max(best, rate);
    }
    return best;
  }

  /** The rate, and half a megabyte that lay in sockets before: a reader on a busy machine finds it late. */
  @Test
  public void theRateIsKeptAndCanBeChanged() throws Exception {
    relay.limit(Bandwidth.parse("80Mbit/s"));
    sendForever();
    measure(500);
    assertThat(best(10.5e6)).isGreaterThan(8e6);
    relay.limit(Bandwidth.parse("20Mbit/s"));
    measure(500);
    assertThat(best(3e6)).isGreaterThan(2e6);
  }

  @Test
  public void theSenderWaitsWhenTheDestinationDoesNotRead() throws Exception {
    AtomicLong sent = sendForever();
    long before;
    do {
      before = sent.get();
      Thread.sleep(300);
    } while (sent.get() > before);
    assertThat(sent.get()).isLessThan(8_000_000); // the kernel's buffers at the destination are most of it
  }

  @Test
  public void aTornConnectionIsTornOnTheOtherSide() throws Exception {
    in.setSoLinger(true, 0);
    in.close();
    assertThatThrownBy(() -> {
      while (out.getInputStream().read() >= 0) {
        continue;
      }
      throw new AssertionError("a clean end");
    }).isInstanceOf(IOException.class).hasMessageContaining("reset");
  }

  @Test
  public void closingEndsItsConnectionsAndItsPort() throws Exception {
    relay.close();
    assertThat(readAll(out)).isEmpty();
    assertThatThrownBy(() -> new Socket(relay.address().getAddress(), relay.address().getPort()).close())
        .isInstanceOf(IOException.class);
  }

  private AtomicLong sendForever() {
    AtomicLong sent = new AtomicLong();
    Thread sender = new Thread(() -> {
      byte[] chunk = new byte[16 * 1024];
      try {
        while (true) {
          in.getOutputStream().write(chunk);
          sent.addAndGet(chunk.length);
        }
      } catch (IOException e) {
        return; // the test is over
      }
    }, "sender");
    sender.setDaemon(true);
    sender.start();
    return sent;
  }

  /** Bytes a second that arrive. */
  private double measure(int milliseconds) throws IOException {
    InputStream stream = out.getInputStream();
    byte[] chunk = new byte[16 * 1024];
    long start = System.nanoTime();
    long bytes = 0;
    while (System.nanoTime() - start < milliseconds * 1_000_000L) {
      bytes += stream.read(chunk);
    }
    return bytes * 1e9 / (System.nanoTime() - start);
  }

  private static byte[] readAll(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
