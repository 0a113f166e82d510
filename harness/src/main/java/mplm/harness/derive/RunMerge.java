// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import mplm.harness.file.Folders;
import mplm.harness.input.BadInput;
import mplm.harness.record.RunManifest;
import mplm.harness.result.Setting;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.suite.Shard;

/**
 * The shards of one run, put together: a run's folder with all of their trials, from which everything is derived as of any run.
 * What else each shard's folder holds goes to {@code shards/I-of-N}.
 */
public final class RunMerge {
  /** The runs by their shard's index. */
  private final TreeMap<Integer, RunDerivation> shards = new TreeMap<>();
  private final int count;

  /** Merges shards in any order; {@link BadInput} if two of them are not of the same run. */
  public RunMerge(List<RunDerivation> parts) {
    RunDerivation first = parts.get(0);
    count = first.manifest().shard().count();
    RunStamp stamp = RunStamp.of(first.manifest());
    for (RunDerivation part : parts) {
      Shard shard = part.manifest().shard();
      List<String> differences = new ArrayList<>(stamp.differences(RunStamp.of(part.manifest()), RunStamp.PARTS));
      if (shard.count() != count) {
        differences.add("shard: " + first.manifest().shard() + ", " + shard);
      }
      if (!differences.isEmpty()) {
        throw new BadInput(first.run() + " and " + part.run() + " are not shards of one run, these differ: "
            + String.join("; ", differences));
      }
      RunDerivation twice = shards.put(shard.index(), part);
      if (twice != null) {
        throw new BadInput("shard " + shard + " is there twice: " + twice.run() + ", " + part.run());
      }
      List<RunManifest.Trial> own = first.manifest().whole(first.manifest().setting()).trials().stream()
          .filter(trial -> shard.has(trial.number())).toList();
      if (!own.equals(part.manifest().trials())) {
        throw new BadInput(part.run() + ": its trials are not those of shard " + shard + " of the run that " + first.run()
            + " is a shard of; repetitions may differ");
      }
    }
  }

  /** What the merged run will lack, such as {@code shard 2/2}, or a trial that did not come to its end. */
  public List<String> missing() throws IOException {
    List<String> missing = new ArrayList<>();
    IntStream.rangeClosed(1, count).filter(index -> !shards.containsKey(index))
        .forEach(index -> missing.add("shard " + new Shard(index, count)));
    for (RunDerivation shard : shards.values()) {
      shard.missing().forEach(planned -> missing.add("trial " + planned.number() + ", " + planned.name()));
    }
    return missing;
  }

  /**
   * Makes the merged run's folder and derives all in it.
   *
   * @param run the folder, which must not exist; its name becomes the run's id
   * @return the files that were derived, those of single trials left out
   */
  public List<Path> write(Path run) throws IOException {
    if (Files.exists(run)) {
      throw new BadInput("--output " + run + ": is there already");
    }
    Path fresh = run.resolveSibling(run.getFileName() + ".new");
    Folders.remove(fresh); // of a merge that was broken off
    try {
      gather(fresh);
      manifest(run.getFileName().toString()).write(fresh);
      Files.move(fresh, run, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Folders.remove(fresh);
      throw e;
    }
    return RunDerivation.of(run).again();
  }

  /** Puts the records of all shards there. */
  private void gather(Path fresh) throws IOException {
    Files.createDirectories(fresh.resolve("trials"));
    for (RunDerivation shard : shards.values()) {
      for (PlannedTrial planned : shard.manifest().plan()) {
        Folders.copy(shard.folder(planned).path(), fresh.resolve("trials").resolve(planned.fileName()));
      }
      Path rest = fresh.resolve("shards").resolve(shard.manifest().shard().toString().replace("/", "-of-"));
      for (String part : List.of("hosts", "testng", CalibrationDerivation.FOLDER)) {
        Folders.copy(shard.run().resolve(part), rest.resolve(part));
      }
      Folders.copy(RunManifest.file(shard.run()), RunManifest.file(rest));
    }
  }

  /**
   * The manifest of the whole run. It has the trials of missing shards, so it can be resumed. It names the first shard's hosts:
   * those of the others are of the same kind.
   */
  private RunManifest manifest(String id) {
    RunManifest first = shards.firstEntry().getValue().manifest();
    Setting of = first.setting();
    String started = shards.values().stream().map(shard -> shard.manifest().setting().started()).min(Comparator.naturalOrder())
        .orElseThrow();
    return first.whole(new Setting(id, started, of.testbed(), of.shaping(), of.protection(), of.accelerator(), of.qemuVersion(),
        of.engineHash(), of.schedulerHash(), of.guestHash(), of.kernel()));
  }
}
