// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import mplm.harness.Mplm;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.file.Folders;
import mplm.harness.host.Store;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.support.InRecordedRun;
import mplm.harness.support.Said;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What of resuming a run needs no hosts, on a recorded one. */
public class ResumptionTest extends InRecordedRun {
  private final List<String> told = new ArrayList<>();

  @Test
  public void whatHasNoEndIsMissing() throws Exception {
    RecordedRun.cutOff(run, "005-busy-mg.W-precopy-0.001s-1");
    RecordedRun.remove(run.resolve("trials/002-measured-mg.S-unmigrated-1"));
    assertThat(RunDerivation.of(run).missing()).extracting(PlannedTrial::number).containsExactly(2, 5);
    String before = Files.readString(run.resolve("trials.csv"));
    assertThat(Resumption.isDone(run, told::add)).isFalse();
    assertThat(run.resolve("trials.csv")).hasContent(before);
  }

  /** Killed after the last trial's end, amid its row: nothing is to be run, and the row is whole. */
  @Test
  public void aRunWithoutMissingTrialsGetsItsRows() throws Exception {
    byte[] rows = Files.readAllBytes(run.resolve("trials.csv"));
    Files.write(run.resolve("trials.csv"), Arrays.copyOf(rows, rows.length - 100));
    assertThat(Resumption.isDone(run, told::add)).isTrue();
    assertThat(run.resolve("trials.csv")).hasBinaryContent(rows);
  }

  /** The history is no part of the run. */
  @Test
  public void aHistoryThatCannotBeReadCostsNothingOfTheRun() throws Exception {
    told.clear();
    Path history = Files.writeString(run.resolveSibling("history.csv"), "damaged\n");
    assertThat(Resumption.isDone(run, told::add)).isTrue();
    assertThat(told).singleElement().asString().startsWith("the history of runs lacks this one: ").contains(history.toString());
    assertThat(Resumption.isGood(run)).isTrue();
  }

  @Test
  public void aRunInProgressIsNotResumed() throws Exception {
    try (RunFolder inProgress = RunFolder.open(run)) {
      assertThatThrownBy(() -> Resumption.isDone(inProgress.path(), told::add)).isInstanceOf(BadInput.class)
          .hasMessageEndingWith("is in progress in another process");
    }
    assertThat(Resumption.isDone(run, told::add)).isTrue();
  }

  /** Its rows would go on into a file that is not there any more. */
  @Test
  public void aRunInProgressIsNotDerivedAgain() throws Exception {
    String[] derive = {"derive", run.toString()};
    try (RunFolder inProgress = RunFolder.open(run)) {
      Object rows = Files.readAttributes(run.resolve("trials.csv"), BasicFileAttributes.class).fileKey();
      Said said = Said.by(() -> Mplm.run(derive));
      assertThat(said.exitCode()).isEqualTo(2);
      assertThat(said.err()).endsWith(inProgress.path() + ": this run is in progress in another process\n");
      assertThat(Files.readAttributes(run.resolve("trials.csv"), BasicFileAttributes.class).fileKey()).isEqualTo(rows);
    }
    assertThat(Said.by(() -> Mplm.run(derive)).exitCode()).isZero();
  }

  @Test
  public void aRunIsNotResumedWithAnotherEngineOrGuest() throws Exception {
    RunManifest begun = RunManifest.read(run);
    Resumption.check(run, begun, folder(begun.setting().engineHash(), begun.setting().guestHash()));
    assertThatThrownBy(() -> Resumption.check(run, begun, folder("e1", "9"))).isInstanceOf(BadInput.class).hasMessage(
        run + " cannot be resumed here, these differ: engine: " + begun.setting().engineHash() + ", e1; guest: "
        + begun.setting().guestHash() + ", 9");
  }

  private Artifacts folder(String engine, String guest) throws Exception {
    Properties properties = new Properties();
    properties.put("engine.hash", engine);
    properties.put("guest.hash", guest);
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(folder.resolve(Artifact.ENGINE_BINARY), engine);
    properties.put("binary.sha256", Store.sha256(folder.resolve(Artifact.ENGINE_BINARY)));
    for (String file : new String[] {"engine.properties", "guest.properties"}) {
      try (Writer out = Files.newBufferedWriter(folder.resolve(file))) {
        properties.store(out, null);
      }
    }
    return new Artifacts(folder, folder);
  }

  @DataProvider
  public Object[][] comparisons() {
    return new Object[][] {{2, 1}, {1, 0}};
  }

  /** As it ended the first time: a job that asks again is not told that all is well. */
  @Test(dataProvider = "comparisons")
  public void aComparisonThatIsDoneEndsAgainAsItEnded(int slower, int exitCode) throws Exception {
    compare(slower);
    Said said = Said.by(() -> Mplm.run("run", "--resume", run.toString(), "--engine", "base=.", "--engine", "new=."));
    assertThat(said.out()).as(said.err()).contains("nothing is missing, each trial has its row");
    assertThat(said.exitCode()).isEqualTo(exitCode);
    assertThat(Files.readString(run.resolve("verdict.md")).contains("verdict: worse (")).isEqualTo(exitCode == 1);
  }

  @Test
  public void aResumptionNamesTheSameEngines() throws Exception {
    compare(1);
    assertThat(Said.by(() -> Mplm.run("run", "--resume", run.toString(), "--engine", "new=.", "--engine", "base=."))).satisfies(said -> {
      assertThat(said.exitCode()).isEqualTo(2);
      assertThat(said.err()).isEqualTo("mplm: --resume: the run compares engines, allowed: --engine of each, in this order: base, new\n");
    });
  }

  /** The run as if its first trial had been made eight times by each of two engines, by the second in so many times its time. */
  private void compare(int slower) throws Exception {
    Path trials = run.resolve("trials");
    Path one = run.resolve("one");
    Folders.copy(trials.resolve("001-measured-mg.S-mplm-epoch-1s-1"), one);
    Folders.remove(trials);
    Files.createDirectory(trials);
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json.readTree(run.resolve("run.json").toFile());
    ObjectNode properties = manifest.putObject("engines").put("budget", "60s").putObject("properties");
    properties.set("base", manifest.get("engine"));
    properties.set("new", manifest.get("engine"));
    ArrayNode planned = manifest.putArray("trials");
    for (int n = 0; n < 16; n++) {
      planned.addObject().put("number", n + 1).put("experiment", "measured").put("method", "mplm:epoch=1s")
          .put("repetition", 1 + n / 2).put("engine", n % 2 == 0 ? "base" : "new");
    }
    json.writeValue(run.resolve("run.json").toFile(), manifest);
    Files.delete(run.resolve("trials.csv"));
    for (PlannedTrial trial : RunManifest.read(run).plan()) {
      Path to = trials.resolve(trial.fileName());
      Folders.copy(one, to);
      if (trial.engine().equals("new")) {
        Path qmp = to.resolve("qmp.jsonl");
        Files.writeString(qmp, Pattern.compile("\"total-time\":(\\d+)").matcher(Files.readString(qmp))
            .replaceAll(found -> "\"total-time\":" + slower * Long.parseLong(found.group(1))));
      }
    }
    Folders.remove(one);
  }
}
