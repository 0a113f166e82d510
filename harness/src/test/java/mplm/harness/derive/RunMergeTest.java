// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mplm.harness.command.MergeCommand;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Setting;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;
import mplm.harness.support.InRecordedRun;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import picocli.CommandLine;

/** Shards that are made of a recorded run, put together again. */
public class RunMergeTest extends InRecordedRun {
  @Test
  public void theRowsAreThoseOfOneRunInItsOrder() throws Exception {
    List<RunDerivation> shards = List.of(shard(2, 3), shard(1, 3), shard(3, 3));
    Files.createDirectories(shards.get(0).run().resolve("hosts"));
    Files.writeString(shards.get(0).run().resolve("hosts/source-reserve.log"), "reserved\n");
    Path calibration = Files.createDirectories(shards.get(1).run().resolve("calibrations/measured"));
    Files.writeString(calibration.resolve("journal.jsonl"), "as it was measured\n");
    RunMerge merge = new RunMerge(shards);
    merge.write(folder.resolve("whole"));
    assertThat(merge.missing()).isEmpty();
    List<Map<String, String>> merged = RecordedRun.rows(folder.resolve("whole"));
    List<Map<String, String>> one = RecordedRun.rows(run);
    merged.forEach(row -> assertThat(row).containsEntry("run", "whole"));
    for (List<Map<String, String>> rows : List.of(merged, one)) {
      rows.forEach(row -> row.keySet().removeAll(List.of("run", "started")));
    }
    assertThat(merged).isEqualTo(one);
    assertThat(RunManifest.read(folder.resolve("whole")).trials()).isEqualTo(RunManifest.read(run).trials());
    assertThat(folder.resolve("whole/shards/2-of-3/hosts/source-reserve.log")).hasContent("reserved");
    assertThat(folder.resolve("whole/shards/1-of-3/calibrations/measured/journal.jsonl")).hasContent("as it was measured");
    assertThat(RunManifest.read(folder.resolve("whole/shards/2-of-3")).shard()).isEqualTo(new Shard(2, 3));
    assertThat(folder.resolve("whole/charts/busy.png")).exists();
  }

  @Test
  public void whatIsMissingIsTold() throws Exception {
    RunDerivation second = shard(2, 3);
    RecordedRun.cutOff(second.run(), "005-busy-mg.W-precopy-0.001s-1");
    RunMerge merge = new RunMerge(List.of(second));
    assertThat(merge.missing()).containsExactly("shard 1/3", "shard 3/3", "trial 5, busy mg.W precopy:0.001s #1");
    merge.write(folder.resolve("part"));
    assertThat(RecordedRun.rows(folder.resolve("part"))).singleElement()
        .satisfies(row -> assertThat(row).containsEntry("method", "unmigrated"));
  }

