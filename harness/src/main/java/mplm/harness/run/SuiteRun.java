// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import mplm.engine.unit.Patience;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.HostException;
import mplm.harness.host.Hosts;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.table.Csv;
import mplm.harness.table.TrialsCsv;
import mplm.harness.terminal.Display;
import org.testng.SkipException;

/**
 * One execution of a suite: from the files to the rows and charts. With several pairs of hosts, each makes the trials of its own
 * experiments, beside the others.
 */
public final class SuiteRun implements AutoCloseable {
  /** The time that a host which was away between two trials has to come back, as after a reboot. */
  private static final Duration PATIENCE = Patience.of(Duration.ofMinutes(5));

  private final RunFolder folder;
  private final Sites sites;
  private final Display display;
  private final List<PairWorker> workers;
  private RunDerivation derivation;
  private List<PlannedTrial> plan;
  private final Optional<Rounds> rounds;
  /** The rows of all pairs, by the trial's number. Its monitor guards it and the derivation of what it holds. */
  private final Map<Integer, TrialRow> rows = new TreeMap<>();
  private final Csv<TrialRow> csv;
  /** Why trials have none, each once. */
  private final Set<String> withoutRow = new ConcurrentSkipListSet<>();
  private volatile boolean stopped;
  private volatile boolean told;
  private boolean closed;

  private SuiteRun(RunFolder folder, Sites sites, RunManifest manifest, Display display, Duration patience) throws IOException {
    this.folder = folder;
    this.sites = sites;
    this.display = display;
    this.workers = sites.all().stream().map(site -> new PairWorker(site, patience, manifest.seed())).toList();
    this.derivation = new RunDerivation(folder.path(), manifest);
    this.plan = manifest.plan();
    for (PlannedTrial planned : plan) {
      derivation.trial(planned, row -> rows.put(planned.number(), row));
      if (!rows.containsKey(planned.number())) {
        derivation.folder(planned).remove();
      }
    }
    this.rounds = Optional.ofNullable(manifest.engines()).map(engines -> new Rounds(manifest, System.nanoTime(), rows.values()));
    for (String gone : derivation.lost()) {
      display.say(gone + ": is not there any more as its row in trials.csv is; the trial is made again, and has a new row");
    }
    derivation.write(List.copyOf(rows.values()));
    this.csv = TrialsCsv.SCHEMA.append(derivation.trials());
  }

  /**
   * Runs it.
   *
   * @param pairs of hosts; one, if engines are compared
   * @param runs folder in which the run gets its own
   * @return whether no trial shows a fault, and no engine is worse than the one it is compared with
   * @throws HostException a host cannot be used, or stayed away: what was measured until then is told and stays
   */
  public static boolean run(RunRequest request, List<Hosts> pairs, Artifacts artifacts, Path runs, Display display) throws IOException {
    return run(request, pairs, artifacts, runs, display, PATIENCE);
  }

