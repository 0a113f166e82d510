// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.GuestShape;
import mplm.engine.guest.Hypervisor;
import mplm.engine.qmp.QmpClient;
import mplm.engine.unit.DataSize;
import org.testng.SkipException;

/** A QEMU of this machine under TCG that runs firmware and nothing else, in a folder of its own that goes with it. */
public final class LocalQemu implements AutoCloseable {
  public static final Duration SOON = Duration.ofSeconds(60);

  private final Process process;
  private final Hypervisor hypervisor;
  private final QmpClient qmp;

  private LocalQemu(Process process, Hypervisor hypervisor, QmpClient qmp) {
    this.process = process;
    this.hypervisor = hypervisor;
    this.qmp = qmp;
  }

  /** A source's command line with 64 MiB in a file, full of noise: no page of zeros, in a new folder. */
  public static Hypervisor firmwareGuest() throws IOException {
    Path engine = engine();
    Path work = Files.createTempDirectory("mplm-engine-test-");
    byte[] noise = new byte[64 << 20];
    new Random(1).nextBytes(noise);
    Files.write(work.resolve("memory"), noise);
    return Hypervisor.source(engine.resolve("bin/qemu-system-x86_64").toString(), engine.resolve("share").toString(),
            Accelerator.TCG, new GuestShape(1, DataSize.parse("64MiB")), Optional.empty(), work.toString())
        .withMemoryFile(work.resolve("memory").toString());
  }

  /** The destination for a source, in a new folder with a memory file of its own. */
  public static Hypervisor destinationOf(Hypervisor source) throws IOException {
    Path work = Files.createTempDirectory("mplm-engine-test-");
    return source.destination(source.binary(), source.firmware(), work.toString()).withMemoryFile(work.resolve("memory").toString());
  }

  private static Path engine() {
    String folder = Objects.requireNonNullElse(System.getProperty("mplm.engine"), System.getenv().getOrDefault("MPLM_ENGINE", ""));
    if (folder.isEmpty()) {
      throw new SkipException("needs a QEMU: set MPLM_ENGINE, or -Dmplm.engine, to the folder that engine/qemu/build prints");
    }
    return Path.of(folder);
  }

  /** Starts it and connects. */
  public static LocalQemu start(String name, Hypervisor hypervisor) throws Exception {
    Path output = Path.of(hypervisor.workFolder(), "output");
    Process process = new ProcessBuilder(hypervisor.argv()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      SocketChannel channel = connect(process, Path.of(hypervisor.qmpSocket()), output);
      return new LocalQemu(process, hypervisor, QmpClient.open(name, in(channel), out(channel), message -> { }, SOON));
    } catch (Exception e) {
      process.destroyForcibly();
      delete(hypervisor);
      throw e;
    }
  }

  public QmpClient qmp() {
    return qmp;
  }

  public Path folder() {
    return Path.of(hypervisor.workFolder());
  }

  public Path memory() {
    return Path.of(hypervisor.memory().file().orElseThrow());
  }

  public Path log() {
    return Path.of(hypervisor.qemuLog());
  }

  /** It is no more, from one moment to the next. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() throws IOException {
    qmp.close();
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    delete(hypervisor);
  }

  private static SocketChannel connect(Process process, Path socket, Path output) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
      } catch (IOException e) {
        channel.close();
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("no QMP from QEMU, which said: " + Files.readString(output), e);
        }
        Thread.sleep(20);
      }
    }
  }

  /** {@link java.nio.channels.Channels} will not do: in Java 17 its reader and writer of one channel block each other. */
  private static InputStream in(SocketChannel channel) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, offset, length));
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  private static OutputStream out(SocketChannel channel) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        while (left.hasRemaining()) {
          channel.write(left);
        }
      }
    };
  }

  private static void delete(Hypervisor hypervisor) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of(hypervisor.workFolder()))) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
