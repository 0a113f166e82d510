// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import mplm.harness.input.BadInput;
import mplm.harness.record.Journal;
import mplm.harness.record.RawTrial;
import mplm.harness.record.RunManifest;
import mplm.harness.record.TrialFolder;
import mplm.harness.result.MethodSummary;
import mplm.harness.result.Outcome;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.PlannedTrial;
import mplm.harness.table.TrialsCsv;

/**
 * Everything in a run's folder that is computed: {@code trials.csv}, {@code methods.csv}, of each trial its timeline, and the
 * {@link Report}.
 */
public record RunDerivation(Path run, RunManifest manifest) {
  private static final String METHODS = "methods.csv";
  private static final String TRIALS = "trials";
  /** The column with a trial's number. */
  private static final String NUMBER = "trial";

  /** The derivation of the run in that folder; {@link BadInput} if it holds none. */
  public static RunDerivation of(Path run) {
    return new RunDerivation(run, RunManifest.read(run));
  }

  /** What {@link #ofSomeRecords} gives; {@link BadInput} if of one trial only the row is there, which would be lost. */
  public static RunDerivation ofRecords(Path run) throws IOException {
    RunDerivation derivation = ofSomeRecords(run);
    List<String> lost = derivation.lost();
    if (!lost.isEmpty()) {
      throw new BadInput(run + ": trials.csv has rows of trials whose records are not there, or not whole: " + String.join(", ", lost)
          + "; mplm derive --drop-missing " + run + " drops these rows");
    }
    return derivation;
  }

  /** What {@link #of} gives, of a run with a folder of records; {@link BadInput} if it has none. */
  public static RunDerivation ofSomeRecords(Path run) {
    RunDerivation derivation = of(run);
    if (!derivation.manifest.trials().isEmpty() && !Files.isDirectory(run.resolve(TRIALS))) {
      throw new BadInput(run + ": has no folder " + TRIALS
          + " with what was recorded; its rows alone, trials.csv, are for mplm compare");
    }
    return derivation;
  }

  /** The folders of trials that have a row in {@code trials.csv} and no records that tell their end, or not all. */
  public List<String> lost() throws IOException {
    Set<String> numbers = Files.exists(trials()) ? numbers(new String(Files.readAllBytes(trials()), StandardCharsets.UTF_8)) : Set.of();
    return missing().stream().filter(planned -> numbers.contains(Integer.toString(planned.number())))
        .map(planned -> TRIALS + "/" + planned.fileName()).toList();
  }

  /** The numbers of the trials in a table's text; what stands before a line that a full disk or a kill has cut off counts. */
  private static Set<String> numbers(String table) {
    if (!List.of(table.lines().findFirst().orElse("").split(",")).contains(NUMBER)) {
      return Set.of(); // another kind of table, of which nothing can be lost
    }
    for (String text = table; !text.isEmpty(); text = text.substring(0, text.stripTrailing().lastIndexOf('\n') + 1)) {
      try {
        return TrialsCsv.SCHEMA.read(new StringReader(text), "trials.csv", "a table of trials", List.of(NUMBER)).stream()
            .map(row -> row.text(NUMBER)).collect(Collectors.toSet());
      } catch (BadInput e) {
        continue; // without its last line
      }
    }
    return Set.of();
  }

  /** The folder of a trial. */
  public TrialFolder folder(PlannedTrial planned) {
    return new TrialFolder(run.resolve(TRIALS).resolve(planned.fileName()));
  }

  /** The rows so far, one per trial, in the order of the run. */
  public Path trials() {
    return run.resolve("trials.csv");
  }

  /** Is given the row of a trial. */
  @FunctionalInterface
  public interface Keeper {
    /** Puts it where it is safe. */
    void keep(TrialRow row) throws IOException;
  }

  /**
   * Derives one trial that came to its end, and does nothing for any other. Its timeline is written and drawn when its row is kept:
   * whatever goes wrong with these costs no row.
   */
  public void trial(PlannedTrial planned, Keeper keeper) throws IOException {
    derive(planned, (raw, row) -> {
      keeper.keep(row);
      if (raw.isEmpty()) {
        return;
      }
      Timeline timeline;
      try {
        timeline = Timeline.of(raw.orElseThrow(), row);
      } catch (RuntimeException e) {
        System.err.println("mplm: " + row.name() + " has no timeline: " + e);
        return;
      }
      if (!timeline.points().isEmpty()) {
        Timeline.SCHEMA.write(folder(planned).timeline(), timeline.points());
        TimelineChart.write(timeline, row, folder(planned).path());
      }
    });
  }

