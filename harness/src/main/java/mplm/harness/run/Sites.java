// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RunStamp;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Setting;
import mplm.harness.rig.Environment;
import mplm.harness.rig.Kernel;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;

/** All pairs of hosts where a run takes place, one or several of a kind. */
final class Sites implements AutoCloseable {
  private final Artifact engine;
  private final Map<String, Artifact> engines = new LinkedHashMap<>();
  private final Artifact guest;
  private final List<Site> sites = new ArrayList<>();

  /**
   * Opens them.
   *
   * @param logs local folder for what the hosts say meanwhile
   * @throws HostException a host cannot be used, another run uses it, or the pairs are of different kinds
   */
  Sites(List<Hosts> pairs, Artifacts artifacts, Path logs, Display display) throws IOException {
    this.engine = Artifact.engine(artifacts.engine());
    artifacts.engines().forEach((name, folder) -> engines.put(name, Artifact.engine(folder)));
    this.guest = Artifact.guest(artifacts.guest());
    try {
      for (Hosts pair : pairs) {
        sites.add(new Site(pair, artifacts, logs, pair.pair() == null ? display : display.beside(pair.pair())));
      }
      sites.forEach(this::refuseOtherKind);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What stands in every row is the same everywhere. */
  private void refuseOtherKind(Site site) {
    Setting first = sites.get(0).setting("", "");
    Setting other = site.setting("", "");
    if (!other.equals(first)) {
      throw new HostException("pair " + site.hosts().pair(), "guests under " + other.accelerator() + ", link shaped by "
          + other.shaping() + "; on pair " + sites.get(0).hosts().pair() + " " + first.accelerator() + ", " + first.shaping()
          + ": the pairs of a run must be of one kind");
    }
  }

  List<Site> all() {
    return sites;
  }

  /** Where the trials of this experiment are made. */
  Site of(Experiment experiment, RunManifest manifest) {
    String pair = manifest.pairs().get(experiment.name());
    return sites.stream().filter(site -> pair == null || pair.equals(site.hosts().pair())).findFirst().orElseThrow();
  }

  /** What a new run is set to; guests of scaled experiments are measured where their trials are made. */
  RunManifest manifest(RunRequest request, RunFolder run, Instant started) throws IOException, InterruptedException {
    Suite suite = request.suite();
    List<String> names = sites.stream().map(site -> site.hosts().pair()).toList();
    Map<String, String> spread = sites.get(0).hosts().pair() == null ? Map.of() : Spread.of(suite.plan(request.seed()), names);
    Map<String, Map<String, String>> environment = new LinkedHashMap<>(Map.of("controller", Environment.controller()));
    Map<String, String> obstacles = Environment.testbed(sites.get(0).hosts().testbed());
    if (!obstacles.isEmpty()) {
      environment.put(RunManifest.TESTBED, obstacles);
    }
    Map<String, Experiment> measured = new HashMap<>();
    for (Site site : sites) {
      List<Experiment> here = site.measured(suite.experiments().stream()
          .filter(experiment -> spread.isEmpty() || spread.get(experiment.name()).equals(site.hosts().pair())).toList(),
          request.calibrations(), run.path());
      here.forEach(experiment -> measured.put(experiment.name(), experiment));
      site.display().say("looking at the hosts, measuring the link");
      environment.putAll(site.environment(here));
    }
    Suite whole = suite.withExperiments(suite.experiments().stream().map(experiment -> measured.get(experiment.name())).toList());
    return RunManifest.of(whole, request.seed(), request.shard(), sites.get(0).setting(run.id(), started.toString()), spread,
        environment, engine.properties(), guest.properties(), experiment -> arguments(experiment, spread), engines(request.budget()));
  }

  /** The two engines that are compared; null if the run has one. */
  private RunManifest.Engines engines(Duration budget) {
    Map<String, Map<String, String>> properties = new LinkedHashMap<>();
    engines.forEach((name, other) -> properties.put(name, other.properties()));
    return engines.isEmpty() ? null : new RunManifest.Engines(properties, budget, null);
  }

  /** What of this place is not as it was when the run began: key, then, now. */
  List<String> differences(RunManifest begun) throws IOException, InterruptedException {
    Map<String, Map<String, String>> environment = new LinkedHashMap<>(Map.of("controller", Environment.controller()));
    for (Site site : sites) {
      environment.putAll(site.environment(List.of()));
    }
    RunManifest here = begun.at(sites.get(0).setting(begun.setting().run(), begun.setting().started()), environment,
        engine.properties(), guest.properties(), experiment -> arguments(experiment, begun.pairs()),
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

  /** The arguments of the guest's kernel; a pair that is not here has none. */
  private String arguments(Experiment experiment, Map<String, String> spread) {
    String pair = spread.get(experiment.name());
    return sites.stream().map(Site::hosts).filter(hosts -> pair == null || pair.equals(hosts.pair())).findFirst()
        .map(hosts -> Kernel.arguments(experiment, hosts.guestAddress())).orElse("none");
  }

  @Override
  public void close() {
    sites.forEach(Site::close);
  }
}
