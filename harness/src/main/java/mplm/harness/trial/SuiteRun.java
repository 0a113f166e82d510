// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.derive.RunDerivation;
import mplm.harness.document.ComparisonDocument;
import mplm.harness.history.History;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.report.Csv;
import mplm.harness.report.Display;
import mplm.harness.report.Summary;
import mplm.harness.report.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.verdict.Rules;
import org.testng.ITestResult;
import org.testng.SkipException;
import org.testng.TestNG;
import org.testng.reporters.JUnitReportReporter;
import org.testng.reporters.XMLReporter;
import org.testng.xml.XmlClass;
import org.testng.xml.XmlSuite;
import org.testng.xml.XmlTest;

/** One execution of a suite on two hosts: from the files to the rows and charts. */
public final class SuiteRun implements AutoCloseable {
  /** What a trial may take beyond its own limits, all of whose waits have their own. */
  private static final Duration SPARE = Duration.ofMinutes(5);

  /** For a host that was away between two trials to come back, as after a reboot. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** For an interrupted trial to end in order. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(20);

  private final RunFolder folder;
  private final Site site;
  private final Display display;
  private final Duration patience;
  private RunDerivation derivation;
  private List<PlannedTrial> plan;
  private final Optional<Rounds> rounds;
  private final Map<Integer, TrialRow> rows = new TreeMap<>();
  private final Csv csv;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "trial");
        thread.setDaemon(true);
        return thread;
      });
  private volatile boolean stopped;
  private HostException away;
  private boolean closed;

  private SuiteRun(RunFolder folder, Site site, RunManifest manifest, Display display, Duration patience) throws IOException {
    this.folder = folder;
    this.site = site;
    this.display = display;
    this.patience = patience;
    this.derivation = new RunDerivation(folder.path(), manifest);
    this.plan = manifest.plan();
    this.rounds = Optional.ofNullable(manifest.engines()).map(engines -> new Rounds(manifest, System.nanoTime()));
    for (PlannedTrial planned : plan) {
      Optional<TrialRow> done = derivation.trial(planned);
      done.ifPresent(row -> rows.put(planned.number(), row));
      if (done.isEmpty()) {
        derivation.folder(planned).remove();
      }
    }
    derivation.write(List.copyOf(rows.values()));
    this.csv = Csv.append(derivation.trials());
  }

  /**
   * Runs it.
   *
   * @param shard the part of it that is run
   * @param seed of the order of its trials
   * @param budget of time, for a run that compares engines
   * @param runs folder in which the run gets its own
   * @return whether no trial shows a fault, and no engine is worse than the one it is compared with
   * @throws HostException a host cannot be used, or stayed away: what was measured until then is told and stays
   */
  public static boolean run(Suite suite, Shard shard, long seed, Duration budget, Hosts hosts, Artifacts artifacts, Path runs,
      Display display) throws IOException {
    return run(suite, shard, seed, budget, hosts, artifacts, runs, display, PATIENCE);
  }

