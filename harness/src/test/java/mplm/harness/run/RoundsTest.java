// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.harness.artifact.Build;
import mplm.harness.artifact.EngineSource;
import mplm.harness.derive.EngineVerdict;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Rows;
import mplm.harness.result.Setting;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;
import mplm.harness.suite.Suite;
import mplm.harness.terminal.Display;
import mplm.harness.verdict.Judgement;
import mplm.harness.verdict.Rules;
import org.testng.annotations.Test;

/** A run that compares engines, without the hosts: its plan, when it ends, its verdict; and where an engine comes from. */
public class RoundsTest {
  private static final Duration TRIAL = Duration.ofSeconds(15);

  private final Suite suite = new NpbConfigs(Path.of("../npb-configs")).suite("regression");

  private RunManifest manifest(int minutes) {
    return manifest(minutes, "e-base", "e-new");
  }

  private RunManifest manifest(int minutes, String baseHash, String newHash) {
    Setting setting = new Setting("r", "2026-01-02T03:04:05Z", "namespaces", "tc tbf", "none", Accelerator.TCG,
        "10.0", "e1", "s1", "9", "6.1");
    Map<String, Map<String, String>> engines = new LinkedHashMap<>();
    for (String name : List.of("base", "new")) {
      engines.put(name, Map.of("qemu.version", "10.0", "engine.hash", name.equals("base") ? baseHash : newHash, "scheduler.hash", "s-" + name));
    }
    return RunManifest.of(suite, 7, Shard.WHOLE, setting, Map.of(), Map.of(), Map.of(), Map.of(), experiment -> "",
        new RunManifest.Engines(engines, Duration.ofMinutes(minutes), null));
  }

  /** Makes up the run's trials, the new engine's slower by a factor, until its rounds end. */
  private static List<TrialRow> run(RunManifest manifest, Rounds rounds, double slower, long seed) {
    Random random = new Random(seed);
    List<TrialRow> rows = new ArrayList<>();
    long now = 0;
    for (PlannedTrial trial : manifest.plan()) {
      if (!rounds.admit(trial, now, rows)) {
        break;
      }
      now += TRIAL.toNanos();
      double factor = (trial.engine().equals("new") && trial.method().name().equals("mplm") ? slower : 1)
          * (1 + 0.03 * random.nextGaussian());
      rows.add(Rows.of(trial, manifest.setting(trial), 10 * factor, 2 * factor));
    }
    assertThat(Duration.ofNanos(now)).isLessThanOrEqualTo(manifest.engines().budget());
    return rows;
  }

  @Test
  public void everyRoundHasEachMethodOnceByEachEngineInPairs() {
    List<PlannedTrial> plan = manifest(30).plan();
    int round = plan.size() / suite.repetitions();
    for (int i = 0; i < plan.size(); i += 2) {
      PlannedTrial one = plan.get(i);
      PlannedTrial other = plan.get(i + 1);
      assertThat(one.repetition()).isEqualTo(other.repetition()).isEqualTo(1 + i / round);
      assertThat(List.of(one.experiment(), one.method())).isEqualTo(List.of(other.experiment(), other.method()));
      assertThat(List.of(one.engine(), other.engine())).containsExactlyInAnyOrder("base", "new");
    }
    assertThat(plan).extracting(PlannedTrial::name).doesNotHaveDuplicates();
    // neither is always first
    assertThat(plan.stream().filter(trial -> trial.number() % 2 == 1).map(PlannedTrial::engine).filter("base"::equals).count())
        .isBetween(plan.size() / 8L, plan.size() * 3L / 8);
  }

  @Test
  public void aSlowerEngineEndsTheRunBeforeItsTime() {
    RunManifest manifest = manifest(30);
    Rounds rounds = new Rounds(manifest, 0, List.of());
    List<TrialRow> rows = run(manifest, rounds, 1.2, 1);
    assertThat(rounds.end()).startsWith("the verdict is clear after ");
    assertThat(rows.size()).isLessThan(30 * 4 * 3 / 4);
    RunManifest ended = manifest.ended(rows.stream().map(row -> row.planned().number()).toList(), rounds.level());
    assertThat(ended.plan()).hasSameSizeAs(rows);
    assertThat(EngineVerdict.document(ended, rows, Rules.standard()).comparison().judgement()).isEqualTo(Judgement.WORSE);
    assertThat(rows).extracting(row -> row.setting().engineHash()).contains("e-base", "e-new");
  }

