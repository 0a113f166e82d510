// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import java.util.Optional;
import mplm.harness.host.GuestAddress;
import mplm.harness.suite.Experiment;

/** The guest's kernel command line, by which its init knows what to run. */
public final class Kernel {
  private static final int HEARTBEAT_MS = 20;

  private Kernel() {}

  /** The command line for an experiment's guest, which has no network without an address. */
  public static String arguments(Experiment experiment, Optional<GuestAddress> address) {
    return arguments(experiment.benchmark().name(), experiment.problemClass(), experiment.vcpus(), !experiment.repeats())
        + (experiment.iterations() == null ? "" : " mplm.iterations=" + experiment.iterations())
        + (experiment.ballast().bytes() == 0 ? "" : " mplm.ballast_mib=" + (experiment.ballast().bytes() >> 20))
        + address.map(a -> " mplm.address=" + a).orElse("");
  }

  /** {@code once}: not again and again until it is told to stop. Benchmark {@code none} boots and idles. */
  public static String arguments(String benchmark, String problemClass, int threads, boolean once) {
    return "console=ttyS0 quiet panic=-1 mplm.benchmark=" + benchmark + " mplm.class=" + problemClass + " mplm.threads=" + threads
        + " mplm.repetitions=" + (once ? 1 : 0) + " mplm.heartbeat_ms=" + HEARTBEAT_MS;
  }
}
