// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.engine.guest.Accelerator;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.record.RunManifest;
import mplm.harness.report.Csv;
import mplm.harness.report.Display;
import mplm.harness.report.Setting;
import mplm.harness.report.Summary;
import mplm.harness.report.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Suite;
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

  /** For an interrupted trial to end in order. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(20);

  private final Suite suite;
  private final List<PlannedTrial> plan;
  private final RunDerivation derivation;
  private final Display display;
  private final RunFolder folder;
  private final Rig rig;
  private final Accelerator accelerator;
  private final Csv csv;
  private final List<TrialRow> rows = new ArrayList<>();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "trial");
        thread.setDaemon(true);
        return thread;
      });
  private volatile boolean stopped;
  private boolean closed;

  private SuiteRun(Suite suite, long seed, Hosts hosts, Artifacts artifacts, Path runs, Display display) throws IOException {
    this.suite = suite;
    this.plan = suite.plan(seed);
    this.display = display;
    Artifact engine = Artifact.engine(artifacts.engine());
    Artifact guest = Artifact.guest(artifacts.guest());
    this.folder = RunFolder.create(runs, suite.name());
    this.rig = Rig.open(hosts, engine, guest, folder.path().resolve("hosts"));
    try {
      this.accelerator = accelerator();
      Setting setting = new Setting(folder.id(), folder.started().toString(), hosts.testbed(), rig.link().kind(), accelerator,
          engine.property("qemu.version"), engine.property("engine.hash"), engine.property("scheduler.hash"),
          guest.property("guest.hash"), guest.property("kernel.version"));
      display.say("looking at the hosts, measuring the link");
      RunManifest manifest = RunManifest.of(suite, seed, plan, setting, Environment.of(rig, suite), engine.properties(),
          guest.properties(), experiment -> Kernel.arguments(experiment, hosts.guestAddress()));
      manifest.write(folder.path());
      this.derivation = new RunDerivation(folder.path(), manifest);
      this.csv = Csv.trials(derivation.trials());
    } catch (IOException | RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  /**
   * Runs it.
   *
   * @param seed of the order of its trials
   * @param runs folder in which the run gets its own
   * @return whether no trial shows a fault
   * @throws HostException a host cannot be used: nothing was measured
   */
  public static boolean run(Suite suite, long seed, Hosts hosts, Artifacts artifacts, Path runs, Display display) throws IOException {
    try (SuiteRun run = new SuiteRun(suite, seed, hosts, artifacts, runs, display)) {
      Thread hook = new Thread(run::close, "run end");
      Runtime.getRuntime().addShutdownHook(hook);
      run.makeTrials();
      run.report();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return false; // this process is ending: the hook closes the run
      }
      return run.rows.size() == run.plan.size() && run.rows.stream().noneMatch(row -> row.outcome().isFault());
    }
  }

  private Accelerator accelerator() {
    display.say("trying KVM: booting a guest on both hosts");
    Optional<String> obstacle = UsableKvm.obstacle(rig, folder.path().resolve("hosts"));
    obstacle.ifPresent(why -> display.say("guests run under TCG, much slower than KVM, which is not usable: " + why));
    return obstacle.isPresent() ? Accelerator.TCG : Accelerator.KVM;
  }

  private void makeTrials() {
    XmlSuite xml = new XmlSuite();
    xml.setName(suite.name());
    for (Experiment experiment : suite.experiments()) {
      XmlTest test = new XmlTest(xml);
      test.setName(experiment.name());
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

  /** Makes one trial in the worker's thread, with a watchdog around, and writes its row. */
  private TrialRow make(PlannedTrial planned) {
    if (stopped) {
      throw new SkipException("the run was stopped");
    }
    display.trial(planned.name(), planned.number(), plan.size());
    try {
      Trial trial = new Trial(rig, accelerator, planned, derivation.folder(planned), display);
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
    rows.add(row);
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

  private void report() throws IOException {
    display.say("");
    display.say(Summary.of(rows));
    display.say("rows:     " + derivation.trials());
    for (Path file : derivation.whole(rows)) {
      display.say((file.toString().endsWith(".csv") ? "methods:  " : "chart:    ") + file);
    }
    display.say("each trial over time: " + folder.path().resolve("trials") + "/*/timeline.{csv,png}");
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
    rig.close();
    try {
      csv.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
