// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import mplm.engine.unit.Bandwidth;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.Link;
import mplm.harness.host.LinkConfig;

/**
 * Makes faults from outside of the product, at moments that a run's own output tells: it is where that output goes. What it does
 * depends on the experiment's name: {@code damaged}, {@code killed}, {@code throttled}, {@code betrayed}.
 */
final class Intruder extends PrintStream {
  /** The offset of a page in the guest's memory at the destination. The small guest does not use it, so it is zero. */
  static final long DAMAGED_PAGE = 0xf0_3000;

  /** The offset of the block of 2 MiB that holds the page. */
  static final long DAMAGED_BLOCK = DAMAGED_PAGE / (2 << 20) * (2 << 20);

  /** The offset of the byte of that page that is changed. */
  static final long DAMAGED_BYTE = DAMAGED_PAGE + 17;

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofMinutes(1);

  /** $1 path of the work folder: kills the hypervisor that runs a trial there. */
  private static final String KILL =
      """
      for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in
          "$1"/store/*) kill -KILL "${process##*/}" ;;
        esac
      done
      """;

  /** $1 work folder: another key than the source's for the hypervisor that waits there. */
  private static final String BETRAY = "for key in \"$1\"/trial-*/keys.psk; do printf 'mplm:%064d\\n' 7 >\"$key\"; done";

  /** $1 work folder: until the guest of the trial there stands still. */
  private static final String AWAIT_STOP = "until grep -q src-vm-stopped \"$1\"/trial-*/qemu.log; do sleep 0.02; done";

  private final Hosts hosts;
  private Thread throttling;
  private boolean throttled;

  Intruder(Hosts hosts) {
    super(OutputStream.nullOutputStream());
    this.hosts = hosts;
  }

  @Override
  public void println(String line) {
    System.out.println(line);
    if (line.contains("] damaged ") && line.endsWith(": comparing memory")) {
      onHost(hosts.destination(), "sh", "-c", "printf x | dd of=\"$1\" bs=1 seek=\"$2\" conv=notrunc status=none", "intruder",
          hosts.destination().memoryFile(), Long.toString(DAMAGED_BYTE));
    }
    if (line.contains("] killed ") && line.contains(": migrating for ")) {
      onHost(hosts.source(), "sh", "-c", KILL, "intruder", hosts.source().workFolder());
    }
    if (line.contains("] betrayed ") && line.endsWith(": migrating")) {
      onHost(hosts.destination(), "sh", "-c", BETRAY, "intruder", hosts.destination().workFolder());
    }
    if (line.contains("] throttled ") && line.endsWith(": migrating") && !hosts.testbed().equals("loopback")) {
      throttling = new Thread(this::throttle, "throttle");
      throttling.start();
    }
  }

  /** Whether it has changed the link in time; waits for that. */
  boolean hasThrottled() throws InterruptedException {
    if (throttling != null) {
      throttling.join(STOP.toMillis());
    }
    return throttled;
  }

  /** $1 device. */
  private static final String THROTTLE =
      "PATH=$PATH:/usr/sbin:/sbin; tc qdisc replace dev \"$1\" root handle 4d50: tbf rate 50mbit burst 256kb latency 50ms";

  private void throttle() {
    try (Host host = Host.connect(hosts.source())) {
      host.check(STOP, "sh", "-c", AWAIT_STOP, "intruder", hosts.source().workFolder());
      if (hosts.link().shaping() == LinkConfig.Shaping.TC && hosts.link().namespaces() == null) {
        host.check(SOON, "sh", "-c", THROTTLE, "intruder",
            hosts.link().device() != null ? hosts.link().device() : hosts.source().migrationInterface()); // the run holds that link
      } else {
        // not closed: the run that shaped it takes the shaping away
        Link.open(hosts, host).shape(Bandwidth.parse("50Mbit/s"));
      }
      throttled = true;
    }
  }

  private static void onHost(HostConfig config, String... command) {
    try (Host host = Host.connect(config)) {
      host.check(SOON, command);
    }
  }
}
