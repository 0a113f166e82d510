// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mplm.engine.guest.Accelerator;
import mplm.harness.derive.RunStamp;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.report.Display;
import mplm.harness.report.Setting;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a run takes place: the rig, which is opened again when something happened to it, and how guests run on it. */
final class Site implements AutoCloseable {
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
  Site(Hosts hosts, Artifacts artifacts, Path logs, Display display) throws IOException {
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

  /** As it was last made ready. */
  synchronized Rig rig() {
    return rig;
  }

  Accelerator accelerator() {
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
    display.say("a host was away, or what it was provided with is damaged: taking both anew");
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
        if (System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }

  /** What a new run is set to; the budget is of a run that compares engines. */
  RunManifest manifest(Suite suite, long seed, Shard shard, Duration budget, String run, Instant started) throws IOException {
    display.say("looking at the hosts, measuring the link");
    return RunManifest.of(suite, seed, shard, setting(run, started.toString()), Environment.of(rig, suite.experiments()),
        engine.properties(), guest.properties(), experiment -> Kernel.arguments(experiment, hosts.guestAddress()), engines(budget));
  }

  /** Null with one. */
  private RunManifest.Engines engines(Duration budget) {
    Map<String, Map<String, String>> properties = new LinkedHashMap<>();
    engines.forEach((name, other) -> properties.put(name, other.properties()));
    return engines.isEmpty() ? null : new RunManifest.Engines(properties, budget, null);
  }

  /** What of this place is not as it was when the run began: key, then, now. */
  List<String> differences(RunManifest begun) throws IOException {
    RunManifest here = begun.at(setting(begun.setting().run(), begun.setting().started()), Environment.of(rig, List.of()),
        engine.properties(), guest.properties(), experiment -> Kernel.arguments(experiment, hosts.guestAddress()),
        begun.engines() == null ? null : engines(begun.engines().budget()));
    return RunStamp.of(begun).differences(RunStamp.of(here), RunStamp.ONE_RUN);
  }

  /** What of these artifacts is not what the run began with, so that it is told before hosts are looked at. */
  static List<String> differences(RunManifest begun, Artifacts artifacts) {
    Map<String, String> then = Map.of("engine", begun.setting().engineHash(), "guest", begun.setting().guestHash());
    Map<String, String> now = Map.of("engine", Artifact.engine(artifacts.engine()).property("engine.hash"),
        "guest", Artifact.guest(artifacts.guest()).property("guest.hash"));
    return new RunStamp(then).differences(new RunStamp(now), RunStamp.ONE_RUN);
  }

  private Setting setting(String run, String started) {
    return new Setting(run, started, hosts.testbed(), rig.link().kind(), accelerator, engine.property("qemu.version"),
        engine.property("engine.hash"), engine.property("scheduler.hash"), guest.property("guest.hash"),
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