  static boolean run(Suite suite, Shard shard, long seed, Duration budget, Hosts hosts, Artifacts artifacts, Path runs,
      Display display, Duration patience) throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    RunFolder folder = RunFolder.create(runs, suite.name(), now);
    return run(folder, hosts, artifacts, display, patience, site -> {
      RunManifest manifest = site.manifest(suite, seed, shard, budget, folder.id(), now);
      manifest.write(folder.path());
      return manifest;
    });
  }

  /**
   * Runs what a run that was broken off has not done.
   *
   * @return whether no trial shows a fault, of all that the run has done by then
   * @throws HostException as above
   * @throws mplm.harness.input.BadInput the run is in progress, or would not be the same run here
   */
  public static boolean resume(Path run, Hosts hosts, Artifacts artifacts, Display display) throws IOException {
    RunFolder folder = RunFolder.open(run);
    return run(folder, hosts, artifacts, display, PATIENCE, site -> {
      RunManifest begun = RunManifest.read(folder.path());
      Resumption.refuse(run, site.differences(begun));
      return begun;
    });
  }

  /** Says what the run is set to, once it is known where it takes place. */
  private interface Setting {
    RunManifest at(Site site) throws IOException;
  }

  private static boolean run(RunFolder folder, Hosts hosts, Artifacts artifacts, Display display, Duration patience,
      Setting setting) throws IOException {
    try (folder; Site site = new Site(hosts, artifacts, folder.path().resolve("hosts"), display);
        SuiteRun run = new SuiteRun(folder, site, setting.at(site), display, patience)) {
      Thread hook = new Thread(run::close, "run end");
      Runtime.getRuntime().addShutdownHook(hook);
      run.makeTrials();
      boolean worse = run.report();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return false; // this process is ending: the hook closes the run
      }
      if (run.away != null) {
        throw run.away;
      }
      return !worse && run.rows.size() == run.plan.size() && run.rows.values().stream().noneMatch(row -> row.outcome().isFault());
    }
  }

  private void makeTrials() {
    XmlSuite xml = new XmlSuite();
    xml.setName(derivation.manifest().suite());
    for (String name : TrialTests.names(plan)) {
      XmlTest test = new XmlTest(xml);
      test.setName(name);
      test.setXmlClasses(List.of(new XmlClass(TrialTests.class)));
    }
    TestNG testng = new TestNG();
    testng.setXmlSuites(List.of(xml));
    testng.setOutputDirectory(folder.path().resolve("testng").toString());
    testng.setVerbose(0);
    testng.setUseDefaultListeners(false);
    testng.addListener(new XMLReporter());
    testng.addListener(new JUnitReportReporter() {
      /** The trial's name, not the method's, which they all share. */
      @Override
      protected String getTestName(ITestResult result) {
        return result.getParameters()[0].toString();
      }
    });
    testng.addListener(TrialTests.handing(plan, this::make));
    testng.run();
  }

  /** Makes one trial in the worker's thread, with a watchdog around, and writes its row; one that is done has its row. */
  private TrialRow make(PlannedTrial planned) {
    if (rows.containsKey(planned.number())) {
      return rows.get(planned.number());
    }
    if (stopped) {
      throw new SkipException("the run was stopped");
    }
    if (rounds.isPresent() && !rounds.get().admit(planned, System.nanoTime(), rows.values())) {
      throw new SkipException(rounds.get().end());
    }
    display.trial(planned.name(), plan.indexOf(planned) + 1, plan.size());
    try {
      site.makeReady(patience);
      if (stopped) {
        throw new SkipException("the run was stopped");
      }
      Trial trial = new Trial(site.rig(), site.accelerator(), planned, derivation.folder(planned), display);
      Future<?> future = worker.submit(() -> {
        trial.run();
        return null;
      });
      try {
        future.get(longest(planned.experiment()).toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        giveUp(trial, future);
      }
      return keep(planned);
    } catch (HostException e) {
      away = e;
      stopped = true;
      throw new SkipException("a host stayed away", e);
    } catch (ExecutionException | InterruptedException e) {
      stopped = true;
      throw new SkipException("the run was stopped", e);
    } catch (IOException e) {
      stopped = true;
      throw new UncheckedIOException("a trial cannot be recorded, the run cannot go on: " + e.getMessage(), e);
    }
  }

  private TrialRow keep(PlannedTrial planned) throws IOException {
    TrialRow row = derivation.trial(planned).orElseThrow();
    csv.write(row);
    rows.put(planned.number(), row);
    display.end(row);
    return row;
  }

  /** The trial hangs in spite of the time-outs of all it does. When it does not even let itself be interrupted, the run ends. */
  private void giveUp(Trial trial, Future<?> future) {
    trial.abandon("hung");
    future.cancel(true);
    try {
      // the worker is free once the trial has torn down
      worker.submit(() -> {}).get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      stopped = true;
    }
  }

  private static Duration longest(Experiment experiment) {
    return SPARE.plus(experiment.readyWithin().multipliedBy(3)).plus(experiment.limit(experiment.memory()))
        .plus(experiment.finishWithin().multipliedBy(2));
  }

  /** Returns whether an engine is worse than the one it is compared with. */
  private boolean report() throws IOException {
    List<TrialRow> all = List.copyOf(rows.values());
    if (rounds.isPresent() && !stopped) {
      // what was not made need not be: the run is whole
      RunManifest ended = derivation.manifest().ended(List.copyOf(rows.keySet()), rounds.get().level());
      ended.write(folder.path());
      derivation = new RunDerivation(folder.path(), ended);
      plan = ended.plan();
      display.say(rounds.get().end());
    }
    // in the order of the run, even if one amid it was made last
    derivation.write(all);
    display.say("");
    display.say(Summary.of(all));
    if (all.size() < plan.size()) {
      display.say(all.size() + " of " + plan.size() + " trials are done; mplm run --resume " + folder.path() + " runs the others");
    }
    display.say("rows:     " + derivation.trials());
    if (all.size() == plan.size()) {
      History.in(folder.path().getParent()).add(derivation.manifest(), all);
    }
    if (rounds.isPresent()) {
      derivation.whole(all).forEach(file -> display.say("verdict:  " + file));
      ComparisonDocument document = EngineVerdict.document(derivation.manifest(), all, Rules.standard());
      display.say("");
      document.text().lines().forEach(display::say);
      return document.comparison().isWorse();
    }
    for (Path file : derivation.whole(all)) {
      display.say((file.toString().endsWith(".csv") ? "methods:  " : "chart:    ") + file);
    }
    display.say("report:   " + folder.path().resolve("index.html"));
    display.say("each trial over time: " + folder.path().resolve("trials") + "/*/timeline.{csv,png}");
    return false;
  }

  /** Ends a trial in progress in order, and gives the hosts back. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopped = true;
    worker.shutdownNow();
    try {
      if (!worker.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        display.say("a trial did not end within " + LAST_WORDS.toSeconds() + " s; its hypervisors are killed with their connections");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    display.close();
    site.close();
    try {
      csv.close();
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
