// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The hands at a machine of testbed {@code machines}: its power, its reset button, its cables. */
final class EmulatedMachine {
  private static final Path SCRIPT = Path.of("testbed/machine").toAbsolutePath();

  private final Path run;
  private final String name;

  /**
   * @param run the testbed's folder, where its hosts file lies
   * @param name {@code source} or {@code destination}
   */
  EmulatedMachine(Path run, String name) {
    this.run = run;
    this.name = name;
  }

  /** Without a warning: what is not on its disk is lost. */
  void cutPower() {
    try {
      long pid = Long.parseLong(Files.readString(run.resolve(name).resolve("pid")).strip());
      ProcessHandle emulator = ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException(name + " has no power"));
      emulator.destroyForcibly();
      emulator.onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It boots, with the disk that it had; it dies with the testbed. */
  void powerUp() {
    try {
      new ProcessBuilder(SCRIPT.toString(), run.toString(), name).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(run.resolve(name).resolve("log").toFile())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As by its button. */
  void reset() {
    control("{\"execute\": \"system_reset\"}");
  }

  /**
   * Pulls a cable, or puts it back.
   *
   * @param device {@code control} or {@code migration}
   */
  void connected(String device, boolean connected) {
    control("{\"execute\": \"set_link\", \"arguments\": {\"name\": \"" + device + "\", \"up\": " + connected + "}}");
  }

  private void control(String command) {
    Path socket = run.resolve(name).resolve("qmp");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      line(channel); // the greeting
      for (String text : new String[] {"{\"execute\": \"qmp_capabilities\"}", command}) {
        channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
        for (String answer = line(channel); !answer.contains("\"return\""); answer = line(channel)) {
          if (answer.contains("\"error\"")) {
            throw new IllegalStateException(name + ": " + command + ": " + answer);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + command, e);
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (channel.read(one.clear()) == 1 && one.get(0) != '\n') {
      line.append((char) one.get(0));
    }
    if (line.isEmpty()) {
      throw new IOException("the emulator has closed its control");
    }
    return line.toString();
  }
}
