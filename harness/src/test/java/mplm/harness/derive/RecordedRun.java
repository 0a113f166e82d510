// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import com.opencsv.CSVReaderHeaderAware;
import com.opencsv.CSVReaderHeaderAwareBuilder;
import com.opencsv.RFC4180Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import mplm.harness.file.Folders;

/** The folder of a run that was recorded once, six trials, unpacked for a test. */
public final class RecordedRun {
  private RecordedRun() {}

  /** Unpacks it into a new folder. */
  public static Path unpack() throws IOException {
    return unpack(Files.createTempDirectory("mplm-recorded"));
  }

  /** Unpacks it into that folder. */
  public static Path unpack(Path run) throws IOException {
    System.setProperty("java.awt.headless", "true");
    try (InputStream in = RecordedRun.class.getResourceAsStream("recorded-run.zip"); ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = run.resolve(entry.getName()).normalize();
        if (!file.startsWith(run)) {
          throw new IOException("recorded-run.zip: " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return run;
  }

  /** Makes it the same run, if its first experiment had been MG in proportion, with a pass of 9 s. */
  public static void scale(Path run) throws IOException {
    String manifest = Files.readString(run.resolve("run.json"))
        .replaceFirst("\"ballast\" : \"0B\"", "\"ballast\" : \"8MiB\"")
        .replaceFirst("\"scaled\" : null", "\"scaled\" : {\"to\": \"paper\", \"methods\": "
            + "[\"precopy:60s\", \"mplm\", \"unmigrated\"], \"guest\": {\"used\": \"168750000B\", \"dirtied\": "
            + "{\"1s\": \"127500000B\"}}}");
    Files.writeString(run.resolve("run.json"), manifest);
    for (String method : List.of("001-measured-mg.S-%smplm-epoch-1s-1", "002-measured-mg.S-%sunmigrated-1",
        "003-measured-mg.S-%sprecopy-20s-1")) {
      Files.move(run.resolve("trials").resolve(method.formatted("")), run.resolve("trials").resolve(method.formatted("scaled-")));
    }
  }

  /** Takes the end off a trial, as if the run had been killed amid it, which cuts its records off anywhere. */
  public static void cutOff(Path run, String trial) throws IOException {
    Path journal = run.resolve("trials").resolve(trial).resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, lines.size() - 1));
    for (String record : List.of("qmp.jsonl", "source/serial.txt", "source/cpu.txt")) {
      Path file = run.resolve("trials").resolve(trial).resolve(record);
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      Files.writeString(file, text.substring(0, text.length() / 2), StandardCharsets.ISO_8859_1);
    }
  }

  /** The rows of {@code trials.csv}, by column. */
  public static List<Map<String, String>> rows(Path run) throws Exception {
    return table(run.resolve("trials.csv"));
  }

  /** The rows of a CSV file, by column. */
  public static List<Map<String, String>> table(Path file) throws Exception {
    List<Map<String, String>> rows = new ArrayList<>();
    try (CSVReaderHeaderAware csv = new CSVReaderHeaderAwareBuilder(Files.newBufferedReader(file))
        .withCSVParser(new RFC4180Parser()).build()) {
      for (Map<String, String> row = csv.readMap(); row != null; row = csv.readMap()) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** Removes a folder with all that is in it. */
  public static void remove(Path folder) throws IOException {
    Folders.remove(folder);
  }
}
