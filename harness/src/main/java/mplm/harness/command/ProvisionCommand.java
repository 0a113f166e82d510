// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import mplm.harness.artifact.Artifacts;
import mplm.harness.host.Host;
import mplm.harness.host.HostConfig;
import mplm.harness.host.Hosts;
import mplm.harness.host.Reservation;
import mplm.harness.host.Transfer;
import mplm.harness.rig.Rig;
import mplm.harness.suite.Clone;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mplm provision}. */
@Command(
    name = "provision",
    description = {
      "Puts the hypervisor, its firmware and the guest's image on the hosts, below their work folders, as run does.",
      "Files are known by their hashes: what is there is not sent again, and what was sent is verified there."
    },
    mixinStandardHelpOptions = true)
public final class ProvisionCommand implements Callable<Integer> {
  @Mixin private HostsOption hosts;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Hosts> pairs = hosts.required();
    Clone clone = Clone.here();
    Artifacts artifacts = Artifacts.make(clone.engineBuild(), clone.guestBuild(), null);
    for (Hosts pair : pairs) {
      provision(pair.source(), artifacts);
      provision(pair.destination(), artifacts);
    }
    return 0;
  }

  private void provision(HostConfig config, Artifacts artifacts) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long start = System.nanoTime();
    try (Host host = Host.connect(config);
        Reservation reservation = Reservation.take(host);
        Progress progress = new Progress(config.name())) {
      reservation.sweep();
      Rig.Side side = Rig.provide(host, artifacts, progress);
      double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3;
      out.printf(Locale.ROOT, "%s: ready in %s: sent %d files, %.1f MB, in %.1f s%n", config.name(),
          Path.of(side.binary()).getParent(), progress.files, progress.bytes / 1e6, seconds);
      out.flush();
    }
  }

  /** Counts; on a terminal, a bar per file. */
  private static final class Progress implements Transfer, AutoCloseable {
    private final String host;
    private final boolean terminal = Boolean.getBoolean("mplm.terminal");
    private ProgressBar bar;
    private int files;
    private long bytes;

    Progress(String host) {
      this.host = host;
    }

    @Override
    public void sending(String file, long sent, long of) {
      if (terminal && bar == null) {
        bar = new ProgressBarBuilder().setTaskName(host + ": " + file).setInitialMax(of).setUnit(" MB", 1_000_000)
            .setStyle(ProgressBarStyle.ASCII).clearDisplayOnFinish().build();
      }
      if (bar != null) {
        bar.stepTo(sent);
      }
      if (sent == of) {
        files++;
        bytes += of;
        close();
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
    }
  }
}
