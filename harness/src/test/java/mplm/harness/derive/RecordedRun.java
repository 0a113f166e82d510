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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The folder of a run that was recorded once, six trials, unpacked for a test. */
public final class RecordedRun {
  private RecordedRun() {}

  /** Unpacks it into a new folder. */
  public static Path unpack() throws IOException {
    System.setProperty("java.awt.headless", "true");
    Path run = Files.createTempDirectory("mplm-recorded");
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
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
