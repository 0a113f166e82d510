// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.calibration;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mplm.engine.guest.Accelerator;
import mplm.harness.derive.CalibrationDerivation;
import mplm.harness.derive.RunStamp;
import mplm.harness.file.Folders;
import mplm.harness.host.HostException;
import mplm.harness.input.Environment;
import mplm.harness.paper.ProportionTable;
import mplm.harness.record.TrialFolder;
import mplm.harness.rig.Kernel;
import mplm.harness.rig.Rig;
import mplm.harness.scale.WorkingSet;
import mplm.harness.suite.Experiment;
import mplm.harness.terminal.Display;

/**
 * The guests that were measured, one folder each: what {@link Calibration} recorded, and under which conditions. A guest that was
 * measured under the same conditions is not measured again. A run gets a copy of those that it uses.
 *
 * @param cache where they are kept
 * @param again whether guests are measured even so
 */
public record Calibrations(Path cache, boolean again) {
  private static final String KEY = "measured-of.txt";
  /** The key of a host's stamp whose value differs from boot to boot. */
  private static final String FREE_MEMORY = "memory_kib";

  /** The calibrations in the kit's cache. */
  public static Calibrations inCache(boolean again) {
    return new Calibrations(Environment.cache().resolve(CalibrationDerivation.FOLDER), again);
  }

  /** What is known of an experiment's guest before any host is looked at: the latest measure of it anywhere. */
  public Optional<WorkingSet> latest(Experiment experiment) throws IOException {
    if (!Files.isDirectory(cache)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(cache)) {
      Optional<Path> latest = folders.filter(folder -> folder.getFileName().toString().startsWith(prefix(experiment)))
          .filter(folder -> Files.exists(folder.resolve(KEY)))
          .max(Comparator.comparing(folder -> folder.resolve(KEY).toFile().lastModified()));
      return latest.isEmpty() ? Optional.empty() : CalibrationDerivation.of(new TrialFolder(latest.get()));
    }
  }

  /**
   * The experiments with link, epoch and times of those that are scaled, whose guests are measured now if they were not before.
   *
   * @param place what the guests run on: engine, guest's image, host
   * @param run folder of the run
   * @throws HostException a guest cannot be measured
   */
  public List<Experiment> measured(List<Experiment> experiments, Rig rig, Accelerator accelerator, Map<String, String> place, Path run,
      Display display) throws IOException {
    List<Experiment> all = new ArrayList<>();
    for (Experiment experiment : experiments) {
      if (experiment.link() != null) {
        all.add(experiment);
        continue;
      }
      Path own = run.resolve(CalibrationDerivation.FOLDER).resolve(experiment.name());
      display.trial("guest of " + experiment.name(), all.size() + 1, experiments.size());
      try {
        Folders.copy(measured(experiment, rig, accelerator, place, display), own);
      } finally {
        display.close();
      }
      Experiment measured = experiment.measured(CalibrationDerivation.of(new TrialFolder(own)).orElseThrow());
      display.say(experiment.name() + ": " + measured.title());
      ProportionTable.unmatched(measured).forEach(why -> display.say(experiment.name() + ": " + why));
      all.add(measured);
    }
    return all;
  }

  /** The folder in the cache. */
  private Path measured(Experiment experiment, Rig rig, Accelerator accelerator, Map<String, String> place, Display display)
      throws IOException {
    String key = key(experiment, accelerator, place);
    Path folder = cache.resolve(prefix(experiment) + sha256(key).substring(0, 16));
    if (isThere(folder, display)) {
      return folder;
    }
    Files.createDirectories(cache);
    // another run may want the same measure now, such as a shard that began at the same time
    try (FileChannel lock = FileChannel.open(cache.resolve(folder.getFileName() + ".lock"), StandardOpenOption.CREATE,
        StandardOpenOption.WRITE)) {
      if (lock.tryLock() == null) {
        display.stage("waiting for another run that measures it");
        lock.lock();
      }
      if (isThere(folder, display)) {
        return folder; // since we looked
      }
      TrialFolder fresh = new TrialFolder(cache.resolve(folder.getFileName() + ".new"));
      fresh.remove();
      measure(experiment, rig, accelerator, fresh, display);
      Files.writeString(fresh.path().resolve(KEY), key);
      new TrialFolder(folder).remove();
      Files.move(fresh.path(), folder, StandardCopyOption.ATOMIC_MOVE);
      return folder;
    } catch (FileLockInterruptionException e) {
      throw interrupted(experiment, rig, e);
    }
  }

  private boolean isThere(Path folder, Display display) {
    boolean there = Files.exists(folder.resolve(KEY)) && !again;
    if (there) {
      display.stage("was measured before");
    }
    return there;
  }

  private static void measure(Experiment experiment, Rig rig, Accelerator accelerator, TrialFolder folder, Display display) {
    try {
      new Calibration(rig, accelerator, experiment, display).run(folder);
    } catch (InterruptedException e) {
      throw interrupted(experiment, rig, e);
    } catch (IOException e) {
      throw new HostException(rig.source().host().name(), "measuring the guest of " + experiment.name() + ", recorded in " + folder.path(), e);
    }
  }

  private static HostException interrupted(Experiment experiment, Rig rig, Exception e) {
    Thread.currentThread().interrupt();
    return new HostException(rig.source().host().name(), "interrupted while measuring the guest of " + experiment.name(), e);
  }

  private static String prefix(Experiment experiment) {
    return experiment.benchmark().name() + "." + experiment.problemClass() + "-" + experiment.vcpus() + "-" + experiment.memory()
        + "-" + experiment.ballast() + "-";
  }

  private static String key(Experiment experiment, Accelerator accelerator, Map<String, String> place) {
    Map<String, String> key = new TreeMap<>(place);
    key.remove(FREE_MEMORY);
    key.keySet().removeAll(RunStamp.PLACES);
    key.put("guest_shape", experiment.guest().toString());
    key.put("kernel_arguments", Kernel.arguments(experiment, Optional.empty()));
    key.put("accelerator", accelerator.toString());
    key.put("windows", Calibration.windows(experiment.benchmark().paper()).toString());
    return key.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue() + "\n").collect(Collectors.joining());
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