  /** Such as by a variable of a job that is not what it was meant to be: the comparison could find nothing for ever. */
  @Test
  public void thatBothEnginesAreTheSameIsTold() {
    RunManifest same = manifest(30, "e-base", "e-base");
    List<TrialRow> rows = run(same, new Rounds(same, 0, List.of()), 1, 1);
    assertThat(EngineVerdict.document(same, rows, Rules.standard()).text()).contains("Both engines are the same, of one hash");
    assertThat(EngineVerdict.document(manifest(30), rows, Rules.standard()).text()).doesNotContain("Both engines are the same");
  }

  /** For people a page with a chart, for a job's summary Markdown without pictures, for programs JSON and JUnit's XML. */
  @Test
  public void theVerdictIsWrittenForAllWhoReadIt() throws Exception {
    RunManifest manifest = manifest(30);
    Rounds rounds = new Rounds(manifest, 0, List.of());
    List<TrialRow> rows = run(manifest, rounds, 1.2, 1);
    Path folder = Files.createTempDirectory("mplm-verdict");
    try {
      assertThat(new RunDerivation(folder, manifest).whole(rows)).containsExactlyElementsOf(Stream.of("verdict.md", "verdict.json",
          "verdict.xml", "charts/ratios.png", "charts/ratios.svg", "index.html").map(folder::resolve).toList())
          .allSatisfy(file -> assertThat(file).isNotEmptyFile());
      assertThat(Files.readString(folder.resolve("verdict.md"))).startsWith("# new against base\n").contains("verdict: worse (")
          .doesNotContain("![");
      String page = Files.readString(folder.resolve("index.html"));
      assertThat(page.indexOf("verdict: worse (")).isBetween(0, page.indexOf("<figure><svg"));
      assertThat(page).containsPattern("class=\"point curve-worse\"[^\n]+ mplm\\S*, migration time, s: 1\\d\\.\\d+ against 1?\\d\\.\\d+, ratio "
          + "1\\.\\d+ \\(95 %: 1\\.\\d+ to 1\\.\\d+\\)").contains("class=\"point curve-control\"");
    } finally {
      RecordedRun.remove(folder);
    }
  }

