// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.util.List;
import mplm.engine.guest.Accelerator;
import mplm.engine.guest.Hypervisor;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.suite.PlannedTrial;

/** The guest of a trial: command lines of the hypervisor that it boots in and of the one that waits for it, and its memory files. */
record TrialGuest(Rig rig, Accelerator accelerator, PlannedTrial planned) {
  /** The traces that tell what a downtime consists of and when MPLM's epochs began: few lines per trial. */
  private static final String[] TRACES = {"-trace", "vmstate_downtime_checkpoint", "-trace", "migration_bitmap_sync_*", "-trace",
    "mplm_start", "-trace", "mplm_epoch", "-trace", "mplm_forecast", "-trace",
    "mplm_end"};

  /** Where it boots. */
  Hypervisor atSource(String workFolder) {
    String arguments = Kernel.arguments(planned.experiment(), rig.hosts().guestAddress());
    Rig.Side side = rig.source(planned.engine());
    Hypervisor hypervisor = rig.withNetwork(
        rig.hypervisor(side, accelerator, planned.experiment().guest(), arguments, workFolder), side).withMore(TRACES);
    // where there is no KVM, QEMU says what it lacks
    boolean ring = accelerator == Accelerator.KVM && planned.method().needsDirtyRing();
    Hypervisor logged = ring ? hypervisor.withDirtyRing() : hypervisor;
    return planned.isHeld() ? logged.withMemoryFile(memoryFile(side)) : logged;
  }

  /** Where it is moved to, from there. */
  Hypervisor atDestination(Hypervisor source, String workFolder) {
    Rig.Side side = rig.destination(planned.engine());
    Hypervisor hypervisor = rig.withNetwork(source.destination(side.binary(), side.firmware(), workFolder)
        .withImage(side.kernel(), side.initramfs()), side);
    return planned.isHeld() ? hypervisor.withMemoryFile(memoryFile(side)).withStarted(false) : hypervisor;
  }

  /** QEMU would make it readable for all. */
  private static String memoryFile(Rig.Side side) {
    side.host().check(ANSWER, "sh", "-c", "umask 077; rm -f -- \"$1\" && : >\"$1\"", "mplm", side.memoryFile());
    return side.memoryFile();
  }

  /** On both hosts, if it had any. */
  void removeMemoryFiles() throws IOException {
    if (planned.isHeld()) {
      for (Rig.Side side : List.of(rig.source(), rig.destination())) {
        rig.remove(side.host(), side.memoryFile());
      }
    }
  }
}
