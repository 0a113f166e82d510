// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import mplm.harness.Mplm;
import mplm.harness.artifact.Artifact;
import mplm.harness.artifact.Artifacts;
import mplm.harness.derive.RecordedRun;
import mplm.harness.derive.RunDerivation;
import mplm.harness.host.Store;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.support.InRecordedRun;
import mplm.harness.support.Said;
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
}
