// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import mplm.harness.input.BadInput;
import org.awaitility.Awaitility;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Against a stand-in for the guest in this process. */
@Test(timeOut = 60_000)
public class EchoProbeTest {
  private static final Duration INTERVAL = Duration.ofMillis(2);

  private Path file;
  private DatagramSocket guest;

  @BeforeMethod
  public void open() throws IOException {
    file = Files.createTempFile("mplm-echo", ".csv");
    guest = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  @AfterMethod(alwaysRun = true)
  public void close() throws IOException {
    guest.close();
    Files.delete(file);
  }

  /** Every fourth is lost, the others come twice, and so does what is no reply. */
  private void answer() {
    try {
      for (DatagramPacket packet = new DatagramPacket(new byte[100], 100); ; packet.setLength(100)) {
        guest.receive(packet);
        if (ByteBuffer.wrap(packet.getData()).getInt(Long.BYTES) % 4 != 3) {
          guest.send(packet);
          guest.send(packet);
        }
        guest.send(new DatagramPacket(new byte[12], 12, packet.getSocketAddress()));
        guest.send(new DatagramPacket(new byte[5], 5, packet.getSocketAddress()));
      }
    } catch (SocketException e) {
      // closed: the test is over
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void answering() {
    Thread thread = new Thread(this::answer, "guest");
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  public void eachReplyIsRecordedWithItsDatagramAndAllIsWritten() throws IOException {
    answering();
    long begin = System.nanoTime() - Duration.ofHours(1).toNanos();
    EchoProbe probe = start(begin);
    Awaitility.await().until(() -> probe.echoes().size() > 200);
    probe.close();
    long end = System.nanoTime() - begin;

    List<Echo> echoes = Echo.read(file);
    assertThat(echoes).isEqualTo(probe.echoes()).hasSizeGreaterThan(200);
    for (int i = 0; i < echoes.size(); i++) {
      Echo echo = echoes.get(i);
      assertThat(echo.n()).isEqualTo(i);
      assertThat(echo.sent()).isBetween(Duration.ofHours(1).toNanos(), end);
      if (i > 0) {
        assertThat(echo.sent()).isGreaterThan(echoes.get(i - 1).sent());
      }
      if (i % 4 == 3) {
        assertThat(echo.received()).isEmpty();
      } else if (i < 150) { // the last may have been on the way
        assertThat(echo.received().orElseThrow()).isBetween(echo.sent(), end);
      }
    }
    double mean = (double) (echoes.get(200).sent() - echoes.get(0).sent()) / 200;
    assertThat(mean).isGreaterThan(0.99 * INTERVAL.toNanos());
  }

  @Test
  public void aGuestThatDoesNotAnswerYetIsNoFault() throws IOException {
    EchoProbe probe = start(System.nanoTime());
    Awaitility.await().until(() -> probe.echoes().size() > 20);
    assertThat(probe.echoes()).allMatch(echo -> echo.received().isEmpty());
    answering();
    Awaitility.await().until(() -> probe.echoes().stream().anyMatch(echo -> echo.received().isPresent()));
    probe.close();
  }

  @Test
  public void aNetworkThatRefusesIsToldAndTheRecordIsWritten() throws IOException {
    InetSocketAddress refused = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0); // no datagram goes to port 0
    EchoProbe probe = EchoProbe.start(refused, INTERVAL, file, System.nanoTime());
    Awaitility.await().during(Duration.ofMillis(100)).until(() -> probe.echoes().size() == 1);
    assertThatThrownBy(probe::close).isInstanceOf(IOException.class).hasMessageStartingWith("echo to the guest at 127.0.0.1: ")
        .hasCauseInstanceOf(IOException.class);
    assertThat(Echo.read(file)).hasSize(1);
  }

  @Test
  public void theFileIsReadAsItStands() throws IOException {
    Files.writeString(file, "n,sent_s,received_s\n0,1.000000001,1.5\n1,-2,\n");
    assertThat(Echo.read(file)).containsExactly(
        new Echo(0, 1_000_000_001L, OptionalLong.of(1_500_000_000L)), new Echo(1, -2_000_000_000L, OptionalLong.empty()));
  }

  @DataProvider
  public Object[][] faults() {
    return new Object[][] {
      {"", ": is not a file of echoes: it has no column n, "}, {"n,sent\n", ": is not a file of echoes: it has no column sent_s, "}, {"n,sent_s,received_s\n0,1\n", ":2: "},
      {"n,sent_s,received_s\n0,1,\nx,1,\n", ":3: {n=x, "},
      {"n,sent_s,received_s\n0,1,1,1\n", ":2: "}, {"n,sent_s,received_s\n0,0.0000000001,\n", ":2: "},
    };
  }

  @Test(dataProvider = "faults")
  public void anotherFileIsRefused(String text, String where) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> Echo.read(file)).isInstanceOf(BadInput.class).hasMessageStartingWith(file + where);
  }

  private EchoProbe start(long begin) throws IOException {
    return EchoProbe.start((InetSocketAddress) guest.getLocalSocketAddress(), INTERVAL, file, begin);
  }
}