  /** Is given a trial's row, and its records if they make sense. */
  private interface Derived {
    void of(Optional<RawTrial> raw, TrialRow row) throws IOException;
  }

  /** A trial whose records make no sense has failed: no other row is lost for it. */
  private void derive(PlannedTrial planned, Derived derived) throws IOException {
    if (!hasEnd(planned)) {
      return;
    }
    RawTrial raw;
    TrialRow row;
    try {
      raw = RawTrial.read(folder(planned));
      row = TrialDerivation.row(planned, manifest.setting(planned), raw);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException | StackOverflowError | JsonProcessingException | CharacterCodingException e) {
      derived.of(Optional.empty(), TrialDerivation.failed(planned, manifest.setting(planned), Journal.read(folder(planned).journal()),
          "its records make no sense: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
      return;
    }
    // what cannot be written or drawn is no fault of the records
    derived.of(Optional.of(raw), row);
  }

  /** The rows of all trials that came to their end, in the order of the run; nothing is written. */
  public List<TrialRow> rows() throws IOException {
    List<TrialRow> rows = new ArrayList<>();
    for (PlannedTrial planned : manifest.plan()) {
      derive(planned, (raw, row) -> rows.add(row));
    }
    return rows;
  }

  /** The trials that did not come to their end yet. */
  public List<PlannedTrial> missing() throws IOException {
    List<PlannedTrial> missing = new ArrayList<>();
    for (PlannedTrial planned : manifest.plan()) {
      if (!hasEnd(planned)) {
        missing.add(planned);
      }
    }
    return missing;
  }

  /**
   * The end is written last; the records of a trial that was killed can end amid anything. A trial that migrated or completed has more
   * than its journal, and without that its row would have no numbers.
   */
  private boolean hasEnd(PlannedTrial planned) throws IOException {
    TrialFolder folder = folder(planned);
    Journal.Contents journal = Journal.read(folder.journal());
    boolean hasMore = journal.migration().isPresent() || journal.outcome().filter(Outcome.COMPLETED::equals).isPresent();
    return journal.outcome().isPresent()
        && (!hasMore || Files.exists(folder.qmp()) && Files.exists(folder.serial(TrialFolder.SOURCE)));
  }

  /**
   * What is made of all rows together: {@code methods.csv} and the {@link Report}, or of a run that compares engines its
   * {@link EngineVerdict}: a figure and claims are of one engine.
   *
   * @return {@code methods.csv}, the charts and the report, or the verdict
   */
  public List<Path> whole(List<TrialRow> rows) throws IOException {
    return all(rows).stream().filter(file -> manifest.engines() != null || file.endsWith(METHODS)
        || file.startsWith(run.resolve("charts")) || file.endsWith("index.html")).toList();
  }

  private List<Path> all(List<TrialRow> rows) throws IOException {
    if (manifest.engines() != null) {
      return EngineVerdict.write(manifest, rows, run);
    }
    List<Path> files = new ArrayList<>(List.of(run.resolve(METHODS)));
    MethodsCsv.SCHEMA.write(files.get(0), MethodSummary.of(rows));
    files.addAll(new Report(run, List.of(this)).write(rows));
    return files;
  }

  /**
   * Derives all again and replaces what is there.
   *
   * @return the files, those of single trials left out
   */
  public List<Path> again() throws IOException {
    List<TrialRow> rows = new ArrayList<>();
    for (PlannedTrial planned : manifest.plan()) {
      trial(planned, rows::add);
    }
    write(rows);
    List<Path> files = new ArrayList<>(List.of(trials()));
    files.addAll(all(rows));
    return files;
  }

  /** Writes {@code trials.csv}, in place of what is there, whole or not at all. */
  public void write(List<TrialRow> rows) throws IOException {
    TrialsCsv.SCHEMA.write(trials(), rows);
  }
}
