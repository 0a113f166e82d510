// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import mplm.engine.unit.Bandwidth;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * The kernel's token bucket on the source's end of the link. It counts frames, so TCP carries about 0.956 of the rate. Burst
 * and latency are such that segmentation offload stays useful; with small bursts shaping costs more than half a core.
 */
final class TcLink implements Link {
  private final Path source;
  private final Path destination;
  private final String device;
  private final String address;
  private boolean shaped;

  TcLink(Hosts hosts) {
    source = hosts.link().namespaces().resolve("source");
    destination = hosts.link().namespaces().resolve("destination");
    device = hosts.link().device();
    address = hosts.destination().migrationAddress();
  }

  @Override
  public synchronized void shape(Bandwidth rate) {
    tc("replace", "tbf", "rate", rate.bitsPerSecond() + "bit", "burst", "256kb", "latency", "50ms");
    shaped = true;
  }

  @Override
  public String kind() {
    return "tc tbf";
  }

  @Override
  public InetSocketAddress target(int destinationPort) {
    return new InetSocketAddress(address, destinationPort);
  }

  @Override
  public boolean isMeasurable() {
    return true;
  }

  @Override
  public Bandwidth goodput() {
    return Goodput.measure(
        () -> NetworkNamespace.call(destination, () -> Goodput.listen(address)),
        port -> NetworkNamespace.call(source, () -> Goodput.connect(target(port))));
  }

  @Override
  public synchronized void close() {
    if (shaped) {
      tc("del");
      shaped = false;
    }
  }

  private void tc(String verb, String... discipline) {
    CommandLine command = new CommandLine("nsenter");
    command.addArgument("--net=" + source, false);
    command.addArguments(new String[] {"tc", "qdisc", verb, "dev", device, "root"}, false);
    command.addArguments(discipline, false);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    DefaultExecutor executor = DefaultExecutor.builder().setExecuteStreamHandler(new PumpStreamHandler(output)).get();
    executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(ANSWER).get());
    try {
      executor.execute(command);
    } catch (IOException e) {
      throw new HostException("link", "tc qdisc " + verb + " on " + device + ": " + output.toString(StandardCharsets.UTF_8).strip(), e);
    }
  }
}
