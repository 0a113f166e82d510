// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.RFC4180Parser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import mplm.harness.result.Rows;
import mplm.harness.result.TrialRow;
import mplm.harness.suite.Experiment;
import mplm.harness.suite.NpbConfigs;
import mplm.harness.suite.Suite;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

public class TrialsCsvTest {
  private static final Path GOLDEN = Path.of("src/test/resources/mplm/harness/table/trials.csv");

  private Path file;

  @BeforeMethod
  public void place() throws Exception {
    file = Files.createTempDirectory("mplm-csv").resolve("trials.csv");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws Exception {
    Files.deleteIfExists(file);
    Files.delete(file.getParent());
  }

  @Test
  public void rowsOfEveryKindAreTheGoldenFileInAnyLocale() throws Exception {
    Locale locale = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      write(Rows.ofEveryKind());
    } finally {
      Locale.setDefault(locale);
    }
    assertThat(file).hasSameTextualContentAs(GOLDEN);
  }

  @Test
  public void aReaderOfRfc4180FindsWhatWasWritten() throws Exception {
    write(Rows.ofEveryKind());
    try (CSVReader reader = new CSVReaderBuilder(Files.newBufferedReader(file)).withCSVParser(new RFC4180Parser()).build()) {
      List<String[]> lines = reader.readAll();
      assertThat(lines).hasSize(5).allSatisfy(line -> assertThat(line).hasSize(TrialsCsv.SCHEMA.columns().size()));
      int reason = List.of(lines.get(0)).indexOf("reason");
      assertThat(lines.get(4)[reason]).isEqualTo("source: \"boot\", no record,\nlast lines: none");
    }
  }

  @Test
  public void aRowIsOnDiskBeforeTheNextIsMade() throws Exception {
    try (Csv<TrialRow> csv = TrialsCsv.SCHEMA.replace(file)) {
      csv.write(Rows.notConverged("precopy:0.3s", 1));
      assertThat(Files.readAllLines(file)).hasSize(2).last().asString().contains("not converged");
    }
  }

  @Test
  public void aMigrationThatDidNotConvergeHasNoTimes() {
    TrialRow row = Rows.notConverged("precopy:0.3s", 1);
    for (String name : List.of("total_s", "live_s", "downtime_s", "downtime_qemu_s", "downtime_stop_resume_s", "setup_s")) {
      assertThat(cell(row, name)).as(name).isEmpty();
    }
    assertThat(cell(row, "limit_s")).isEqualTo("80");
    assertThat(cell(row, "remaining_bytes")).isEqualTo("40960000");
  }

  /** QEMU's own downtime is the end of it only. */
  @Test
  public void aGuestThatWasStoppedFirstRanInNoPartOfItsMigration() {
    assertThat(cell(Rows.completed("stop-and-copy", 1, 8, 7.9), "live_s")).isEqualTo("0");
    assertThat(cell(Rows.completed("precopy:5s", 1, 8, 4.5), "live_s")).isNotEqualTo("0");
  }

  @Test
  public void memoryThatCannotBeComparedHasAReason() {
    Suite quick = new NpbConfigs(Path.of("../npb-configs")).suite("quick");
    Experiment plain = quick.experiments().get(0);
    Experiment verified = quick.withMemoryVerified().experiments().get(0);
    assertThat(cell(Rows.completed(verified, "postcopy:after=1pass", 1, 8, 0.1, 100), "memory_missing")).contains("cannot be held");
    assertThat(cell(Rows.completed(verified, "stop-and-copy", 1, 8, 8, 100), "memory_missing")).isEmpty();
    assertThat(cell(Rows.completed(verified, "mplm", 1, 8, 2, 100), "memory_missing")).isEmpty();
    assertThat(cell(Rows.completed(plain, "postcopy:after=1pass", 1, 8, 0.1, 100), "memory_missing")).isEmpty();
  }

  @Test
  public void aColumnOfTextIsReadAsNoNumber() {
    Row row = TrialsCsv.SCHEMA.row(Rows.completed("mplm", 1, 8, 2));
    assertThat(row.number("total_s")).hasValue(8);
    assertThatThrownBy(() -> row.number("outcome")).isInstanceOf(IllegalStateException.class).hasMessage("outcome holds text");
  }

  private void write(List<TrialRow> rows) throws Exception {
    try (Csv<TrialRow> csv = TrialsCsv.SCHEMA.replace(file)) {
      for (TrialRow row : rows) {
        csv.write(row);
      }
    }
  }

  private static String cell(TrialRow row, String name) {
    return TrialsCsv.SCHEMA.column(name).text(row);
  }
}