  /** A job that was ended before it looked at its hosts leaves a folder in which nothing was begun. */
  @Test
  public void aShardThatBeganNothingIsToldAndNoObstacle() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    String first = shard(1, 2).run().toString();
    StringWriter said = new StringWriter();
    int status = new CommandLine(new MergeCommand()).setOut(new PrintWriter(said)).execute("--output",
        folder.resolve("without").toString(), first, empty.toString(), shard(2, 2).run().toString());
    assertThat(said.toString()).contains(empty + ": nothing was begun there, and no trial is missing").doesNotContain("missing: ");
    assertThat(status).isZero();
    assertThat(RecordedRun.rows(folder.resolve("without"))).hasSameSizeAs(RecordedRun.rows(run));
    // without the other shard, trials are
    status = new CommandLine(new MergeCommand()).setOut(new PrintWriter(said)).execute("--output",
        folder.resolve("lacking").toString(), first, empty.toString());
    assertThat(said.toString()).contains("missing: ");
    assertThat(status).isEqualTo(1);
  }

  /** With the trials of the missing shards, so that it is not whole and {@code --resume} makes them. */
  @Test
  public void aMergedRunWithoutAShardLacksItsTrials() throws Exception {
    List<PlannedTrial> all = RunManifest.read(run).plan();
    new RunMerge(List.of(shard(1, 2))).write(folder.resolve("half"));
    RunDerivation half = RunDerivation.of(folder.resolve("half"));
    assertThat(half.manifest().plan()).isEqualTo(all);
    assertThat(half.missing()).extracting(PlannedTrial::number).containsExactly(2, 4, 6);
    assertThat(half.rows()).hasSize(3);
  }

  @DataProvider
  public Object[][] others() {
    return new Object[][] {
      {"\"seed\" : 1", "\"seed\" : 2", "seed: 1, 2"},
      {"\"suite\" : \"recorded\"", "\"suite\" : \"other\"", "suite: recorded, other"},
      {"\"engine_hash\" : \"", "\"engine_hash\" : \"0", "engine: "},
      {"\"guest_hash\" : \"", "\"guest_hash\" : \"0", "guest: "},
      {"\"accelerator\" : \"TCG\"", "\"accelerator\" : \"KVM\"", "accelerator: TCG, KVM"},
      {"\"cores\" : \"2\"", "\"cores\" : \"64\"", "destination.cores: 2, 64; source.cores: 2, 64"},
      {"\"shard\" : \"2/2\"", "\"shard\" : \"2/3\"", "shard: 1/2, 2/3"},
      {"\"limit_passes\" : 3", "\"limit_passes\" : 4", "settings of busy: "},
      {"\"pairs\" : { }", "\"pairs\" : {\"busy\" : \"west\"}", "pair of busy: nothing, west"},
    };
  }

  @Test(dataProvider = "others")
  public void partsOfDifferentRunsAreRefusedWithWhatDiffers(String from, String to, String told) throws Exception {
    RunDerivation first = shard(1, 2);
    RunDerivation second = shard(2, 2);
    String manifest = Files.readString(second.run().resolve("run.json"));
    assertThat(manifest).contains(from);
    Files.writeString(second.run().resolve("run.json"), manifest.replace(from, to));
    assertThatThrownBy(() -> new RunMerge(List.of(first, RunDerivation.of(second.run())))).isInstanceOf(BadInput.class)
        .hasMessageContaining("not shards of one run").hasMessageContaining(told);
  }

  @Test
  public void theSameShardTwiceIsRefused() throws Exception {
    RunDerivation first = shard(1, 2);
    assertThatThrownBy(() -> new RunMerge(List.of(first, first))).isInstanceOf(BadInput.class)
        .hasMessageStartingWith("shard 1/2 is there twice: ");
  }

  @Test
  public void aFolderThatIsThereIsNotTouched() throws Exception {
    RunMerge merge = new RunMerge(List.of(shard(1, 2)));
    assertThatThrownBy(() -> merge.write(folder)).isInstanceOf(BadInput.class).hasMessageContaining("is there already");
  }

  @Test
  public void aMergeThatWasBrokenOffIsNoObstacle() throws Exception {
    RunDerivation first = shard(1, 2);
    Path left = folder.resolve("whole.new/trials");
    Path own = left.resolve(first.manifest().plan().get(0).fileName());
    for (Path trial : List.of(own, left.resolve("009-of-another-run"))) {
      Files.createDirectories(trial);
      Files.writeString(trial.resolve("journal.jsonl"), "{}\n");
    }
    new RunMerge(List.of(first, shard(2, 2))).write(folder.resolve("whole"));
    assertThat(RecordedRun.rows(folder.resolve("whole"))).hasSize(6);
    assertThat(folder.resolve("whole/trials/009-of-another-run")).doesNotExist();
    assertThat(folder.resolve("whole.new")).doesNotExist();
  }

  private RunDerivation shard(int index, int count) throws Exception {
    Shard shard = new Shard(index, count);
    RunManifest whole = RunManifest.read(run);
    Path path = Files.createDirectories(folder.resolve("shard-" + index));
    List<RunManifest.Trial> trials = new ArrayList<>();
    for (PlannedTrial planned : shard.of(whole.plan())) {
      trials.add(whole.trials().get(planned.number() - 1));
      Path to = path.resolve("trials").resolve(planned.fileName());
      Files.createDirectories(to.getParent());
      Files.move(run.resolve("trials").resolve(planned.fileName()), to);
    }
    Setting of = whole.setting();
    String started = "2026-11-26T0" + index + ":00:00Z";
    whole.with(shard, trials, new Setting("shard-" + index, started, of.testbed(), of.shaping(), of.protection(),
        of.accelerator(), of.qemuVersion(), of.engineHash(), of.schedulerHash(), of.guestHash(), of.kernel())).write(path);
    return RunDerivation.of(path);
  }
}
