// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import mplm.engine.guest.Accelerator;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.calibration.Calibrations;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.result.Setting;
import mplm.harness.rig.Environment;
import mplm.harness.rig.Rig;
import mplm.harness.rig.UsableKvm;
import mplm.harness.suite.Experiment;
import mplm.harness.terminal.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pair of hosts of a run: the rig, which is opened again when something happened to it, and how guests run on it. */
public final class Site implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Hosts hosts;
  private final Artifact engine;
  private final Map<String, Artifact> engines = new LinkedHashMap<>();
  private final Artifact guest;
  private final Path logs;
  private final Display display;
  private final Accelerator accelerator;
  private Rig rig;
  private volatile boolean closed;

  /**
   * Opens the rig and tries KVM.
   *
   * @param logs local folder for what the hosts say meanwhile
   * @throws HostException a host cannot be used, or another run uses it
   */
  public Site(Hosts hosts, Artifacts artifacts, Path logs, Display display) throws IOException {
    this.hosts = hosts;
    this.engine = Artifact.engine(artifacts.engine());
    artifacts.engines().forEach((name, folder) -> engines.put(name, Artifact.engine(folder)));
    this.guest = Artifact.guest(artifacts.guest());
    this.logs = logs;
    this.display = display;
    this.rig = Rig.open(hosts, engine, engines, guest, logs);
    try {
      display.say("trying KVM: booting a guest on both hosts");
      Optional<String> obstacle = UsableKvm.obstacle(rig, logs);
      obstacle.ifPresent(why -> display.say("guests run under TCG, much slower than KVM, which is not usable: " + why));
      this.accelerator = obstacle.isPresent() ? Accelerator.TCG : Accelerator.KVM;
    } catch (RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  Hosts hosts() {
    return hosts;
  }

  /** The display for what happens here. */
  Display display() {
    return display;
  }

  /** The rig as it was last made ready. */
  public synchronized Rig rig() {
    return rig;
  }

  public Accelerator accelerator() {
    return accelerator;
  }

  /**
   * Gets the hosts ready for a trial: if one was away meanwhile, or has lost or damaged what was provided, both are taken anew.
   *
   * @param patience for how long that is tried
   * @throws HostException a host stays away
   */
  synchronized void makeReady(Duration patience) throws IOException, InterruptedException {
    if (rig.isWhole()) {
      return;
    }
    display.say("a host was away, or this machine stood still, or what was provided is damaged: taking both anew");
    try {
      rig.close();
    } catch (IllegalStateException e) {
      LOG.debug("giving back hosts that are lost", e);
    }
    for (long end = System.nanoTime() + patience.toNanos(); !closed; Thread.sleep(PAUSE.toMillis())) {
      try {
        rig = Rig.open(hosts, engine, engines, guest, logs);
        return;
      } catch (HostException e) {
        LOG.debug("hosts are not back yet", e);
        if (System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }

  /** What of the machines and their link may explain a difference; the link is measured at the rates of these. */
  Map<String, Map<String, String>> environment(List<Experiment> experiments) throws IOException, InterruptedException {
    return Environment.of(rig(), experiments, logs);
  }

  /** These with link and times of those that are scaled, which follow from their guests: see {@link Calibrations}. */
  List<Experiment> measured(List<Experiment> experiments, Calibrations calibrations, Path run) throws IOException {
    Map<String, String> place = new TreeMap<>(Environment.stamp(rig().source().host()));
    place.put("engine", engine.property("engine.hash"));
    place.put("guest", guest.property("guest.hash"));
    return calibrations.measured(experiments, rig(), accelerator, place, run, display);
  }

  /** What is the same for all trials here. */
  Setting setting(String run, String started) {
    return new Setting(run, started, hosts.testbed(), rig().link().kind(), hosts.link().protection().toString(), accelerator,
        engine.property("qemu.version"), engine.property("engine.hash"), engine.property("scheduler.hash"), guest.property("guest.hash"),
        guest.property("kernel.version"));
  }

  /** Gives the hosts back, as far as they are there; what cannot be done is told. */
  @Override
  public void close() {
    closed = true;
    try {
      rig().close();
    } catch (IllegalStateException e) {
      display.say(e.getMessage());
    }
  }
}