  @Test
  public void theSameEngineRaisesNoMoreAlarmsThanItMay() {
    RunManifest manifest = manifest(30);
    int alarms = 0;
    int runs = 100;
    for (int seed = 0; seed < runs; seed++) {
      Rounds rounds = new Rounds(manifest, 0, List.of());
      List<TrialRow> rows = run(manifest, rounds, 1, seed);
      assertThat(rounds.end()).isNotEmpty();
      alarms += EngineVerdict.compare(manifest, rows, Rules.standard().withAlpha(rounds.level())).isWorse() ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo((int) (Rules.ALPHA * runs));
  }

  /** What its looks have spent before is not known: it goes on where one that was not broken off ends early, until its time is spent. */
  @Test
  public void aRunThatIsResumedHasTheRestOfItsTimeAndItsLastLookAlone() {
    RunManifest manifest = manifest(30);
    List<TrialRow> rows = run(manifest, new Rounds(manifest, 0, List.of()), 1.2, 1);
    long spent = rows.stream().mapToLong(row -> row.times().all().toNanos()).sum();
    Rounds rounds = new Rounds(manifest, 0, rows);
    List<PlannedTrial> missing = manifest.plan().subList(rows.size(), manifest.plan().size());
    int made = 0;
    while (rounds.admit(missing.get(made), made * TRIAL.toNanos(), rows)) {
      made++;
    }
    Duration all = Duration.ofNanos(spent).plus(TRIAL.multipliedBy(made));
    assertThat(all).isBetween(Duration.ofMinutes(30).minus(TRIAL.multipliedBy(8)), Duration.ofMinutes(30));
    assertThat(rounds.end()).startsWith("the time is spent after ");
    assertThat(rounds.level()).isCloseTo(Rules.ALPHA * (1 - Math.pow(0.75, 3)), within(1e-12));
  }

  /** In the middle of a round: that round is made whole. */
  @Test
  public void aRunThatHadSpentItsTimeMakesNoOtherRound() {
    RunManifest manifest = manifest(2);
    List<TrialRow> rows = new ArrayList<>();
    manifest.plan().subList(0, 8).forEach(trial -> rows.add(Rows.of(trial, manifest.setting(trial), 10, 2)));
    Rounds rounds = new Rounds(manifest, 0, rows);
    assertThat(manifest.plan().subList(8, 13)).extracting(trial -> rounds.admit(trial, TRIAL.toNanos(), rows))
        .containsExactly(true, true, true, true, false);
  }

  @Test
  public void aRunOfFewRoundsEndsInTimeAndSaysThatTheyAreTooFew() {
    RunManifest manifest = manifest(4);
    Rounds rounds = new Rounds(manifest, 0, List.of());
    List<TrialRow> rows = run(manifest, rounds, 1.5, 1);
    assertThat(rounds.end()).startsWith("the time is spent after ");
    assertThat(rounds.level()).isEqualTo(Rules.ALPHA);
    assertThat(EngineVerdict.document(manifest, rows, Rules.standard()).notes()).noneMatch(note -> note.contains("the same"));
    assertThat(EngineVerdict.compare(manifest, rows, Rules.standard().withAlpha(rounds.level())).judgement())
        .isEqualTo(Judgement.TOO_FEW);
  }

  /** A repository with a build script that says where it is. */
  @Test
  public void anEngineIsARevisionACloneOrABuiltOne() throws Exception {
    Path folder = Files.createTempDirectory("mplm-engines");
    try {
      Path clone = Files.createDirectory(folder.resolve("clone"));
      Path build = clone.resolve("engine/qemu/build");
      Files.createDirectories(build.getParent());
      Files.writeString(build, "#!/bin/sh\necho one >&2\necho " + folder.resolve("one") + "\n");
      assertThat(build.toFile().setExecutable(true)).isTrue();
      for (List<String> arguments : List.of(List.of("init", "-q"), List.of("add", "."),
          List.of("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "one"), List.of("tag", "v1"))) {
        assertThat(Build.succeeds("git", clone, arguments)).isTrue();
      }
      Files.writeString(build, "#!/bin/sh\necho " + folder.resolve("two") + "\n");
      assertThat(EngineSource.find("base", "v1", clone)).isEqualTo(folder.resolve("one"));
      assertThat(EngineSource.find("new", clone.toString(), clone)).isEqualTo(folder.resolve("two"));
      // nothing of the checkout stays
      assertThat(clone.resolve(".git/worktrees")).satisfiesAnyOf(path -> assertThat(path).doesNotExist(),
          path -> assertThat(path).isEmptyDirectory());
      Path built = folder.resolve("built");
      Files.createDirectories(built.resolve("bin"));
      Files.writeString(built.resolve("bin/qemu-system-x86_64"), "");
      assertThatThrownBy(() -> EngineSource.find("base", built.toString(), clone)).isInstanceOf(BadInput.class)
          .hasMessageContaining("is not made by the kit");
      String ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      Files.writeString(built.resolve("engine.properties"), "engine.hash=1\nbinary.sha256=" + ofNothing + "\n");
      assertThat(EngineSource.find("base", built.toString(), clone)).isEqualTo(built);
      assertThat(EngineSource.find("base", built.resolve("bin/qemu-system-x86_64").toString(), clone)).isEqualTo(built);
      // rebuilt by hand
      Files.writeString(built.resolve("bin/qemu-system-x86_64"), "other");
      assertThatThrownBy(() -> EngineSource.find("base", built.toString(), clone)).isInstanceOf(BadInput.class)
          .hasMessageContaining("is not what was built").hasMessageContaining("engine/qemu/build");
      Files.writeString(build, "#!/bin/sh\necho " + folder + "/\"$*\"\n");
      assertThat(EngineSource.find("base", "qemu:10.0", clone)).isEqualTo(folder.resolve("--qemu 10.0"));
      assertThatThrownBy(() -> EngineSource.find("base", "v2", clone)).isInstanceOf(BadInput.class)
          .hasMessage("--engine base=v2: no folder, no binary and no revision of " + clone);
      assertThatThrownBy(() -> EngineSource.find("base", folder.toString(), clone)).isInstanceOf(BadInput.class)
          .hasMessageContaining("neither a clone of the kit nor an engine that it built");
    } finally {
      RecordedRun.remove(folder);
    }
  }

  @Test
  public void aRunThatWasBrokenOffHasNoVerdictYet() throws Exception {
    RunManifest manifest = manifest(30);
    List<TrialRow> rows = run(manifest, new Rounds(manifest, 0, List.of()), 1.2, 1).subList(0, 8);
    assertThat(EngineVerdict.document(manifest, rows, Rules.standard()).text()).contains("Not ended: ");
    Path folder = Files.createTempDirectory("mplm-broken-off");
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Display display = Display.on(new PrintStream(out, true, StandardCharsets.UTF_8), false);
      assertThat(new LastLines(new RunDerivation(folder, manifest), display, true, List.of("why")).say(rows)).isTrue();
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("no verdict: the run was broken off before the time of its next look\n",
          "why\n8 of " + manifest.trials().size() + " trials are done; mplm run --resume " + folder).doesNotContain("verdict: worse");
      assertThat(folder.resolve("verdict.json")).doesNotExist();
    } finally {
      RecordedRun.remove(folder);
    }
  }
}