  static boolean run(RunRequest request, List<Hosts> pairs, Artifacts artifacts, Path runs, Display display, Duration patience)
      throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    RunFolder folder = RunFolder.create(runs, request.suite().name(), now);
    return run(folder, pairs, artifacts, display, patience, sites -> {
      RunManifest manifest = sites.manifest(request, folder, now);
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
  public static boolean resume(Path run, List<Hosts> pairs, Artifacts artifacts, Display display) throws IOException {
    RunFolder folder = RunFolder.open(run);
    return run(folder, pairs, artifacts, display, PATIENCE, sites -> {
      RunManifest begun = RunManifest.read(folder.path());
      Resumption.refuse(run, sites.differences(begun));
      return begun;
    });
  }

  /** Says what the run is set to, once it is known where it takes place. */
  private interface Setting {
    RunManifest at(Sites sites) throws IOException, InterruptedException;
  }

  private static boolean run(RunFolder folder, List<Hosts> pairs, Artifacts artifacts, Display display, Duration patience,
      Setting setting) throws IOException {
    AtomicReference<Runnable> atEnd = new AtomicReference<>();
    Thread hook = new Thread(() -> atEnd.get().run(), "run end");
    try (folder; Sites sites = new Sites(pairs, artifacts, folder.path().resolve("hosts"), display)) {
      atEnd.set(sites::close); // the links are limited while they are measured
      Runtime.getRuntime().addShutdownHook(hook);
      try (SuiteRun run = new SuiteRun(folder, sites, setting.at(sites), display, patience)) {
        atEnd.set(run::close);
        run.makeTrials();
        boolean good = run.report();
        if (!goesOn(hook)) {
          return false;
        }
        for (PairWorker worker : run.workers) {
          if (worker.away() != null) {
            throw worker.away();
          }
        }
        return good && run.rows.size() == run.plan.size() && run.rows.values().stream().noneMatch(row -> row.outcome().isFault());
      } finally {
        goesOn(hook);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException("run", "interrupted while it was prepared");
    }
  }

  /** Whether this process goes on, and the hook is not needed; else it closes what is open. */
  private static boolean goesOn(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** One TestNG suite per pair, in a thread of its own. */
  private void makeTrials() {
    Map<String, List<PlannedTrial>> suites = new LinkedHashMap<>();
    for (PairWorker worker : workers) {
      String pair = worker.site().hosts().pair();
      suites.put(derivation.manifest().suite() + (pair == null ? "" : " on " + pair),
          plan.stream().filter(planned -> worker(planned.experiment()) == worker).toList());
    }
    TrialInvocations.run(suites, this::make, folder.path().resolve("testng"));
  }

  private PairWorker worker(Experiment experiment) {
    Site site = sites.of(experiment, derivation.manifest());
    return workers.get(sites.all().indexOf(site));
  }

  /** Makes one trial and writes its row; one that is done has its row. */
  private TrialRow make(PlannedTrial planned) {
    synchronized (rows) {
      if (rows.containsKey(planned.number())) {
        return rows.get(planned.number());
      }
    }
    if (stopped) {
      throw new SkipException("the run was stopped");
    }
    if (rounds.isPresent() && !rounds.get().admit(planned, System.nanoTime(), rows.values())) {
      throw new SkipException(rounds.get().end());
    }
    PairWorker worker = worker(planned.experiment());
    worker.refuseIfStopped();
    worker.site().display().trial(planned.name(), plan.indexOf(planned) + 1, plan.size());
    try {
      worker.make(planned, derivation.folder(planned));
      return keep(planned, worker.site().display());
    } catch (InterruptedException e) {
      stopped = true;
      throw new SkipException("the run was stopped", e);
    } catch (ExecutionException e) {
      if (stopped) {
        throw new SkipException("the run was stopped", e);
      }
      throw broken(e.getCause());
    } catch (IOException e) {
      throw broken(e);
    } catch (SkipException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      // what it recorded is there, and resuming the run derives it again
      withoutRow.add(planned.name() + " has no row: " + e);
      throw e;
    }
  }

  /** What a trial that cannot be recorded ends the run with: the next could not be either. */
  private IllegalStateException broken(Throwable e) {
    stopped = true;
    String why = "the run cannot go on, a trial cannot be recorded: " + (e instanceof IOException io ? BadInput.reason(io) : e.getMessage());
    withoutRow.add(why);
    return new IllegalStateException(why, e);
  }

  private TrialRow keep(PlannedTrial planned, Display shown) throws IOException {
    synchronized (rows) {
      derivation.trial(planned, row -> {
        csv.write(row);
        rows.put(planned.number(), row);
        shown.end(row);
      });
      return rows.get(planned.number());
    }
  }

  /** Returns whether all is written and no engine is worse than the one it is compared with. */
  private boolean report() throws IOException {
    boolean marked = true;
    boolean whole = !stopped && withoutRow.isEmpty() && workers.stream().noneMatch(PairWorker::isStopped);
    if (rounds.isPresent() && whole) {
      // what was not made need not be: the run is whole
      RunManifest ended = derivation.manifest().ended(List.copyOf(rows.keySet()), rounds.get().level());
      try {
        ended.write(folder.path());
        derivation = new RunDerivation(folder.path(), ended);
        plan = ended.plan();
      } catch (IOException e) {
        marked = false;
        display.say("run.json does not say that the comparison is over: " + BadInput.reason(e));
      }
      display.say(rounds.get().end());
    }
    List<String> troubles = new ArrayList<>(withoutRow);
    workers.stream().map(PairWorker::away).filter(Objects::nonNull)
        .forEach(away -> troubles.add("a host stayed away: " + away.getMessage()));
    boolean good = new LastLines(derivation, display, !whole, troubles).say(List.copyOf(rows.values())) && marked;
    told = true;
    return good;
  }

  /** Ends a trial in progress in order, and gives the hosts back. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopped = true;
    workers.forEach(PairWorker::stop);
    try {
      for (PairWorker worker : workers) {
        if (!worker.await(PairWorker.LAST_WORDS)) {
          display.say("a trial did not end within " + PairWorker.LAST_WORDS.toSeconds()
              + " s; its hypervisors are killed with their connections");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sites.all().forEach(site -> site.display().close());
    display.close();
    sites.close();
    if (!told) { // as after Ctrl-C, which leaves no time for more
      display.say(LastLines.missing(derivation, rows.size()));
    }
    try {
      csv.close();
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
