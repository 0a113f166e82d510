// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mplm.harness.document.ComparisonDocument;
import mplm.harness.document.Html;
import mplm.harness.document.Markdown;
import mplm.harness.record.RunManifest;
import mplm.harness.result.TrialRow;
import mplm.harness.verdict.Comparison;
import mplm.harness.verdict.Observation;
import mplm.harness.verdict.Rules;

/** What a run that compares engines comes to: its second engine against its first. */
public final class EngineVerdict {
  private EngineVerdict() {}

  /** The comparison of the rows of both. */
  public static Comparison compare(RunManifest manifest, List<TrialRow> rows, Rules rules) {
    List<String> names = manifest.engines().names();
    return Comparison.of(of(rows, names.get(0)), of(rows, names.get(1)), rules);
  }

  /** The same to be read, at the error rate of the run's last look. */
  public static ComparisonDocument document(RunManifest manifest, List<TrialRow> rows, Rules rules) {
    List<String> notes = new ArrayList<>();
    manifest.engines().properties().forEach((name, properties) -> notes.add("Engine " + name + ": " + properties.get("engine.hash")
        + ", page scheduler " + properties.get("scheduler.hash")));
    if (manifest.engines().properties().values().stream().map(one -> one.get("engine.hash")).distinct().count() == 1) {
      notes.add("Both engines are the same, of one hash: what differs is chance.");
    }
    Double alpha = manifest.engines().alpha();
    if (alpha != null) {
      notes.add(String.format(Locale.ROOT, "Ended after %d rounds; of an error rate of %s in all, this look has %.4f.",
          rows.stream().mapToInt(row -> row.planned().repetition()).max().orElse(0), Rules.ALPHA, alpha));
    } else {
      notes.add("Not ended: judged as if this were the only look, so this is no verdict of the run.");
    }
    List<String> names = manifest.engines().names();
    return new ComparisonDocument(names.get(0), names.get(1), notes,
        compare(manifest, rows, alpha == null ? rules : rules.withAlpha(alpha)));
  }

  /** Writes {@code verdict.md}, {@code verdict.json}, {@code verdict.xml} (JUnit), a chart of all ratios and {@code index.html}. */
  static List<Path> write(RunManifest manifest, List<TrialRow> rows, Path folder) throws IOException {
    ComparisonDocument document = document(manifest, rows, Rules.standard());
    List<Path> files = new ArrayList<>(List.of("verdict.md", "verdict.json", "verdict.xml").stream().map(folder::resolve).toList());
    Markdown.write(files.get(0), document.blocks(List.of()));
    document.writeJson(files.get(1));
    document.writeJUnit(files.get(2));
    List<Path> chart = document.draw(folder.resolve("charts"), "ratios");
    files.addAll(chart);
    files.add(folder.resolve("index.html"));
    Html.write(files.get(files.size() - 1), manifest.setting().run(), document.blocks(chart));
    return files;
  }

  private static List<Observation> of(List<TrialRow> rows, String engine) {
    return rows.stream().filter(row -> row.planned().engine().equals(engine)).map(Observation::of).toList();
  }
}
